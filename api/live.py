"""What screens need to know now, folded from the log: it works while the database is away."""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from schemas.control import BotStateChanged, CommandApplied
from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.market import BookTop, Market, MarketListed, MarketResolved
from schemas.ops import DeadLetter, Heartbeat
from schemas.portfolio import EquityPoint, PositionState
from schemas.risk import BreakerState, RiskState
from schemas.trading import Fill, IntentDenied
from schemas.values import BotState
from topics.catalog import (
    BOOK_TOPS,
    CONTROL_STATES,
    DEAD_LETTERS,
    DECISIONS,
    EQUITY,
    FILLS,
    HEARTBEATS,
    LIFECYCLE,
    POSITIONS,
    RISK_STATES,
    TopicSpec,
)

FROM_THE_START: tuple[TopicSpec, ...] = (RISK_STATES, CONTROL_STATES, POSITIONS, LIFECYCLE)
"""Topics whose whole content is the present."""
FROM_NOW: tuple[TopicSpec, ...] = (EQUITY, BOOK_TOPS, HEARTBEATS, DECISIONS, FILLS, DEAD_LETTERS)
"""Topics of which the newest messages are enough."""
RECENT = 500


class LiveState:
    """The present.

    Attributes:
        markets: Listed and not resolved, by id.
        tops: Best prices by market.
        positions: Open positions by id.
        equity: Newest equity point per bot; None is the account.
        bots: Every bot's state.
        risk: The account's trading state; None before the gate spoke.
        breakers: By scope and kind.
        heartbeats: Newest pulse per component.
        denials: The newest denied intents.
        fills: The newest fills.
        applied: Answers to commands by command id.
        dead_letters: How many came since the API started.
        now: Greatest session time seen, ms.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self.markets: dict[MarketId, Market] = {}
        self.tops: dict[MarketId, BookTop] = {}
        self.positions: dict[str, PositionState] = {}
        self.equity: dict[BotId | None, EquityPoint] = {}
        self.bots: dict[BotId, BotState] = {}
        self.risk: RiskState | None = None
        self.breakers: dict[tuple[str, str], BreakerState] = {}
        self.heartbeats: dict[str, Heartbeat] = {}
        self.denials: deque[IntentDenied] = deque(maxlen=RECENT)
        self.fills: deque[Fill] = deque(maxlen=RECENT)
        self.applied: dict[str, CommandApplied] = {}
        self.dead_letters = 0
        self.now = 0

    def apply(self, message: Message) -> None:
        """Fold one message in."""
        self.now = max(self.now, message.ingest_time)
        match message:
            case EquityPoint():
                self.equity[message.bot_id] = message
            case BookTop():
                self.tops[message.market_id] = message
            case PositionState():
                self._position(message)
            case Heartbeat():
                self.heartbeats[message.component] = message
            case IntentDenied():
                self.denials.append(message)
            case Fill():
                self.fills.append(message)
            case BotStateChanged():
                self.bots[message.bot_id] = message.state
            case RiskState():
                self.risk = message
                self.bots.update(message.bots)
            case BreakerState():
                self.breakers[message.scope, message.kind] = message
            case CommandApplied():
                self.applied[message.command_id] = message
            case MarketListed():
                self.markets[message.market.market_id] = message.market
            case MarketResolved():
                self.markets.pop(message.market_id, None)
                self.tops.pop(message.market_id, None)
            case DeadLetter():
                self.dead_letters += 1
            case _:
                pass

    def _position(self, position: PositionState) -> None:
        if position.closed_at is None:
            self.positions[position.position_id] = position
        else:
            self.positions.pop(position.position_id, None)

    def positions_of(self, bot_id: BotId | None) -> Sequence[PositionState]:
        """Open positions, the greatest cost first."""
        mine = (p for p in self.positions.values() if bot_id is None or p.bot_id == bot_id)
        return sorted(mine, key=lambda p: p.size * p.entry_price, reverse=True)

    def worst_age_ms(self) -> int | None:
        """How long the quietest component has been silent, session ms; None before the first."""
        if not self.heartbeats:
            return None
        return self.now - min(beat.ingest_time for beat in self.heartbeats.values())


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What a halt would touch, in numbers."""

    open_orders: int
    open_positions: int
    position_cost: Decimal


def exposure_of(state: LiveState) -> Exposure:
    """Open orders and positions now."""
    return Exposure(
        open_orders=state.risk.open_orders if state.risk else 0,
        open_positions=len(state.positions),
        position_cost=sum(
            (p.size * p.entry_price for p in state.positions.values()), start=Decimal(0)
        ),
    )
