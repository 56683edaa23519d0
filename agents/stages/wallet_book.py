"""One address within the wallet stage: its transactions, its money, what was said about it."""

from decimal import Decimal

import msgspec

from schemas.envelope import Header
from schemas.ids import MarketId
from schemas.wallet import (
    EarlierAttempt,
    PendingTransaction,
    SendTransaction,
    WalletObserved,
)
from schemas.wallet_truths import TruthDifference
from streams.gas import GasRules
from streams.nonce_state import NonceRules, NonceState, Send
from streams.treasury import Advice, TreasuryRules, TreasuryState, advise
from streams.truths import TruthRules

ZERO = Decimal(0)
DOLLARS = ("pUSD", "USDC.e")
"""What counts as a dollar among a wallet's balances."""


class WalletRules(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of the stage.

    Attributes:
        cold: Address of the cold wallet; empty where there is none.
        gasless: Addresses that a relayer moves.
    """

    nonces: NonceRules = NonceRules()
    treasury: TreasuryRules = TreasuryRules()
    truths: TruthRules = TruthRules()
    cold: str = ""
    gasless: tuple[str, ...] = ()

    def of(self, wallet: str) -> NonceRules:
        """The rules of an address."""
        return self.nonces._replace(gasless=wallet in self.gasless)

    @property
    def gas(self) -> GasRules:
        """The gas bands."""
        return self.nonces.gas


class WalletBook(msgspec.Struct):
    """What is known of one address.

    Attributes:
        seen: The last look at the chain.
        treasury: What was said of its balance.
        gas_usd: Dollars of gas, by bot.
        freed: Dollars that jobs have freed.
        since: Ages of differences, by asset.
        differences: As last compared.
        told: Differences that were alerted, by asset and kind.
        scales: What the gate was told, by market.
        job_usd: Dollars of gas that open jobs have cost.
        redeeming: Markets whose redemption is under way, by job.
        redeemed_at: When a market's redemption ended, ms: looks before it show the old balance.
    """

    nonces: NonceState = msgspec.field(default_factory=NonceState)
    seen: WalletObserved | None = None
    treasury: TreasuryState = msgspec.field(default_factory=TreasuryState)
    gas_usd: dict[str, Decimal] = {}
    freed: Decimal = ZERO
    since: dict[str, int] = {}
    differences: tuple[TruthDifference, ...] = ()
    told: dict[str, str] = {}
    scales: dict[MarketId, Decimal] = {}
    job_usd: dict[str, Decimal] = {}
    redeeming: dict[str, MarketId] = {}
    redeemed_at: dict[MarketId, int] = {}


def hot_dollars(seen: WalletObserved) -> Decimal:
    """Free dollars of a wallet."""
    return sum((seen.balances.get(name, ZERO) for name in DOLLARS), ZERO)


def advice_of(seen: WalletObserved, rules: TreasuryRules) -> Advice:
    """What to do with a wallet's money."""
    return advise(hot_dollars(seen), seen.cold, seen.working, rules)


def in_words(advice: Advice, wallet: str, cold: str) -> str:
    """Advice as a sentence; empty for none."""
    if advice.top_up:
        return f"Send {advice.top_up} dollars from the cold wallet to {wallet}: pets wallet topup"
    if advice.sweep and cold:
        return f"Send {advice.sweep} dollars to the cold wallet: pets wallet sweep"
    return ""


def sending(wallet: str, send: Send, head: Header) -> SendTransaction:
    """What the sender is asked for."""
    slot, attempt = send
    return SendTransaction(
        **head,
        wallet=wallet,
        job_id=slot.job_id,
        kind=slot.kind,
        nonce=slot.nonce,
        attempt=attempt.number,
        calls=slot.calls,
        gas_limit=slot.gas_limit,
        max_fee=attempt.max_fee,
        max_tip=attempt.max_tip,
        planned_at=attempt.planned_at,
        void=attempt.void,
        hash=attempt.hash,
        earlier=tuple(
            EarlierAttempt(
                number=old.number,
                max_fee=old.max_fee,
                max_tip=old.max_tip,
                planned_at=old.planned_at,
                void=old.void,
                hash=old.hash,
            )
            for old in slot.attempts[: attempt.number - 1]
        ),
    )


def pending_of(state: NonceState) -> tuple[PendingTransaction, ...]:
    """What is under way, lowest nonce first."""
    return tuple(
        PendingTransaction(
            nonce=slot.nonce,
            job_id=slot.job_id,
            kind=slot.kind,
            attempt=slot.last.number,
            hash=slot.last.hash,
            since=slot.since,
            mined=bool(slot.mined_by),
        )
        for _, slot in sorted(state.slots.items())
    )
