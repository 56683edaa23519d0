"""What a snapshot of the bots' host holds."""

import msgspec

from agents.bots.view import Account, OwnOrder
from agents.stages.bots_guard import Failure
from agents.stages.bots_holdings import Stakes, Underway
from agents.stages.bots_markets import FeedHealth, MarketRecord
from agents.stages.bots_orders import EndedOrder
from agents.stages.bots_signals import SignalMarks
from schemas.ids import BotId, MarketId, OrderId


class HostState(msgspec.Struct, kw_only=True):
    """Everything that all bots share, and each bot's own state.

    Attributes:
        now: Greatest `ingest_time` seen, ms.
        orders: Live orders, oldest first.
        ended: What is remembered of orders that ended, oldest first.
        replaces: The order that an unanswered intent is to replace, by intent id.
        retired: Resolved markets and when that was heard, ms.
        ticked_at: `now` at the last tick, ms.
        undone: Fills that failed, by trade and order, the last ones.
        day: The last UTC day, counted from 00:10, whose daily jobs were run.
        failed: Bots that raised and stand still.
        bots: Each bot's own encoding.
    """

    now: int = 0
    markets: dict[MarketId, MarketRecord] = msgspec.field(default_factory=dict)
    feeds: dict[str, FeedHealth] = msgspec.field(default_factory=dict)
    retired: dict[MarketId, int] = msgspec.field(default_factory=dict)
    accounts: dict[BotId, Account] = msgspec.field(default_factory=dict)
    orders: list[OwnOrder] = msgspec.field(default_factory=list)
    ended: dict[OrderId, EndedOrder] = msgspec.field(default_factory=dict)
    replaces: dict[str, OrderId] = msgspec.field(default_factory=dict)
    stakes: Stakes = msgspec.field(default_factory=dict)
    merges: Underway = msgspec.field(default_factory=dict)
    splits: Underway = msgspec.field(default_factory=dict)
    conversions: Underway = msgspec.field(default_factory=dict)
    undone: list[str] = msgspec.field(default_factory=list)
    signals: SignalMarks = msgspec.field(default_factory=dict)
    ticked_at: int = 0
    day: int = -1
    failed: dict[BotId, Failure] = msgspec.field(default_factory=dict)
    bots: dict[BotId, msgspec.Raw] = msgspec.field(default_factory=dict)
