"""The account as a fold: ledger, own orders, episodes and breakers over one ordered stream.

The risk gate and the ledger stage embed the same fold, so that what limits trading and what screens
show cannot differ. The gate adds what only it knows: the orders it accepted (STRATEGIES.md C.2).
"""

from collections.abc import Callable, Iterable

from schemas.control import CapitalAllocated, Command, Verb
from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId, OrderId
from schemas.market import MarketListed, MarketResolved, TickSizeChanged
from schemas.ops import ClockTick
from schemas.pairs import PairsSplit, PositionsConverted, RebatePaid
from schemas.portfolio import Mark
from schemas.trading import (
    CancelRefused,
    Fill,
    Order,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    TradeStatusChanged,
)
from schemas.values import IntentKind, MarketStatus, TradeStatus, Zone
from streams import booking, breakers, episode_book, ledger, unsettled
from streams.account_facts import CancelFailed, CapitalRefused, Fact, OrderEnded, RearmRefused
from streams.account_state import AccountRules, AccountState
from streams.booking import Books, Entry
from streams.breaker_events import (
    BreakerEvent,
    CapitalMoved,
    EpisodeEnded,
    EquityChanged,
    Rearmed,
    Tick,
)
from streams.breaker_state import next_deadline, rearm_refusal
from streams.episodes import ClosedEpisode
from streams.exposure_book import ExposureBook
from streams.markets import facts_of
from streams.marks import MarketMark
from streams.orders import OpenOrder, OrderIndex

CONFIRM_MS = 300_000
"""How long a re-arm of the portfolio waits for its confirmation."""
FORGET_MARKET_MS = 86_400_000
"""How long a resolved market is remembered, for late reports."""


