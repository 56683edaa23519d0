"""The contract of a bot: `on_event(state, event, view) -> proposals` (STRATEGIES.md D.0).

A bot is a fold. It changes its state and nothing else, and what it proposes depends on state,
event and view only: no clock, no randomness, no I/O. It looks at one market at a time; every
proposal speaks of the view's market. The host (agents/stages/bots.py) turns proposals into
intents with ids and stamps, and the risk gate decides.
"""

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import ClassVar, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from agents.bots.view import View
from configs.bots import BotParameters
from schemas.claims import Claim
from schemas.envelope import Message
from schemas.ids import BotId, MarketId, OrderId
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


class Place(msgspec.Struct, frozen=True):
    """Place one order."""

    draft: OrderDraft


class PlaceBundle(msgspec.Struct, frozen=True):
    """Place several orders, all or none: the legs of an arbitrage, or both quotes of a maker."""

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


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot saw and decided, traded or not; becomes a `Signal`.

    Attributes:
        decision: "place", "bundle", "replace", "cancel", "merge" or "none".
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


Proposal = Place | PlaceBundle | Replace | Cancel | Merge | Note

S = TypeVar("S", bound=msgspec.Struct)


class BotIdentity(NamedTuple):
    """Who a bot is.

    Attributes:
        bot_id: `bot_01` … `bot_10`.
        number: 1 … 10; profiles name bots by it.
        lambda_max: Greatest Kelly multiplier; the host never stamps more.
        reads_trades: Whether it is shown other people's trades.
    """

    bot_id: BotId
    number: int
    lambda_max: Decimal
    reads_trades: bool = True


class Bot(ABC, Generic[S]):
    """A strategy with its parameters.

    Attributes:
        state_type: The state's type, so that a snapshot can be read back; made without arguments.
        reads_trades: Whether it is shown other people's trades.
        identity: Who it is.
    """

    state_type: type[S]
    reads_trades: ClassVar[bool] = True

    def __init__(self, parameters: BotParameters) -> None:
        self.identity = BotIdentity(
            parameters.bot_id, parameters.number, parameters.lambda_max, self.reads_trades
        )

    @abstractmethod
    def on_event(self, state: S, event: Message, view: View) -> list[Proposal]:
        """Fold one event of one market in and say what to do.

        Called for a change of the market's net best prices or trust, for its trades, for the bot's
        own verdicts, orders and fills there, for its account view, and once a second.

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


class RunningBot(Protocol):
    """A bot with its state, whatever the state's type is."""

    @property
    def bot(self) -> BotIdentity:
        """Who it is."""

    def on_event(self, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""

    def forget(self, market_id: MarketId) -> None:
        """See `Bot.forget`."""

    def snapshot(self) -> bytes:
        """The bot's state as JSON."""

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of the same bot."""


class Running(Generic[S]):
    """A bot and its state."""

    def __init__(self, bot: Bot[S]) -> None:
        self.bot: BotIdentity = bot.identity
        self._bot = bot
        self._state = bot.state_type()

    def on_event(self, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        return self._bot.on_event(self._state, event, view)

    def forget(self, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        self._bot.forget(self._state, market_id)

    def snapshot(self) -> bytes:
        """The bot's state as JSON."""
        return msgspec.json.encode(self._state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of the same bot."""
        self._state = msgspec.json.decode(snapshot, type=self._bot.state_type)
