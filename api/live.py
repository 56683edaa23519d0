"""What screens need to know now, folded from the log: it works while the database is away."""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from api.live_commands import LiveCommands
from api.live_configuration import LiveConfiguration
from api.live_orders import LiveOrders
from api.remembering import remember
from schemas.control import (
    BotStateChanged,
    Command,
    CommandApplied,
    Configuration,
    ConfigurationInForce,
)
from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId
from schemas.market import BookTop, Market, MarketListed, MarketResolved
from schemas.ops import Alert, AlertHandled, DeadLetter, DeadLetterRetried, Heartbeat
from schemas.portfolio import EquityPoint, PositionState
from schemas.risk import BreakerState, RiskState
from schemas.trading import (
    Fill,
    IntentApproved,
    IntentDenied,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
)
from schemas.values import BotState
from schemas.wallet import TransactionEnded, WalletState
from schemas.wallet_truths import TruthObserved
from streams.alerts import AlertBook
from topics.catalog import (
    ALERTS,
    BOOK_TOPS,
    BREACHES,
    COMMANDS,
    CONFIGS,
    CONTROL_STATES,
    DEAD_LETTERS,
    DECISIONS,
    EPISODES,
    EQUITY,
    FILLS,
    HEARTBEATS,
    LIFECYCLE,
    ORDERS,
    POSITIONS,
    RISK_STATES,
    TopicSpec,
)
from topics.catalog_wallet import WALLET_INPUTS, WALLET_STATES, WALLET_TRANSACTIONS

WHOLE: tuple[TopicSpec, ...] = (
    RISK_STATES,
    CONTROL_STATES,
    CONFIGS,
    POSITIONS,
    LIFECYCLE,
    WALLET_STATES,
)
"""Topics whose whole content is the present."""
RECENT: dict[TopicSpec, int] = {
    WALLET_TRANSACTIONS: 2_000,
    WALLET_INPUTS: 500,
    EQUITY: 20_000,
    BOOK_TOPS: 2_000,
    HEARTBEATS: 200,
    DECISIONS: 2_000,
    COMMANDS: 500,
    ALERTS: 2_000,
    BREACHES: 500,
    EPISODES: 500,
    ORDERS: 5_000,
    FILLS: 5_000,
    DEAD_LETTERS: 2_000,
}
"""Topics of which the last records are enough, and how many. Equity is told on change only, so the
last point of a bot that rests lies some way back."""
LETTERS_KEPT = 10_000
KEPT = 500
"""Denials, fills, answers to commands and resolved markets that are remembered."""