class Account:
    """Folds the account's stream; changes its state in place.

    Attributes:
        state: Everything it remembers.
        orders: Our open orders, indexed.
        exposure: Worst-case losses, derived.
    """

    def __init__(
        self, account_id: AccountId, rules: AccountRules, state: AccountState | None = None
    ) -> None:
        """Start empty, or continue from a state.

        Args:
            account_id: Messages of other accounts are passed over.
            rules: Parameters.
            state: Of an earlier run.
        """
        self._account_id = account_id
        self._rules = rules
        self.state = AccountState() if state is None else state
        self.orders = OrderIndex(self.state.orders)
        self.exposure = ExposureBook(self.state, self.orders)
        self._touched: dict[BotId, None] = {}
        self._facts: list[Fact] = []
        self._cause = ""
        self._deadline = next_deadline(self.state.breakers)
        self._handlers: dict[type[Message], Callable[..., None]] = {
            CancelRefused: self._cancel_refused,
            CapitalAllocated: self._capital,
            ClockTick: self._tick,
            Command: self._command,
            Fill: self._fill,
            Mark: self._mark,
            MarketListed: self._listed,
            MarketResolved: self._resolved,
            OrderCanceled: self._ended,
            OrderExpired: self._ended,
            OrderPlaced: self._placed,
            OrderRejected: self._rejected,
            PairsMerged: self._mined,
            PairsSplit: self._mined,
            PositionsConverted: self._mined,
            RebatePaid: self._rebate,
            TickSizeChanged: self._tick_size,
            TradeStatusChanged: self._trade_status,
        }

    @property
    def now(self) -> int:
        """Greatest `ingest_time` seen, ms."""
        return self.state.now

    def apply(self, message: Message) -> list[Fact]:
        """Fold one message in.

        Returns:
            What it led to: trips and resets, holdings, episodes, ended orders; in order.
        """
        state = self.state
        state.now = max(state.now, message.ingest_time)
        self._facts, self._cause = [], message.event_id
        self._clock()
        handler = self._handlers.get(type(message))
        if handler is not None and getattr(message, "account_id", self._account_id) == (
            self._account_id
        ):
            handler(message)
        self._tell_equities()
        return self._facts

    def accept(self, order: Order, kind: IntentKind, zone: Zone | None) -> None:
        """Count an order from now on: what it needs is reserved, its exposure counts."""
        self.orders.accept(order, kind, zone)
        self.exposure.touch(order.bot_id, order.market_id)

    def concerned(self, message: Message) -> list[BotId]:
        """Bots whose figures a message may have changed, in a fixed order."""
        bots = self.state.ledger.bots
        if isinstance(message, ClockTick | MarketResolved):
            return list(bots)
        if isinstance(message, Mark):
            return [bot_id for bot_id in bots if message.market_id in bots[bot_id].stakes]
        bot_id: BotId | None = getattr(message, "bot_id", None)
        return [] if bot_id is None or bot_id not in bots else [bot_id]

    def carry_ms(self, market_id: MarketId) -> int:
        """How long a market's last good mark is carried."""
        profile, facts = self._rules.profile, self.state.markets.get(market_id)
        if profile is not None and facts is not None and profile.serves(facts):
            return profile.carry_ms
        return self._rules.carry_ms

    def _clock(self) -> None:
        now = self.state.now
        if now >= self._deadline:
            self._tell(Tick(event_id=self._cause, sequence=self._next(), t=now))
        if self.state.ledger.receivables:
            for bot_id in ledger.redeem(self.state.ledger, now, self._rules.redeem_gas):
                self._touched[bot_id] = None

    def _tick(self, _: ClockTick) -> None:
        """What only time changes: carried marks, blocks, memory."""
        state = self.state
        for market_id, mark in state.ledger.marks.items():
            if mark.bad_since is not None:
                self._remark(market_id, state.ledger.bots)
        if episode_book.has_blocks(state.episodes):
            self._book(Entry(state.now, ticks=True))
        self.orders.forget(state.now)
        for market_id in list(state.ledger.payouts):
            facts = state.markets.get(market_id)
            since = facts.resolved_at if facts is not None else None
            if facts is not None and since is not None and state.now - since > FORGET_MARKET_MS:
                del state.ledger.payouts[market_id]
                del state.markets[market_id]
                self.exposure.drop_market(market_id, facts.venue_event_id)

    def _mark(self, message: Mark) -> None:
        state = self.state
        if message.market_id in state.ledger.payouts:
            return
        mark = state.ledger.marks.get(message.market_id)
        if mark is None:
            mark = state.ledger.marks[message.market_id] = MarketMark(state.now)
        mark.tell(message.yes_bid, message.no_bid, message.good, state.now)
        self._remark(message.market_id, state.ledger.bots)

    def _fill(self, fill: Fill) -> None:
        state = self.state
        entry = self.orders.find(fill.order_id)
        if not self.orders.fill(fill, state.now):
            return
        ended = entry if self.orders.find(fill.order_id) is None else None
        status = unsettled.status_at_booking(state.unsettled, fill)
        if not status.is_final:
            waiting = unsettled.Waiting(fill, status)
            state.unsettled.waiting[unsettled.key_of(fill)] = waiting
        if status is not TradeStatus.FAILED:
            self._book(Entry(state.now, fill))
            self._marked(fill.bot_id, (fill.market_id,))
        if ended is not None:
            self._left(ended)

    def _trade_status(self, message: TradeStatusChanged) -> None:
        """A fill got further, or never happened."""
        known, profile, fill = self.state.unsettled, self._rules.profile, message.fill
        key = unsettled.key_of(fill)
        waiting = known.waiting.get(key)
        if waiting is None:
            if not self.orders.has_trade(fill):
                unsettled.remember_early(known, key, message.status)
            return
        if message.status is TradeStatus.FAILED:
            books = Books(self.state.ledger, self.state.episodes)
            undone = unsettled.undo(known, books, fill, profile)
            self._facts.extend(undone.changes)
            self._marked(fill.bot_id, undone.markets)
        elif message.status is TradeStatus.CONFIRMED:
            del known.waiting[key]
        else:
            waiting.status = message.status
            return
        self._close(unsettled.settle(known, fill.bot_id, profile))

    def _book(self, entry: Entry) -> None:
        """Book an entry; while a fill of its bot is not final, keep it and withhold its closes."""
        known, books = self.state.unsettled, Books(self.state.ledger, self.state.episodes)
        booking.give_facts(entry, self.state.markets)
        for bot_id in unsettled.keepers(known, entry):
            unsettled.keep(known, books, bot_id, entry)
        booked = booking.book(books, entry, self._rules.profile)
        self._facts.extend(booked.changes)
        self._close(each for each in booked.closed if each.bot_id not in known.journals)

    def _marked(self, bot_id: BotId, markets: Iterable[MarketId]) -> None:
        """A bot's tokens of some markets changed: mark them anew."""
        for market_id in markets:
            self._remark(market_id, (bot_id,))
            self.exposure.touch(bot_id, market_id)
        self._touched[bot_id] = None

    def _placed(self, message: OrderPlaced) -> None:
        self.accept(message.order, message.kind, message.zone)
        self._join_bundle(message.order)

    def _join_bundle(self, order: Order) -> None:
        entry = self.orders.find(order.order_id)
        if entry is not None and order.bundle_id:
            self._book(Entry(self.state.now, joins=order, kind=entry.kind))

    def _ended(self, message: OrderCanceled | OrderExpired) -> None:
        self._leave(message.order_id)

    def _rejected(self, message: OrderRejected) -> None:
        self.accept(message.order, message.order.kind, None)
        self._join_bundle(message.order)
        self._leave(message.order_id)

    def _leave(self, order_id: OrderId) -> None:
        """An order rests no more, if it did."""
        entry = self.orders.end(order_id, self.state.now)
        if entry is None:
            return
        self.exposure.touch(entry.order.bot_id, entry.order.market_id)
        self._left(entry)

    def _left(self, entry: OpenOrder) -> None:
        if entry.order.bundle_id:
            self._book(Entry(self.state.now, leaves=entry.order))
        self._facts.append(OrderEnded(entry))

    def _cancel_refused(self, message: CancelRefused) -> None:
        entry = self.orders.find(message.order_id)
        if entry is not None:
            entry.cancel_asked = False
            self._facts.append(CancelFailed(message.order_id, message.reason))

    def _mined(self, message: PairsMerged | PairsSplit | PositionsConverted) -> None:
        """Tokens became others."""
        if not isinstance(message, PairsMerged):
            self.orders.release(message.intent_id)
        self._book(Entry(self.state.now, message))
        self._marked(message.bot_id, booking.markets_of(message))

    def _rebate(self, message: RebatePaid) -> None:
        ledger.book_rebate(self.state.ledger, message)
        self._touched[message.bot_id] = None

    def _listed(self, message: MarketListed) -> None:
        market = message.market
        known = self.state.markets.get(market.market_id)
        if known is not None and known.resolved_at is not None:
            return
        self.state.markets[market.market_id] = facts_of(market)
        self.exposure.list_market(market.market_id, market.venue_event_id)
        for bot_id, books in self.state.ledger.bots.items():
            if market.market_id in books.stakes:
                self.exposure.touch(bot_id, market.market_id)

    def _tick_size(self, message: TickSizeChanged) -> None:
        facts = self.state.markets.get(message.market_id)
        if facts is not None:
            facts.tick = message.new_tick

    def _resolved(self, message: MarketResolved) -> None:
        state, market_id = self.state, message.market_id
        holders = [bot for bot, books in state.ledger.bots.items() if market_id in books.stakes]
        known, facts = market_id in state.ledger.payouts, state.markets.get(market_id)
        if facts is not None and not known:
            facts.resolved_at, facts.status = state.now, MarketStatus.RESOLVED
        self._book(Entry(state.now, message, due=state.now + self._rules.redeem_ms))
        for bot_id in holders:
            self._touched[bot_id] = None
            self.exposure.touch(bot_id, market_id)

    def _capital(self, message: CapitalAllocated) -> None:
        if not ledger.move_capital(self.state.ledger, message):
            self._facts.append(CapitalRefused(message.bot_id))
            return
        self._tell(
            CapitalMoved(
                event_id=self._cause,
                sequence=self._next(),
                t=self.state.now,
                bot_id=message.bot_id,
                amount=message.amount,
            )
        )

    def _command(self, message: Command) -> None:
        if message.verb is not Verb.REARM:
            return
        refusal = rearm_refusal(self.state.breakers, message.bot_id)
        if refusal is not None:
            self._facts.append(RearmRefused(message.bot_id, refusal))
            return
        if message.bot_id is None and not self._confirmed(message):
            return
        sequence, now = self._next(), self.state.now
        self._tell(Rearmed(event_id=self._cause, sequence=sequence, t=now, bot_id=message.bot_id))

    def _confirmed(self, message: Command) -> bool:
        """Whether a re-arm of the portfolio is the second of its two commands (C.4)."""
        state = self.state
        asked, at = state.rearm_asked, state.rearm_asked_at
        if asked and message.confirms == asked and state.now - at <= CONFIRM_MS:
            state.rearm_asked = ""
            return True
        state.rearm_asked, state.rearm_asked_at = message.event_id, state.now
        self._facts.append(
            RearmRefused(
                None,
                "Re-arming the portfolio takes two steps: look at the cause, then confirm with "
                f"{message.event_id} within {CONFIRM_MS // 60_000} minutes.",
            )
        )
        return False

    def _remark(self, market_id: MarketId, bots: Iterable[BotId]) -> None:
        carry = self.carry_ms(market_id)
        for bot_id in bots:
            if ledger.remark(self.state.ledger, bot_id, market_id, self.state.now, carry):
                self._touched[bot_id] = None

    def _close(self, episodes: Iterable[ClosedEpisode]) -> None:
        for episode in episodes:
            self._facts.append(episode)
            self._tell(
                EpisodeEnded(
                    event_id=self._cause,
                    sequence=self._next(),
                    t=self.state.now,
                    bot_id=episode.bot_id,
                    pnl=episode.pnl,
                )
            )

    def _tell_equities(self) -> None:
        """Let the breakers see every equity that changed without a flow."""
        for bot_id in self._touched:
            equity = self.state.ledger.bots[bot_id].equity
            known = self.state.breakers.bots.get(bot_id)
            if known is None or known.nav.equity != equity:
                self._tell(
                    EquityChanged(
                        event_id=self._cause,
                        sequence=self._next(),
                        t=self.state.now,
                        bot_id=bot_id,
                        equity=equity,
                    )
                )
        self._touched.clear()

    def _tell(self, event: BreakerEvent) -> None:
        state = self.state
        state.breakers, outcomes = breakers.fold(state.breakers, event, self._rules.breakers)
        self._deadline = next_deadline(state.breakers)
        self._facts.extend(outcomes)

    def _next(self) -> int:
        self.state.sequence += 1
        return self.state.sequence
