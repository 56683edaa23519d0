"""Jobs that operators ask for: their calls, with the venue's addresses in them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from connectors.polygon.approvals import ENOUGH, NEEDED, Approval
from connectors.polygon.watch import ASSETS, ChainWatch
from connectors.polymarket import contracts
from connectors.polymarket.position_ids import is_structured
from schemas.envelope import Message
from schemas.errors import InsufficientGasError, InsufficientUSDCError
from schemas.ids import MarketId
from schemas.wallet import CallKind, ChainCall, JobKind, JobRequested
from streams.settlement import job, micro

WEI_DECIMALS = 18
GAS_KEPT = Decimal("0.5")
"""POL that stays for the gas of a withdrawal."""


async def missing_approvals(watch: ChainWatch, wallet: str) -> tuple[Approval, ...]:
    """Permissions that the venue needs and the chain does not have.

    Raises:
        NodeAwayError: No node answers.
    """
    missing = []
    for approval in NEEDED:
        token, spender, whole = approval
        allowed = await watch.allows(token, wallet, spender, whole=whole)
        if allowed < (1 if whole else ENOUGH):
            missing.append(approval)
    return tuple(missing)


def approve(wallet: str, approvals: tuple[Approval, ...], cause: Message) -> Iterator[JobRequested]:
    """A job for each permission, so that they need not wait for each other."""
    for approval in approvals:
        yield job(
            wallet,
            JobKind.APPROVE,
            (approval.call(),),
            cause,
            approval.token,
            approval.spender,
            reason=f"{approval.spender} may move {approval.token}",
        )


def wrap(wallet: str, dollars: Decimal, cause: Message) -> JobRequested:
    """USDC.e to pUSD."""
    call = ChainCall(kind=CallKind.WRAP, token=contracts.USDC_E, amount=micro(dollars))
    return job(wallet, JobKind.WRAP, (call,), cause, reason=f"wrap {dollars} USDC.e")


def unwrap(wallet: str, dollars: Decimal, cause: Message) -> JobRequested:
    """PUSD to USDC.e."""
    call = ChainCall(kind=CallKind.UNWRAP, token=contracts.USDC_E, amount=micro(dollars))
    return job(wallet, JobKind.UNWRAP, (call,), cause, reason=f"unwrap {dollars} pUSD")


def split(
    wallet: str, market_id: MarketId, dollars: Decimal, cause: Message, *, neg_risk: bool = False
) -> JobRequested:
    """Dollars to pairs."""
    call = ChainCall(
        kind=CallKind.SPLIT, market_id=market_id, amount=micro(dollars), neg_risk=neg_risk
    )
    return job(wallet, JobKind.SPLIT, (call,), cause, reason=f"split {dollars} dollars")


def merge(
    wallet: str, market_id: MarketId, pairs: Decimal, cause: Message, *, neg_risk: bool = False
) -> JobRequested:
    """Pairs to dollars."""
    call = ChainCall(
        kind=CallKind.MERGE, market_id=market_id, amount=micro(pairs), neg_risk=neg_risk
    )
    return job(wallet, JobKind.MERGE, (call,), cause, reason=f"merge {pairs} pairs", frees=pairs)


def redeem(
    wallet: str,
    market_id: MarketId,
    cause: Message,
    *,
    frees: Decimal = Decimal(0),
    neg_risk: bool = False,
) -> JobRequested:
    """A resolved market's whole balance to dollars.

    Args:
        wallet: Whose.
        market_id: Which.
        cause: What it follows from.
        frees: Dollars that the balance is worth, where it is known.
        neg_risk: The market belongs to a neg-risk event.
    """
    call = ChainCall(kind=CallKind.REDEEM, market_id=market_id, neg_risk=neg_risk)
    reason = f"redeem {market_id}"
    return job(wallet, JobKind.REDEEM, (call,), cause, market_id, reason=reason, frees=frees)


def sweep(
    wallet: str, cold: str, dollars: Decimal, balances: Mapping[str, Decimal], cause: Message
) -> JobRequested:
    """Dollars to the cold wallet, pUSD first.

    Raises:
        InsufficientUSDCError: The wallet has less.
    """
    calls, rest = [], dollars
    for name, token in ASSETS.items():
        part = min(rest, balances.get(name, Decimal(0)))
        if part > 0:
            calls.append(_transfer(token, cold, part))
            rest -= part
    if rest > 0:
        raise InsufficientUSDCError(
            f"Expected at most {dollars - rest} dollars to be swept, received {dollars}: more is "
            "not in the hot wallet."
        )
    reason = f"{dollars} dollars to the cold wallet"
    return job(wallet, JobKind.SWEEP, calls, cause, reason=reason, by="operator")


def withdraw(
    wallet: str,
    cold: str,
    balances: Mapping[str, Decimal],
    cause: Message,
    shares: Mapping[str, Decimal] | None = None,
) -> tuple[JobRequested, ...]:
    """Everything to the cold wallet, at any price of gas: one job each, the dollars first.

    Args:
        wallet: What is emptied.
        cold: Where to.
        balances: Whole units by asset.
        cause: The operator's wish.
        shares: Outcome tokens to move too, by token id.

    Raises:
        InsufficientGasError: There is no POL to pay for it.
    """
    pol = balances.get("POL", Decimal(0))
    if pol <= 0:
        raise InsufficientGasError(f"{wallet} has no POL: send it some, then withdraw.")
    jobs = [
        job(
            wallet,
            JobKind.WITHDRAW,
            (_transfer(token, cold, balances[name]),),
            cause,
            name,
            reason=f"emergency: all {name} to the cold wallet",
            urgent=True,
            by="operator",
        )
        for name, token in ASSETS.items()
        if balances.get(name, Decimal(0)) > 0
    ]
    for token_id, size in sorted((shares or {}).items()):
        if size > 0:
            calls = (_position(token_id, cold, size),)
            reason = f"emergency: {size} shares of {token_id} to the cold wallet"
            kind, by = JobKind.WITHDRAW, "operator"
            each = job(wallet, kind, calls, cause, token_id, reason=reason, urgent=True, by=by)
            jobs.append(each)
    if pol > GAS_KEPT:
        wei = int((pol - GAS_KEPT).scaleb(WEI_DECIMALS))
        call = ChainCall(kind=CallKind.SEND, to=cold, amount=wei)
        jobs.append(
            job(
                wallet,
                JobKind.WITHDRAW,
                (call,),
                cause,
                "POL",
                reason=f"emergency: POL but {GAS_KEPT} to the cold wallet",
                urgent=True,
                by="operator",
            )
        )
    return tuple(jobs)


def _position(token_id: str, to: str, size: Decimal) -> ChainCall:
    place = contracts.CONDITIONAL_TOKENS
    if is_structured(token_id):
        place = contracts.POSITION_MANAGER
    kind, amount = CallKind.TRANSFER_POSITION, micro(size)
    return ChainCall(kind=kind, token=place, to=to, amount=amount, number=token_id)


def _transfer(token: str, to: str, amount: Decimal) -> ChainCall:
    return ChainCall(kind=CallKind.TRANSFER, token=token, to=to, amount=micro(amount))
