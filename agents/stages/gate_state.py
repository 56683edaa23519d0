"""What the risk gate remembers, one struct per concern."""

from decimal import Decimal

import msgspec

from schemas.ids import BotId, MarketId, OrderId
from schemas.reasons import DenialCode
from schemas.risk import TradingState
from schemas.trading import PlaceIntent
from schemas.values import BotState, IntentKind, Side, Zone
from schemas.venue_status import VenueMode, VenueStatus
from schemas.wallet_truths import TruthDoubted
from streams.account_state import AccountState
from streams.advice import Advised
from streams.rate_limit import Rates

DECISIONS_KEPT = 250
"""Verdicts remembered at most, so that a snapshot stays small."""
DECISIONS_KEPT_MS = 600_000


class BotLife(msgspec.Struct):
    """One bot's lifecycle as operators drive it.

    Attributes:
        state: Without the breakers and the account's halt.
        shown: What was last told, those included.
    """

    state: BotState = BotState.IDLE
    shown: BotState = BotState.IDLE


class Decided(msgspec.Struct, frozen=True, omit_defaults=True):
    """A verdict without its orders, to be told again when the same intent comes again.

    Attributes:
        at: When it was given, ms.
        digest: Of the orders; another payload under the same id is another order.
        cause: The message that led to it, where that was not the intent itself.
        code: Why it was denied; None when it was approved.
        failed: Position of the denied order within the intent.
    """

    at: int
    intent_id: str
    digest: str
    cause: str = ""
    kinds: tuple[IntentKind, ...] = ()
    zones: tuple[Zone | None, ...] = ()
    cancel_first: OrderId | None = None
    code: DenialCode | None = None
    rule: str = ""
    limit: str = ""
    value: str = ""
    failed: int = 0


class PendingReplace(msgspec.Struct, frozen=True):
    """A place that waits until the order it replaces is gone.

    Attributes:
        filled: What the old order had filled when this was asked for.
    """

    intent: PlaceIntent
    filled: Decimal


class Merging(msgspec.Struct, frozen=True):
    """Pairs reserved for an approved merge."""

    bot_id: BotId
    market_id: MarketId
    pairs: Decimal


class Converting(msgspec.Struct, frozen=True):
    """NO tokens of several markets reserved for an approved conversion."""

    bot_id: BotId
    gives: tuple[MarketId, ...]
    size: Decimal


class SentView(msgspec.Struct, frozen=True):
    """An account view as last sent, without its envelope."""

    at: int
    equity: Decimal
    free_cash: Decimal
    state: BotState
    may_open: bool
    sizing_lambda: Decimal
    scales: dict[MarketId, Decimal] = {}


class SentBreaker(msgspec.Struct, frozen=True):
    """A breaker's state as last sent."""

    at: int
    value: Decimal
    limit: Decimal
    open: bool
    until: int | None


class SentRisk(msgspec.Struct, frozen=True):
    """The account's risk state as last sent."""

    at: int
    trading: TradingState
    reason: str
    bots: dict[BotId, BotState]
    open_orders: int
    open_positions: int
    venue: VenueMode = VenueMode.OPEN
    obstacle: str = ""
    orders_used: Decimal = Decimal(0)


class Sent(msgspec.Struct):
    """What was last published, so that changes only are."""

    views: dict[BotId, SentView] = {}
    breakers: dict[str, SentBreaker] = {}
    risk: SentRisk | None = None


class GateState(msgspec.Struct):
    """Everything.

    Attributes:
        trading: What operators decided for the account; breakers may be stricter.
        reason: Why, for the screens.
        venue: What each reporter last said of the venue.
        doubts: What is in doubt of each wallet's money.
        reserved: Splits, merges and conversions approved, by intent id, ms; one that comes again
            reserves nothing, for nothing would ever release it.
        sides_gone: When a quote side last went, by bot, market and side, ms.
        wanted_gone: Orders whose cancel came too early, with the reason; asked again when placed.
    """

    account: AccountState = msgspec.field(default_factory=AccountState)
    lives: dict[BotId, BotLife] = {}
    trading: TradingState = TradingState.ACTIVE
    reason: str = ""
    rates: Rates = Rates()
    venue: dict[str, VenueStatus] = {}
    doubts: dict[str, TruthDoubted] = {}
    decided: dict[OrderId, Decided] = {}
    replaces: dict[OrderId, PendingReplace] = {}
    merges: dict[str, Merging] = {}
    conversions: dict[str, Converting] = {}
    reserved: dict[str, int] = {}
    sides_gone: dict[str, int] = {}
    wanted_gone: dict[OrderId, str] = {}
    advice: dict[BotId, Advised] = {}
    sent: Sent = msgspec.field(default_factory=Sent)


def reserves_once(state: GateState, intent_id: str, now: int) -> None:
    """Remember that a split, merge or conversion was approved, as long as verdicts are."""
    known = state.reserved
    known[intent_id] = now
    while len(known) > DECISIONS_KEPT or now - next(iter(known.values())) > DECISIONS_KEPT_MS:
        del known[next(iter(known))]


def reserved_pairs(state: GateState, bot_id: BotId, market_id: MarketId) -> Decimal:
    """Pairs of a bot in a market that approved merges will take."""
    return sum(
        (
            merge.pairs
            for merge in state.merges.values()
            if merge.bot_id == bot_id and merge.market_id == market_id
        ),
        Decimal(0),
    )


def reserved_no(state: GateState, bot_id: BotId, market_id: MarketId) -> Decimal:
    """NO tokens of a bot in a market that approved merges and conversions will take."""
    taken = reserved_pairs(state, bot_id, market_id)
    for conversion in state.conversions.values():
        if conversion.bot_id == bot_id and market_id in conversion.gives:
            taken += conversion.size
    return taken


def reserved_tokens(state: GateState, bot_id: BotId, market_id: MarketId, side: Side) -> Decimal:
    """Tokens of a side that approved merges and conversions will take."""
    if side is Side.NO:
        return reserved_no(state, bot_id, market_id)
    return reserved_pairs(state, bot_id, market_id)
