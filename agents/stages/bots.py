"""The stage that hosts all bots: the shard's log in, intents, cancels and signals out.

A bot is asked about a market as its `Interest` says: when the market's net best prices or trust
changed, on its trades, on the bot's own verdicts, orders and fills there, when its account view
changes what it may do, after a message from outside that concerns the market, and by timer. Other
book changes are folded without asking anybody.
"""

from collections.abc import Mapping, Sequence

import msgspec

from agents.bots.base import RunningBot
from agents.bots.view import Account
from agents.stages.base import Emit
from agents.stages.bots_guard import Failures, GuardedBot
from agents.stages.bots_holdings import (
    Underway,
    book_conversion,
    book_fill,
    book_merge,
    book_split,
    forget_pairs,
    undo_fill,
)
from agents.stages.bots_host import BotHost
from agents.stages.bots_markets import LiveMarket, MarketTable, reference_feed
from agents.stages.bots_orders import OrderBook
from agents.stages.bots_state import HostState
from configs.profiles import Profiles
from configs.rules import TradingRules
from schemas.control import BotFailed
from schemas.envelope import Message, header
from schemas.ids import AccountId, BotId, MarketId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    FeedStatus,
    MarketListed,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.ops import ClockTick
from schemas.pairs import (
    ConvertApproved,
    ConvertDenied,
    PairsFailed,
    PairsSplit,
    PositionsConverted,
    SplitApproved,
    SplitDenied,
)
from schemas.trading import (
    AccountView,
    CancelOrder,
    Fill,
    IntentApproved,
    IntentDenied,
    MergeApproved,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    TradeStatusChanged,
)
from schemas.values import MarketStatus, Money, TradeStatus
from streams.unsettled import key_of
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, TopicSpec

DAY_MS = 86_400_000
UNDONE_KEPT = 250
DAILY_AT_MS = 600_000
"""Daily jobs run at 00:10 UTC."""


