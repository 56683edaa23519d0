"""What bots may know of themselves and their markets, and the carrying out of what they propose.

The host keeps books, orders, holdings and accounts; it builds a bot's view, asks the bot, and turns
its proposals into intents. What would open or reduce against the view's own rules is dropped here,
whichever bot proposes it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from agents.bots.base import (
    Advise,
    Cancel,
    Convert,
    Merge,
    Note,
    OrderDraft,
    Place,
    PlaceBundle,
    Proposal,
    Replace,
    Reply,
    RunningBot,
    Split,
)
from agents.bots.unwind import unwind
from agents.bots.view import ZERO, View
from agents.stages.base import Emit
from agents.stages.bots_holdings import PendingPairs, holding_of, holds_any, underway
from agents.stages.bots_intents import IntentWriter, advice
from agents.stages.bots_markets import LiveMarket, MarketTable
from agents.stages.bots_orders import OrderBook
from agents.stages.bots_shard import ShardMarkets
from agents.stages.bots_signals import is_worth_writing
from agents.stages.bots_state import HostState
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId, OrderId
from schemas.market import Market
from schemas.ops import ClockTick
from schemas.values import IntentKind
from topics.catalog import ADVICE, DECIDE_INPUTS, GATE_INPUTS, INTENTS, SIGNALS

SECOND_MS = 1_000
"""A timer of a second is every tick's, also of two ticks that come at once."""


