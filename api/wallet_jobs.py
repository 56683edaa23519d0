"""Operators' jobs of a wallet: what follows from a wish that was typed or clicked."""

import time
from collections.abc import Callable, Mapping
from decimal import Decimal

from connectors.polygon import jobs
from connectors.polygon.approvals import Approval
from schemas.envelope import Message
from schemas.errors import ApplicationError
from schemas.ids import MarketId, derive_id
from schemas.wallet import JobRequested, TransactionVoided, WalletState

Jobs = tuple[JobRequested, ...]


def wish_of(account: str, what: str, now_ms: int) -> Message:
    """An operator's wish as the message that jobs are derived from; each is one of its own."""
    return Message(
        event_id=derive_id("wallet-wish", account, what, now_ms, time.time_ns()),
        event_time=now_ms,
        ingest_time=now_ms,
        source="operator",
    )


def balancing(wallet: WalletState, cold: str, account: str, now_ms: int) -> JobRequested | None:
    """The sweep that brings the hot wallet into its range.

    Returns:
        None where nothing is to be swept, or no cold wallet is named.

    Raises:
        InsufficientUSDCError: Less is there than the advice says.
    """
    if not cold or wallet.sweep <= 0:
        return None
    cause = wish_of(account, "rebalance", now_ms)
    return jobs.sweep(wallet.wallet, cold, wallet.sweep, wallet.balances, cause)


def voiding(wallet: str, nonce: int, cause: Message) -> TransactionVoided:
    """What gives a pending transaction up."""
    return TransactionVoided(
        event_id=derive_id("void", wallet, nonce, cause.event_id),
        event_time=cause.event_time,
        ingest_time=cause.ingest_time,
        source="cli",
        wallet=wallet,
        nonce=nonce,
        reason="operator",
        by="cli",
    )


def approvals(wallet: str, missing: tuple[Approval, ...]) -> Callable[[Message], Jobs]:
    """Permissions that are missing."""
    return lambda cause: tuple(jobs.approve(wallet, missing, cause))


def sweeping(
    wallet: str, cold: str, dollars: Decimal, held: Mapping[str, Decimal]
) -> Callable[[Message], Jobs]:
    """Dollars to the cold wallet."""
    return lambda cause: (jobs.sweep(wallet, cold, dollars, held, cause),)


def market_of(text: str) -> MarketId:
    """A typed condition id.

    Raises:
        ApplicationError: It is none.
    """
    digits = text.lower().removeprefix("0x")
    if len(digits) != 64 or any(digit not in "0123456789abcdef" for digit in digits):
        raise ApplicationError(
            f"Expected a market's condition id, 0x and 64 hex digits, received {text[:80]!r}. "
            "pets positions list prints it."
        )
    return MarketId("0x" + digits)


def amount_of(text: str) -> Decimal:
    """A typed amount of dollars or shares.

    Raises:
        ApplicationError: It is none, or finer than a millionth.
    """
    try:
        amount = Decimal(text)
    except ArithmeticError:
        amount = Decimal(0)
    exponent = amount.as_tuple().exponent
    if not (amount.is_finite() and amount > 0 and isinstance(exponent, int) and exponent >= -6):
        raise ApplicationError(
            "Expected an amount above zero with at most six decimals, such as 250.50, "
            f"received {text[:40]!r}."
        )
    return amount