class LiveState:
    """The present of one account.

    Attributes:
        markets: Listed and not resolved, by id.
        tops: Best prices by market.
        positions: Open positions by id.
        equity: Newest equity point per bot; None is the account.
        bots: Every bot's state.
        bot_reasons: Why each last changed.
        risk: The account's trading state; None before the gate spoke.
        breakers: By scope and kind.
        heartbeats: Newest pulse per component.
        denials: The newest denied intents.
        fills: The newest fills.
        applied: Answers to commands by command id.
        orders: Open orders and the gate's last verdicts.
        commands: The last commands and what became of them.
        alerts: One entry per rule and scope.
        configuration: What decides.
        wallets: How each wallet stands, by address.
        truths: What was said outside of all that a wallet holds, by address.
        transactions: The last transactions that were settled.
        waiting_letters: Dead letters that nobody has retried, by id, the newest 10,000.
        market_data_at: Session time of the newest change of any book, ms; 0 before the first.
        now: Greatest session time seen, ms.
    """

    def __init__(self, account: AccountId) -> None:
        """Know nothing yet.

        Args:
            account: Whose; what is said of other accounts is left out.
        """
        self._account = account
        self._resolved: dict[MarketId, Market] = {}
        self._bots_at: dict[BotId, int] = {}
        self._retried_letters: dict[str, bool] = {}
        self.markets: dict[MarketId, Market] = {}
        self.tops: dict[MarketId, BookTop] = {}
        self.positions: dict[str, PositionState] = {}
        self.equity: dict[BotId | None, EquityPoint] = {}
        self.bots: dict[BotId, BotState] = {}
        self.bot_reasons: dict[BotId, str] = {}
        self.risk: RiskState | None = None
        self.breakers: dict[tuple[str, str], BreakerState] = {}
        self.heartbeats: dict[str, Heartbeat] = {}
        self.denials: deque[IntentDenied] = deque(maxlen=KEPT)
        self.fills: deque[Fill] = deque(maxlen=KEPT)
        self.applied: dict[str, CommandApplied] = {}
        self.orders = LiveOrders()
        self.commands = LiveCommands(self.orders)
        self.alerts = AlertBook()
        self.configuration = LiveConfiguration()
        self.wallets: dict[str, WalletState] = {}
        self.truths: dict[str, TruthObserved] = {}
        self.transactions: deque[TransactionEnded] = deque(maxlen=KEPT)
        self.waiting_letters: dict[str, DeadLetter] = {}
        self.market_data_at = 0
        self.now = 0

    def apply(self, message: Message) -> None:
        """Fold one message in."""
        if getattr(message, "account_id", self._account) != self._account:
            return
        self.now = max(self.now, message.ingest_time)
        match message:
            case EquityPoint() | PositionState() | Fill():
                self._money(message)
            case MarketListed() | MarketResolved() | BookTop():
                self._market(message)
            case RiskState() | BreakerState() | BotStateChanged() | CommandApplied():
                self._gate(message)
            case IntentApproved() | IntentDenied():
                self._verdict(message)
            case OrderPlaced() | OrderRejected() | OrderCanceled() | OrderExpired():
                self.orders.reported(message)
            case Command():
                self.commands.sent(message)
            case Alert():
                self.alerts.raised(message)
            case AlertHandled():
                self.alerts.handled(message)
            case Configuration() | ConfigurationInForce():
                self.configuration.take(message)
            case WalletState():
                self.wallets[message.wallet] = message
            case TruthObserved():
                self.truths[message.wallet] = message
            case TransactionEnded():
                self.transactions.append(message)
            case Heartbeat():
                self.heartbeats[message.component] = message
            case DeadLetter() | DeadLetterRetried():
                self._letter(message)
            case _:
                pass

    def market(self, market_id: MarketId) -> Market | None:
        """A market, also one that was resolved lately."""
        return self.markets.get(market_id) or self._resolved.get(market_id)

    @property
    def dead_letters(self) -> int:
        """How many dead letters wait for an operator."""
        return len(self.waiting_letters)

    def positions_of(self, bot_id: BotId | None) -> Sequence[PositionState]:
        """Open positions of a bot, or of all; the greatest cost first."""
        mine = (p for p in self.positions.values() if bot_id is None or p.bot_id == bot_id)
        return sorted(mine, key=lambda p: p.size * p.entry_price, reverse=True)

    def _money(self, message: EquityPoint | PositionState | Fill) -> None:
        match message:
            case EquityPoint():
                self.equity[message.bot_id] = message
            case PositionState() if message.closed_at is None:
                self.positions[message.position_id] = message
            case PositionState():
                self.positions.pop(message.position_id, None)
            case Fill():
                self.fills.append(message)
                self.orders.filled(message)

    def _verdict(self, verdict: IntentApproved | IntentDenied) -> None:
        self.orders.judged(verdict)
        if isinstance(verdict, IntentDenied):
            self.denials.append(verdict)

    def _market(self, message: MarketListed | MarketResolved | BookTop) -> None:
        match message:
            case MarketListed():
                self.markets[message.market.market_id] = message.market
            case MarketResolved():
                self.tops.pop(message.market_id, None)
                if (market := self.markets.pop(message.market_id, None)) is not None:
                    remember(self._resolved, message.market_id, market, KEPT)
            case BookTop():
                self.market_data_at = max(self.market_data_at, message.ingest_time)
                if message.market_id not in self._resolved:
                    self.tops[message.market_id] = message

    def _gate(self, message: RiskState | BreakerState | BotStateChanged | CommandApplied) -> None:
        match message:
            case RiskState():
                self.risk = message
                for bot_id, bot_state in message.bots.items():
                    self._bot(bot_id, bot_state, message.ingest_time)
            case BreakerState():
                self.breakers[message.scope, message.kind] = message
            case BotStateChanged():
                self._bot(message.bot_id, message.state, message.ingest_time)
                self.bot_reasons[message.bot_id] = message.reason
            case CommandApplied():
                remember(self.applied, message.command_id, message, KEPT)
                self.commands.answered(message)

    def _letter(self, message: DeadLetter | DeadLetterRetried) -> None:
        match message:
            case DeadLetter():
                if message.event_id not in self._retried_letters:
                    remember(self.waiting_letters, message.event_id, message, LETTERS_KEPT)
            case DeadLetterRetried():
                remember(self._retried_letters, message.letter_id, True, LETTERS_KEPT)
                self.waiting_letters.pop(message.letter_id, None)

    def _bot(self, bot_id: BotId, bot_state: BotState, at: int) -> None:
        """Two topics tell it, and nothing orders them but the time."""
        if at >= self._bots_at.get(bot_id, 0):
            self._bots_at[bot_id] = at
            self.bots[bot_id] = bot_state


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