class BotHost:
    """Runs bots on markets.

    Attributes:
        state: What a snapshot holds beside books, orders and the bots' own states.
        markets: Books and their health.
        orders: All our orders.
        account_id: Whose gate gets the intents.
        emits: What follows from the message being applied; taken away by the stage.
    """

    def __init__(
        self,
        shard: int,
        account_id: AccountId,
        bots: Sequence[RunningBot],
        markets: MarketTable,
        rules: TradingRules,
    ) -> None:
        """Start empty.

        Args:
            shard: The partition the bots read and write.
            account_id: Whose gate gets the intents.
            bots: All of them.
            markets: Books and their health.
            rules: Common rules.
        """
        self._shard = str(shard)
        self.account_id = account_id
        self._rules = rules
        self.markets = markets
        self.emits: list[Emit] = []
        self._others = {running.bot.bot_id: self._eyes(running) for running in bots}
        self.state = HostState()
        self.orders = OrderBook()
        self.use(self.state, self.orders)

    def _eyes(self, running: RunningBot) -> ShardMarkets:
        return ShardMarkets(
            running.bot.bot_id, self.markets, lambda market_id: self.view(running, market_id)
        )

    def use(self, state: HostState, orders: OrderBook) -> None:
        """Go on with this state and these orders."""
        self.state, self.orders = state, orders
        for others in self._others.values():
            others.use(state, orders)

    def is_involved(self, bot_id: BotId, market_id: MarketId) -> bool:
        """Whether a bot holds tokens of a market or has live orders there."""
        return self.orders.has_any(market_id, bot_id) or holds_any(
            self.state.stakes, bot_id, market_id
        )

    def run_watchers(self, live: LiveMarket, event: Message) -> None:
        """Ask who watches a market's best prices, and then who is involved in it."""
        market, readers = live.record.market, live.readers
        if market is None:
            return
        self.run(readers.tops, live, event)
        for running in readers.rest:
            if self.is_involved(running.bot.bot_id, market.market_id):
                self.run((running,), live, event)

    def run_timers(self, live: LiveMarket, event: Message, before: int) -> None:
        """Ask whose turn it is since the last tick at `before` ms, and who is involved."""
        market, now = live.record.market, self.state.now
        if market is None:
            return
        due = [
            running
            for running, period in live.readers.timers
            if period == SECOND_MS
            or (period and now // period != before // period)
            or self.is_involved(running.bot.bot_id, market.market_id)
        ]
        self.run(due, live, event)

    def run_permission(self, running: RunningBot, live: LiveMarket, event: Message) -> None:
        """Tell a bot that it may do more or less, where it watches or is involved."""
        market = live.record.market
        if market is None:
            return
        if running in live.readers.tops or self.is_involved(running.bot.bot_id, market.market_id):
            self.run((running,), live, event)

    def outside(self, running: RunningBot, event: Message) -> None:
        """Show a bot what came from outside, and let it look at the markets that it names."""
        others = self._others[running.bot.bot_id]
        self._follow(running, event, running.on_outside(event, others))

    def day(self, running: RunningBot, tick: ClockTick) -> None:
        """Run a bot's daily job."""
        others = self._others[running.bot.bot_id]
        self._follow(running, tick, running.on_day(tick, others))

    def _follow(self, running: RunningBot, event: Message, replies: Iterable[Reply]) -> None:
        for reply in replies:
            if isinstance(reply, Advise):
                said = advice(running.bot.bot_id, self.account_id, event, reply, self.state.now)
                self.emits.append(Emit(ADVICE, self._shard, said))
                self.emits.append(Emit(GATE_INPUTS, self.account_id, said))
            elif (live := self.markets.live.get(reply)) is not None:
                self.run((running,), live, event)

    def view(self, running: RunningBot, market_id: MarketId) -> View | None:
        """A bot's view of a market; None without its metadata."""
        live = self.markets.live.get(market_id)
        if live is None or live.record.market is None:
            return None
        heard_at = self.markets.heard_at(live)
        stale = self.markets.staleness(live, self.state.now, heard_at)
        return self._view(running, live, live.record.market, heard_at, stale)

    def run(self, bots: Iterable[RunningBot], live: LiveMarket, event: Message) -> None:
        """Let bots look at a market, one after the other, and carry out what they propose."""
        market = live.record.market
        if market is None:
            return
        heard_at = self.markets.heard_at(live)
        stale = self.markets.staleness(live, self.state.now, heard_at)
        for running in bots:
            view = self._view(running, live, market, heard_at, stale)
            proposals = running.on_event(event, view)
            if view.is_emergency:
                proposals = [*proposals, *unwind(view, self._rules)]
            self._carry_out_all(proposals, running, event, view)

    def _view(
        self, running: RunningBot, live: LiveMarket, market: Market, heard_at: int, stale: str
    ) -> View:
        state, record, bot_id = self.state, live.record, running.bot.bot_id
        account = state.accounts.get(bot_id)
        orders, rival_bid, rival_ask = self.orders.standing(market.market_id, bot_id)
        choice = live.choice
        closed = choice.closed
        if choice.profile is not None and not choice.profile.trades(running.bot.number):
            closed = "bot-not-in-profile"
        return View(
            now=state.now,
            market=market,
            profile_name=choice.name,
            profile=choice.profile,
            closed=closed,
            top=live.top,
            tick=live.tick,
            book=live.book,
            own=live.own,
            book_event_id=record.event_id,
            trust=record.trust,
            heard_at=heard_at,
            lag_ms=record.lag_ms,
            stale=stale,
            orders=orders,
            holding=holding_of(state.stakes, bot_id, market.market_id),
            merging=underway(state.merges, bot_id, market.market_id) if state.merges else ZERO,
            splitting=underway(state.splits, bot_id, market.market_id) if state.splits else ZERO,
            converting=(
                underway(state.conversions, bot_id, market.market_id) if state.conversions else ZERO
            ),
            account=None if account is None else account.within(market.market_id),
            view_max_age_ms=self._rules.view_max_age_s * 1000,
            rival_bid=rival_bid,
            rival_ask=rival_ask,
            others=self._others[bot_id],
            reference_stale=self.markets.reference_is_stale(live, state.now),
        )

    def _carry_out_all(
        self, proposals: Iterable[Proposal], running: RunningBot, event: Message, view: View
    ) -> None:
        marks, bot_id, market_id = self.state.signals, running.bot.bot_id, view.market.market_id
        writer: IntentWriter | None = None
        for proposal in proposals:
            if obstacle := _obstacle(proposal, view):
                proposal = Note(decision="none", reason=f"host-refused-{obstacle}")
            if isinstance(proposal, Note) and not is_worth_writing(
                marks, bot_id, market_id, proposal, view.now
            ):
                continue
            if writer is None:
                writer = IntentWriter(running.bot, self.account_id, event, view, self._rules)
            self._carry_out(proposal, writer, view, running)

    def _carry_out(
        self, proposal: Proposal, writer: IntentWriter, view: View, running: RunningBot
    ) -> None:
        match proposal:
            case Note():
                self.emits.append(Emit(SIGNALS, self._shard, writer.signal(proposal)))
            case Place(draft):
                self._place(draft, None, writer, view)
            case Replace(order_id, draft):
                self._place(draft, order_id, writer, view)
            case PlaceBundle(bundle_id, drafts):
                bundle = writer.bundle(bundle_id, drafts)
                for order in bundle.orders:
                    self.orders.ask(order, bundle.event_id, view.now)
                self._intend(bundle)
            case Cancel(order_id, reason):
                own = self.orders.get(order_id)
                self.orders.ask_cancel(order_id, view.now)
                where = view.market.market_id if own is None else own.order.market_id
                cancel = writer.cancel(order_id, where, reason)
                self.emits.append(Emit(INTENTS, self._shard, cancel))
                self.emits.append(Emit(DECIDE_INPUTS, self._shard, cancel))
            case Merge(pairs):
                merge = writer.merge(pairs)
                self.state.merges[merge.event_id] = _pending(pairs, running, view)
                self._intend(merge)
            case Split(pairs):
                split = writer.split(pairs)
                self.state.splits[split.event_id] = _pending(pairs, running, view)
                self._intend(split)
            case Convert(gives, size):
                convert = writer.convert(gives, size)
                pending = _pending(size, running, view, gives)
                self.state.conversions[convert.event_id] = pending
                self._intend(convert)

    def _place(
        self, draft: OrderDraft, replaces: OrderId | None, writer: IntentWriter, view: View
    ) -> None:
        intent = writer.place(draft, replaces)
        if replaces is not None:
            self.orders.ask_cancel(replaces, view.now)
            self.state.replaces[intent.event_id] = replaces
        self.orders.ask(intent.order, intent.event_id, view.now)
        self._intend(intent)

    def _intend(self, intent: Message) -> None:
        self.emits.append(Emit(INTENTS, self._shard, intent))
        self.emits.append(Emit(GATE_INPUTS, self.account_id, intent))


def _pending(
    pairs: Decimal, running: RunningBot, view: View, gives: tuple[MarketId, ...] = ()
) -> PendingPairs:
    return PendingPairs(
        bot_id=running.bot.bot_id,
        market_id=gives[0] if gives else view.market.market_id,
        pairs=pairs,
        asked_at=view.now,
        gives=gives,
    )


def _obstacle(proposal: Proposal, view: View) -> str:
    """Why the views themselves forbid to place this, a stable word; empty when they do not."""
    if isinstance(proposal, Note):
        return ""
    drafts: Iterable[OrderDraft]
    match proposal:
        case Place(draft) | Replace(_, draft):
            drafts = (draft,)
        case PlaceBundle(_, bundle):
            drafts = bundle
        case Split():
            return view.opening_obstacle()
        case _:
            return ""
    reduces = all(draft.kind is IntentKind.REDUCE for draft in drafts)
    own = view.market.market_id
    if not reduces and not view.others.room_for([draft.market_id or own for draft in drafts]):
        return "positions-full"
    for where in {draft.market_id: None for draft in drafts}:
        seen = view if where is None else view.others.view(where)
        if seen is None:
            return "market-unknown"
        if obstacle := seen.reducing_obstacle() if reduces else seen.opening_obstacle():
            return obstacle
    return ""