class BotsStage:
    """All bots of a shard as one fold."""

    name = "bots"
    reads: TopicSpec = DECIDE_INPUTS

    def __init__(
        self,
        shard: int,
        account_id: AccountId,
        bots: Sequence[RunningBot],
        profiles: Profiles,
        rules: TradingRules,
        money: Money = Money.PAPER,
        *,
        book_shows_own_orders: bool = False,
    ) -> None:
        """Host bots.

        Args:
            shard: The partition it reads and writes back to.
            account_id: The account whose gate gets the intents.
            bots: In the order in which they see an event.
            profiles: Those a market may take.
            rules: Common rules.
            money: A profile may be for paper only.
            book_shows_own_orders: Whether the feed contains our orders: a real venue's does, a
                paper exchange's does not (D-33).
        """
        self._failures = Failures()
        self._bots = tuple(GuardedBot(each, self._failures) for each in bots)
        self._daily = tuple(each for each in self._bots if each.bot.interest.daily)
        self._outside: dict[type[Message], list[RunningBot]] = {}
        for running in self._bots:
            for kind in running.bot.interest.outside:
                self._outside.setdefault(kind, []).append(running)
        self._mids_ms = max((e.bot.interest.mids_s for e in self._bots), default=0) * 1000
        self._by_id = {running.bot.bot_id: running for running in self._bots}
        self._rules = rules
        self._shows_own = book_shows_own_orders
        table = MarketTable(profiles, rules, money, self._bots)
        self._host = BotHost(shard, account_id, self._bots, table, rules)

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message of the shard's log."""
        state = self._host.state
        state.now = self._failures.now = max(state.now, message.ingest_time)
        if isinstance(message, BookDelta | BookSnapshot | BookTrustChanged):
            self._apply_book(message)
        else:
            self._apply_market(message)
            for running in self._outside.get(type(message), ()):
                self._host.outside(running, message)
        if self._failures.fresh:
            self._tell_failures(message)
        emits = self._host.emits
        if not emits:
            return ()
        self._host.emits = []
        return emits

    def passed(self) -> Mapping[BotId, Mapping[str, int]]:
        """What came from outside and led to no market, by bot and reason."""
        return {running.bot.bot_id: running.passed() for running in self._bots}

    def snapshot(self) -> bytes:
        """Books as occupied levels, everything else as it is."""
        host = self._host
        state = msgspec.structs.replace(
            host.state,
            markets=host.markets.saved(),
            feeds=host.markets.feeds,
            retired=host.markets.retired,
            orders=host.orders.all(),
            ended=host.orders.ended,
            failed=self._failures.known,
            bots={each.bot.bot_id: msgspec.Raw(each.snapshot()) for each in self._bots},
        )
        return msgspec.json.encode(state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of a stage with the same bots; a new bot starts fresh."""
        state = msgspec.json.decode(snapshot, type=HostState)
        host = self._host
        self._failures.known, state.failed = state.failed, {}
        host.markets.restore(state.markets, state.feeds, state.retired)
        orders = OrderBook(state.orders, state.ended)
        for bot_id, encoded in state.bots.items():
            running = self._by_id.get(bot_id)
            if running is not None:
                running.restore(bytes(encoded))
        state.markets, state.orders, state.ended, state.bots = {}, [], {}, {}
        host.use(state, orders)
        for live in host.markets.live.values():
            self._show_own(live)

    def _tell_failures(self, cause: Message) -> None:
        """Let the gate know which bots the message stopped, and why."""
        host, fresh = self._host, self._failures.fresh
        self._failures.fresh = {}
        for bot_id, reason in fresh.items():
            failed = BotFailed(
                **header(self.name, cause, "failed", bot_id, now=host.state.now),
                account_id=host.account_id,
                bot_id=bot_id,
                reason=reason,
            )
            host.emits.append(Emit(GATE_INPUTS, host.account_id, failed))

    # ------------------------------------------------------------------ markets

    def _apply_book(self, message: BookDelta | BookSnapshot | BookTrustChanged) -> None:
        host = self._host
        live = host.markets.get(message.market_id)
        if live is None:
            return
        if isinstance(message, BookTrustChanged):
            changed = live.regrade(message, host.state.now)
        else:
            changed = live.apply(message, host.state.now)
        if changed:
            if self._mids_ms:
                live.record.mids.add(host.state.now, live.top.rough_mid, self._mids_ms)
            self._host.run_watchers(live, message)

    def _apply_market(self, message: Message) -> None:
        markets = self._host.markets
        match message:
            case MarketTrade():
                live = markets.live.get(message.market_id)
                if live is not None:
                    self._host.run(live.readers.trades, live, message)
            case ClockTick():
                self._tick(message)
            case FeedStatus():
                if markets.hear(message):
                    for live in markets.live.values():
                        if message.feed in (live.record.feed, reference_feed(live)):
                            self._host.run_watchers(live, message)
            case MarketListed():
                self._list(message)
            case TickSizeChanged():
                self._change_tick(message)
            case MarketResolved():
                self._resolve(message)
            case AccountView():
                self._account(message)
            case _:
                self._apply_own(message)

    def _list(self, message: MarketListed) -> None:
        market, markets = message.market, self._host.markets
        is_known = market.market_id in markets.live
        if market.status is MarketStatus.RESOLVED and not is_known:
            return
        live = markets.get(market.market_id)
        if live is not None:
            markets.describe(live, market)
            self._host.run_watchers(live, message)

    def _change_tick(self, message: TickSizeChanged) -> None:
        live = self._host.markets.get(message.market_id)
        if live is not None:
            live.drop_book(message.new_tick)
            self._host.run_watchers(live, message)

    def _resolve(self, message: MarketResolved) -> None:
        host, market_id = self._host, message.market_id
        host.orders.end_market(market_id, host.state.now)
        live = host.markets.live.get(market_id)
        if live is not None:
            self._host.run_watchers(live, message)
        for running in self._bots:
            running.forget(market_id)
            bot_id = running.bot.bot_id
            host.state.stakes.get(bot_id, {}).pop(market_id, None)
            host.state.signals.get(bot_id, {}).pop(market_id, None)
        host.markets.retire(market_id, host.state.now)

    def _tick(self, tick: ClockTick) -> None:
        host, now = self._host, self._host.state.now
        for own in host.orders.tick(now, self._rules.unanswered_s * 1000):
            self._keep_replaced(own.intent_id)
        forget_pairs(host.state.merges, now)
        forget_pairs(host.state.splits, now)
        forget_pairs(host.state.conversions, now)
        before, host.state.ticked_at = host.state.ticked_at, now
        for live in host.markets.live.values():
            if host.markets.reference_turned(live, now):
                host.run_watchers(live, tick)
            else:
                host.run_timers(live, tick, before)
        day = (now - DAILY_AT_MS) // DAY_MS
        if day > host.state.day:
            host.state.day = day
            for running in self._daily:
                host.day(running, tick)

    def _account(self, message: AccountView) -> None:
        """Take over the view; the bot is asked at once only where its permission changed."""
        host, running = self._host, self._by_id.get(message.bot_id)
        before = host.state.accounts.get(message.bot_id)
        account = Account(
            at=host.state.now,
            equity=message.equity,
            free_cash=message.free_cash,
            state=message.state,
            may_open=message.may_open,
            sizing_lambda=message.sizing_lambda,
            max_positions=message.max_positions,
            scales=message.scales,
        )
        host.state.accounts[message.bot_id] = account
        self._failures.hear(message.bot_id, message.state)
        permission = (account.state, account.may_open)
        if running is None or (
            before is not None and (before.state, before.may_open) == permission
        ):
            return
        for live in host.markets.live.values():
            host.run_permission(running, live, message)

    # ------------------------------------------------------------------ our own orders

    def _apply_own(self, message: Message) -> None:
        """Verdicts and cancels; what the venue said goes on."""
        host, orders, now = self._host, self._host.orders, self._host.state.now
        match message:
            case IntentApproved():
                orders.approve(message, now)
                host.state.replaces.pop(message.intent_id, None)
            case IntentDenied():
                orders.deny(message, now)
                self._keep_replaced(message.intent_id)
                host.state.merges.pop(message.intent_id, None)
                self._run_own(message.order.market_id, message.bot_id, message)
            case MergeApproved():
                _approve(host.state.merges, message.intent_id)
            case SplitApproved():
                _approve(host.state.splits, message.intent_id)
            case ConvertApproved():
                _approve(host.state.conversions, message.intent_id)
            case SplitDenied() | ConvertDenied() | PairsFailed():
                host.state.merges.pop(message.intent_id, None)
                host.state.splits.pop(message.intent_id, None)
                host.state.conversions.pop(message.intent_id, None)
                self._run_own(message.market_id, message.bot_id, message)
            case CancelOrder():  # MergeDenied needs nothing: the merge is tried again later
                orders.ask_cancel(message.order_id, now)
            case OrderPlaced() | OrderRejected() | OrderCanceled() | OrderExpired():
                orders.report(message, now)
                self._run_own(message.market_id, message.bot_id, message)
            case TradeStatusChanged():
                self._undo(message)
            case Fill() | PairsMerged() | PairsSplit() | PositionsConverted():
                self._book(message)
            case _:
                pass

    def _book(self, message: Fill | PairsMerged | PairsSplit | PositionsConverted) -> None:
        """Change what is held, once; a resolved market is the ledger's business."""
        host = self._host
        if isinstance(message, Fill):
            news = host.orders.fill(message, host.state.now)
            if not news or key_of(message) in host.state.undone:
                return
        if isinstance(message, PositionsConverted):
            retired = host.markets.retired
            book_conversion(host.state.stakes, host.state.conversions, message, retired)
        elif message.market_id in host.markets.retired:
            return
        elif isinstance(message, Fill):
            book_fill(host.state.stakes, message)
        elif isinstance(message, PairsMerged):
            book_merge(host.state.stakes, host.state.merges, message)
        else:
            live = host.markets.live.get(message.market_id)
            mid = None if live is None else live.top.mid
            book_split(host.state.stakes, host.state.splits, message, mid)
        host.orders.holdings_changed()
        self._run_own(message.market_id, message.bot_id, message)

    def _undo(self, message: TradeStatusChanged) -> None:
        """A fill never happened: its bot holds what it held and decides anew."""
        host, fill = self._host, message.fill
        undone, key = host.state.undone, key_of(fill)
        if message.status is not TradeStatus.FAILED or key in undone:
            return
        undone.append(key)
        del undone[:-UNDONE_KEPT]
        if fill.market_id in host.markets.retired or not host.orders.is_counted(fill):
            return
        undo_fill(host.state.stakes, fill)
        host.orders.holdings_changed()
        self._run_own(fill.market_id, fill.bot_id, message)

    def _keep_replaced(self, intent_id: str) -> None:
        """An intent led to nothing; what it was to replace rests on."""
        replaced = self._host.state.replaces.pop(intent_id, None)
        if replaced is not None:
            self._host.orders.keep(replaced)

    def _run_own(self, market_id: MarketId, bot_id: BotId, message: Message) -> None:
        running, live = self._by_id.get(bot_id), self._host.markets.live.get(market_id)
        if live is None:
            return
        self._show_own(live)
        if running is not None:
            self._host.run((running,), live, message)

    def _show_own(self, live: LiveMarket) -> None:
        market = live.record.market
        if self._shows_own and market is not None:
            live.show_own(self._host.orders.in_market(market.market_id))


def _approve(pairs: Underway, intent_id: str) -> None:
    pending = pairs.get(intent_id)
    if pending is not None:
        pending.approved = True
