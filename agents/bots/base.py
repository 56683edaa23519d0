"""The contract of a bot: `on_event(state, event, view) -> proposals` (STRATEGIES.md D.0).

A bot is a fold. It changes its state and nothing else, and what it proposes depends on state,
event and view only: no clock, no randomness, no I/O. It looks at one market at a time and sees the
others of its shard through the view; a proposal speaks of the view's market unless it names
another. What comes from outside the markets is first shown to `on_outside`, which names the markets
to look at. The host (agents/stages/bots.py) turns proposals into intents with ids and stamps, and
the risk gate decides.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from agents.bots.view import Markets, View
from configs.bots import BotParameters
from schemas.claims import Claim
from schemas.envelope import Message
from schemas.errors import ApplicationError
from schemas.ids import BotId, MarketId, OrderId
from schemas.market import Market
from schemas.ops import ClockTick
from schemas.values import Action, IntentKind, Side


class OrderDraft(msgspec.Struct, frozen=True, kw_only=True):
    """An order as a bot wants it, before it has an id.

    Attributes:
        price: Dollars per token of `side`, on tick.
        size: Shares, on lot.
        ttl_s: How long the bot means to keep it; the GTD time is the last safety layer (D-27).
        bundle_id: Shared by the legs of an arbitrage and by what completes or unwinds it.
        fair_value: Declared win probability of the acquired token.
        sigma: Its standard error.
        edge: Declared net edge, dollars per share.
        claim: What a portfolio leg or a hedge of bot 6 rests on.
        market_id: Another market of the shard; None is the view's.
    """

    side: Side
    action: Action
    price: Decimal
    size: Decimal
    kind: IntentKind
    ttl_s: int
    bundle_id: str = ""
    fair_value: Decimal | None = None
    sigma: Decimal | None = None
    edge: Decimal | None = None
    claim: Claim | None = None
    market_id: MarketId | None = None


class Place(msgspec.Struct, frozen=True):
    """Place one order."""

    draft: OrderDraft


class PlaceBundle(msgspec.Struct, frozen=True):
    """Place several orders, all or none: the legs of an arbitrage, or both quotes of a maker.

    The legs may lie in several markets of the shard.
    """

    bundle_id: str
    drafts: tuple[OrderDraft, ...]


class Replace(msgspec.Struct, frozen=True):
    """Cancel a live order and place another instead."""

    order_id: OrderId
    draft: OrderDraft


class Cancel(msgspec.Struct, frozen=True):
    """Cancel a live order; the reason is a stable word."""

    order_id: OrderId
    reason: str


class Merge(msgspec.Struct, frozen=True):
    """Merge pairs of YES and NO into dollars."""

    pairs: Decimal


class Split(msgspec.Struct, frozen=True):
    """Split dollars into pairs of YES and NO."""

    pairs: Decimal


class Convert(msgspec.Struct, frozen=True):
    """Convert NO tokens of the view's event into YES of its other outcomes and dollars (A.1).

    Attributes:
        gives: Markets whose NO tokens go; all others of the event give YES tokens.
        size: Tokens of each.
    """

    gives: tuple[MarketId, ...]
    size: Decimal


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot saw and decided, traded or not; becomes a `Signal`.

    Attributes:
        decision: "place", "bundle", "replace", "cancel", "merge", "split", "convert", "drop" (a
            signal is given up), "sample" (an estimate of liquidity rewards) or "none".
        reason: Why, in a stable word such as "drift-below-threshold".
    """

    decision: str
    reason: str
    side: Side | None = None
    fair_value: float | None = None
    sigma: float | None = None
    mid: float | None = None
    limit_price: Decimal | None = None
    edge: float | None = None
    sizing_lambda: float | None = None
    shrinkage: float | None = None
    features: dict[str, float] = msgspec.field(default_factory=dict)


class Advise(msgspec.Struct, frozen=True, kw_only=True):
    """How much Kelly a bot has earned; becomes a `SizingAdvice` (bot 9)."""

    bot_id: BotId
    sizing_lambda: Decimal
    p_post: float | None
    n: int
    edge: float
    valid_until: int


Proposal = Place | PlaceBundle | Replace | Cancel | Merge | Split | Convert | Note
Reply = MarketId | Advise
"""What an outside message or a day leads to: a market to be asked about, or advice."""

S = TypeVar("S", bound=msgspec.Struct)


class Interest(NamedTuple):
    """What a bot is asked about; nothing else calls it, so that nothing is asked in vain.

    Whatever it declares, a bot is asked about a market where it holds something or has live orders
    whenever that market's net best prices, trust or metadata change, and once a second; and about
    its own verdicts, orders, fills and permissions.

    Attributes:
        tops: Asked when a watched market's net best prices, trust or metadata change.
        trades: Asked about other people's trades in watched markets.
        timer_s: Asked about every watched market once in so many seconds, under a profile every
            second; 0 is never.
        outside: Messages shown to `Bot.on_outside`: any of the shard's log but books.
        daily: Whether `Bot.on_day` is called.
        mids_s: How far back `Markets.mid_at` is asked, seconds; 0 is never.
    """

    tops: bool = True
    trades: bool = True
    timer_s: int = 1
    outside: tuple[type[Message], ...] = ()
    daily: bool = False
    mids_s: int = 0


