"""What a run did, in numbers: orders, fills, denials, P&L and drawdown per bot."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from schemas.envelope import Message
from schemas.ids import BotId
from schemas.pairs import (
    ConvertDenied,
    PairsSplit,
    PositionsConverted,
    RebatePaid,
    SplitDenied,
)
from schemas.portfolio import EquityPoint, PositionClosed
from schemas.risk import SizingAdvice
from schemas.trading import (
    BundleIntent,
    Fill,
    IntentApproved,
    IntentDenied,
    MergeDenied,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    PlaceIntent,
    Signal,
)
from topics.catalog import (
    ADVICE,
    DECISIONS,
    EPISODES,
    EQUITY,
    FILLS,
    INTENTS,
    ORDERS,
    SIGNALS,
    TopicSpec,
)


class BotTally(msgspec.Struct, kw_only=True):
    """One bot's run.

    Attributes:
        first_equity: Bid-marked dollars at the first point; None before.
        equity: At the last one.
        pnl: Realised and unrealised P&L at the last point, dollars.
        max_drawdown: Greatest fall of flow-adjusted NAV from its peak, 0 to 1.
        denials: Denied intents by reason code; those without one by what was denied.
        signals: Signal records by reason.
        exits: Episodes that ended, by how.
        pairs: Merges, splits and conversions that were carried out, and rebates.
        advice: Times it advised another bot.
    """

    intents: int = 0
    approved: int = 0
    denied: int = 0
    placed: int = 0
    rejected: int = 0
    canceled: int = 0
    expired: int = 0
    fills: int = 0
    filled_shares: Decimal = Decimal(0)
    filled_notional: Decimal = Decimal(0)
    inferred_fills: int = 0
    episodes: int = 0
    losing_episodes: int = 0
    first_equity: Decimal | None = None
    equity: Decimal = Decimal(0)
    pnl: Decimal = Decimal(0)
    max_drawdown: Decimal = Decimal(0)
    denials: Counter[str] = msgspec.field(default_factory=Counter)
    signals: Counter[str] = msgspec.field(default_factory=Counter)
    exits: Counter[str] = msgspec.field(default_factory=Counter)
    pairs: Counter[str] = msgspec.field(default_factory=Counter)
    advice: int = 0


MINED: Mapping[type[Message], str] = {
    PairsMerged: "merged",
    PairsSplit: "split",
    PositionsConverted: "converted",
    RebatePaid: "rebate",
}
ADVISER = BotId("bot_09")
COUNTED = {
    topic.name for topic in (ADVICE, DECISIONS, EPISODES, EQUITY, FILLS, INTENTS, ORDERS, SIGNALS)
}


class Tally:
    """An observer that counts.

    Attributes:
        bots: Per bot.
        account: Equity, P&L and drawdown of the whole account.
        first_time: Session time of the first message, ms.
        last_time: Session time of the last one, ms.
        events: Messages seen.
    """

    def __init__(self) -> None:
        """Start at nothing."""
        self.bots: dict[BotId, BotTally] = {}
        self.account = BotTally()
        self.first_time = 0
        self.last_time = 0
        self.events = 0

    def __call__(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Count one message of the log; copies on the decide logs are not counted twice."""
        if not self.events:
            self.first_time = message.ingest_time
        self.events += 1
        if message.ingest_time > self.last_time:
            self.last_time = message.ingest_time
        if topic.name in COUNTED:
            self._count(message)

    def _bot(self, bot_id: BotId) -> BotTally:
        tally = self.bots.get(bot_id)
        if tally is None:
            tally = self.bots[bot_id] = BotTally()
        return tally

    def _count(self, message: Message) -> None:
        match message:
            case EquityPoint():
                self._equity(message)
            case Signal():
                self._bot(message.bot_id).signals[message.reason] += 1
            case PlaceIntent() | BundleIntent():
                self._bot(message.bot_id).intents += 1
            case IntentApproved():
                self._bot(message.bot_id).approved += 1
            case IntentDenied() | MergeDenied() | SplitDenied() | ConvertDenied():
                bot = self._bot(message.bot_id)
                bot.denied += 1
                bot.denials[message.code] += 1
            case OrderPlaced():
                self._bot(message.bot_id).placed += 1
            case OrderRejected():
                self._bot(message.bot_id).rejected += 1
            case OrderCanceled():
                self._bot(message.bot_id).canceled += 1
            case OrderExpired():
                self._bot(message.bot_id).expired += 1
            case Fill():
                self._fill(self._bot(message.bot_id), message)
            case PositionClosed():
                bot = self._bot(message.bot_id)
                bot.episodes += 1
                bot.losing_episodes += message.pnl < 0
                bot.exits[message.reason] += 1
            case PairsMerged() | PairsSplit() | PositionsConverted() | RebatePaid():
                self._bot(message.bot_id).pairs[MINED[type(message)]] += 1
            case SizingAdvice():
                self._bot(ADVISER).advice += 1
            case _:
                pass

    def _fill(self, bot: BotTally, fill: Fill) -> None:
        bot.fills += 1
        bot.inferred_fills += fill.inferred
        bot.filled_shares += fill.size
        bot.filled_notional += fill.size * fill.price

    def _equity(self, point: EquityPoint) -> None:
        tally = self.account if point.bot_id is None else self._bot(point.bot_id)
        if tally.first_equity is None:
            tally.first_equity = point.equity
        tally.equity = point.equity
        tally.pnl = point.realised_pnl + point.unrealised_pnl
        tally.max_drawdown = max(tally.max_drawdown, point.drawdown)