class BotIdentity(NamedTuple):
    """Who a bot is.

    Attributes:
        bot_id: `bot_01` … `bot_10`.
        number: 1 … 10; profiles name bots by it.
        lambda_max: Greatest Kelly multiplier; the host never stamps more.
        interest: What it is asked about.
    """

    bot_id: BotId
    number: int
    lambda_max: Decimal
    interest: Interest = Interest()


class Bot(ABC, Generic[S]):
    """A strategy with its parameters.

    Attributes:
        state_type: The state's type, so that a snapshot can be read back; made without arguments.
        interest: What it is asked about.
        identity: Who it is.
    """

    state_type: type[S]
    interest: ClassVar[Interest] = Interest()

    def __init__(self, parameters: BotParameters) -> None:
        self.identity = BotIdentity(
            parameters.bot_id, parameters.number, parameters.lambda_max, self.interest
        )

    @abstractmethod
    def on_event(self, state: S, event: Message, view: View) -> list[Proposal]:
        """Fold one event of one market in and say what to do.

        `Interest` says which events come here. An outside message has been through `on_outside`.

        Args:
            state: The bot's whole state; changed in place.
            event: What happened.
            view: What the bot may know of the market and of itself, this event included.

        Returns:
            Proposals in order; cancels come before what takes their place.
        """

    @abstractmethod
    def forget(self, state: S, market_id: MarketId) -> None:
        """Drop what is kept of a market that is resolved; called after its last event."""

    def watches(self, market: Market) -> bool:
        """Whether `Interest` holds for a market; asked once for each version of its metadata."""
        return True

    def passed(self, state: S) -> Mapping[str, int]:
        """What came from outside and led to no market, counted by reason since the start."""
        return {}

    def on_outside(self, state: S, event: Message, markets: Markets) -> Sequence[Reply]:
        """Fold a message of `Interest.outside` in and name the markets to be asked about.

        Args:
            state: The bot's whole state; changed in place.
            event: What came, already known to `markets`; `on_event` sees it next, once for each
                market named, in that order.
            markets: Those of the shard.
        """
        return ()

    def on_day(self, state: S, tick: ClockTick, markets: Markets) -> Sequence[Reply]:
        """The daily job, at the first tick from 00:10 UTC on, and at the very first tick.

        Args:
            state: The bot's whole state; changed in place.
            tick: The tick; `on_event` sees it next, once for each market named.
            markets: Those of the shard.
        """
        return ()


class BotError(ApplicationError):
    """A bot raised while it folded something; the cause is chained and named."""


class RunningBot(Protocol):
    """A bot with its state, whatever the state's type is."""

    @property
    def bot(self) -> BotIdentity:
        """Who it is."""

    def on_event(self, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""

    def forget(self, market_id: MarketId) -> None:
        """See `Bot.forget`."""

    def watches(self, market: Market) -> bool:
        """See `Bot.watches`."""

    def passed(self) -> Mapping[str, int]:
        """See `Bot.passed`."""

    def on_outside(self, event: Message, markets: Markets) -> Sequence[Reply]:
        """See `Bot.on_outside`."""

    def on_day(self, tick: ClockTick, markets: Markets) -> Sequence[Reply]:
        """See `Bot.on_day`."""

    def reset(self) -> None:
        """Start anew, as if nothing had ever happened."""

    def snapshot(self) -> bytes:
        """The bot's state as JSON."""

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of the same bot."""


class Running(Generic[S]):
    """A bot and its state; whatever the bot raises comes as `BotError`."""

    def __init__(self, bot: Bot[S]) -> None:
        self.bot: BotIdentity = bot.identity
        self._bot = bot
        self._state = bot.state_type()

    def on_event(self, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        try:
            return self._bot.on_event(self._state, event, view)
        except Exception as error:
            raise _named(error) from error

    def forget(self, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        try:
            self._bot.forget(self._state, market_id)
        except Exception as error:
            raise _named(error) from error

    def watches(self, market: Market) -> bool:
        """See `Bot.watches`."""
        try:
            return self._bot.watches(market)
        except Exception as error:
            raise _named(error) from error

    def on_outside(self, event: Message, markets: Markets) -> Sequence[Reply]:
        """See `Bot.on_outside`."""
        try:
            return self._bot.on_outside(self._state, event, markets)
        except Exception as error:
            raise _named(error) from error

    def on_day(self, tick: ClockTick, markets: Markets) -> Sequence[Reply]:
        """See `Bot.on_day`."""
        try:
            return self._bot.on_day(self._state, tick, markets)
        except Exception as error:
            raise _named(error) from error

    def passed(self) -> Mapping[str, int]:
        """See `Bot.passed`."""
        return self._bot.passed(self._state)

    def reset(self) -> None:
        """Start anew, as if nothing had ever happened."""
        self._state = self._bot.state_type()

    def snapshot(self) -> bytes:
        """The bot's state as JSON."""
        return msgspec.json.encode(self._state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of the same bot."""
        self._state = msgspec.json.decode(snapshot, type=self._bot.state_type)


def _named(error: Exception) -> BotError:
    return BotError(f"{type(error).__name__}: {error}")
