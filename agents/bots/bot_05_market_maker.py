"""Bot 5, market maker: two quotes around the microprice, skewed by inventory, pulled when in doubt.

STRATEGIES.md D.5: Avellaneda-Stoikov in logit space. In markets of 15 to 60 minutes that resolve by
a price feed the short-horizon profile's numbers rule (D-28).
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec

from agents.bots.base import Bot, Interest, Merge, Note, Proposal
from agents.bots.bot_05_inventory import Targets
from agents.bots.bot_05_market import (
    MakerMarket,
    base_dollars,
    observe_book,
    observe_fill,
    observe_trade,
    sigma_of,
    toxicity_of,
)
from agents.bots.bot_05_numbers import MakerNumbers, maker_numbers
from agents.bots.bot_05_quotes import OrderBudget, Reconciler
from agents.bots.bot_05_rewards import MINUTE_MS, sample
from agents.bots.bot_05_workings import Worked, Workings
from agents.bots.exits import Exit, cancel_all, selling_price, work
from agents.bots.view import Account, OwnOrder, View
from configs.bots import MarketMakerParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import MarketTrade
from schemas.ops import ClockTick
from schemas.trading import Fill, IntentDenied, Order, OrderPlaced, OrderRejected
from schemas.values import Action, BotState, IntentKind, Side
from streams.orders import is_bid
from streams.quoting import Quote


class Mode(StrEnum):
    """What bot 5 does in a market."""

    QUOTE = "quote"
    REDUCE = "reduce"
    """No quotes; the net inventory is offered at the best price."""
    CLEAR = "clear"
    """No order at all; what is held is held."""


class Decision(NamedTuple):
    """A mode, and why, in a stable word."""

    mode: Mode
    reason: str


class MarketMakerState(msgspec.Struct, kw_only=True):
    """Bot 5's state.

    Attributes:
        series: Micro-dollars traded in the last resolved window of each series.
        budget: Orders it may still send.
    """

    markets: dict[MarketId, MakerMarket] = msgspec.field(default_factory=dict)
    series: dict[str, int] = msgspec.field(default_factory=dict)
    budget: OrderBudget = msgspec.field(default_factory=OrderBudget)


class MarketMaker(Bot[MarketMakerState]):
    """Two-sided quotes with inventory skew."""

    state_type = MarketMakerState
    interest = Interest(timer_s=5)

    def __init__(self, parameters: MarketMakerParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._numbers: dict[str, MakerNumbers] = {}
        self._workings = Workings(parameters.max_skew)
        self._said: dict[MarketId, tuple[Worked, Decimal, Note]] = {}

    def on_event(self, state: MarketMakerState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        market_id, numbers = view.market.market_id, self._numbers_of(view)
        market = state.markets.get(market_id)
        if market is None:
            market = state.markets[market_id] = MakerMarket(series=view.market.series)
        pulled_until = market.pulled_until
        self._observe(state, market, event, view, numbers)
        if view.is_emergency or view.account is None:
            return []
        if isinstance(event, MarketTrade) and market.pulled_until == pulled_until:
            return []  # the book event of the same trade follows
        pairs = view.free_pairs
        if pairs >= self._parameters.merge_pairs:
            note = Note(decision="merge", reason="pairs-matched", features={"pairs": float(pairs)})
            return [Merge(pairs), note]
        decided = self._decide(state, market, event, view, numbers, view.account)
        return [*self._sample_rewards(market, event, view), *decided]

    def forget(self, state: MarketMakerState, market_id: MarketId) -> None:
        """See `Bot.forget`; the window's volume measures the next one's buckets."""
        self._workings.forget(market_id)
        self._said.pop(market_id, None)
        market = state.markets.pop(market_id, None)
        if market is not None and market.series and market.traded:
            state.series[market.series] = market.traded

    def _sample_rewards(self, market: MakerMarket, event: Message, view: View) -> list[Note]:
        """The estimate of liquidity rewards, once a minute."""
        minute = view.now // MINUTE_MS
        if not isinstance(event, ClockTick) or minute == market.sampled:
            return []
        market.sampled = minute
        note = sample(view)
        return [] if note is None else [note]

    def _observe(
        self,
        state: MarketMakerState,
        market: MakerMarket,
        event: Message,
        view: View,
        numbers: MakerNumbers,
    ) -> None:
        match event:
            case MarketTrade():
                previous = state.series.get(market.series, 0)
                observe_trade(market, event, view, numbers, previous)
            case Fill():
                observe_fill(market, event, view.now)
            case OrderPlaced():
                market.backoff(is_bid(event.order)).accept()
            case IntentDenied():
                self._refuse(market, event.order, event.code, view.now)
            case OrderRejected():
                self._refuse(market, event.order, event.reason, view.now)
            case _:
                pass
        observe_book(market, view, numbers, self._parameters)
        if view.now >= market.pulled_until and toxicity_of(market) > self._parameters.tox_pull:
            market.pull(view.now + numbers.tox_pull_ms, "toxic-flow")

    def _decide(
        self,
        state: MarketMakerState,
        market: MakerMarket,
        event: Message,
        view: View,
        numbers: MakerNumbers,
        account: Account,
    ) -> list[Proposal]:
        mode, reason = self._obstacle(market, view, numbers)
        sigma = sigma_of(market, view, numbers) if mode is Mode.QUOTE else None
        if mode is Mode.QUOTE and sigma is None:
            mode, reason = Mode.CLEAR, "no-volatility-yet"
        if mode is not Mode.QUOTE or sigma is None:
            proposals = self._leave(mode, reason, view, numbers)
            return [*proposals, self._note(proposals, reason, view)]
        multiplier = self._multiplier(account)
        dollars = base_dollars(market, numbers, self._parameters, account.equity, multiplier)
        is_toxic = toxicity_of(market) > self._parameters.tox_half
        worked = self._workings.work(view, account, numbers, dollars, sigma, is_toxic=is_toxic)
        quote, wanted = worked.quote, worked.wanted
        if wanted is None:
            proposals = self._leave(Mode.CLEAR, "model-wants-wider", view, numbers)
            return [*proposals, self._note(proposals, "model-wants-wider", view, quote, sigma)]
        if self._workings.is_settled(wanted, view):
            return [self._settled_note(worked, wanted, view, account)]
        reconciler = Reconciler(view, self._parameters, self._rules, numbers.ttl_s, state.budget)
        proposals = reconciler.reconcile(wanted, event.event_id, market.bid, market.ask)
        if not proposals:
            self._workings.settle(wanted, view, reconciler.settled_until(wanted))
        return [*proposals, self._note(proposals, wanted.reason, view, quote, sigma, wanted.skew)]

    def _obstacle(self, market: MakerMarket, view: View, numbers: MakerNumbers) -> Decision:
        """Whether to quote, by everything but the model; the first reason wins."""
        left, now = view.time_left_ms, view.now
        if left is not None and left <= numbers.reduce_until_ms:
            return Decision(Mode.CLEAR, "held-to-resolution")
        opening_obstacle = view.opening_obstacle()
        if opening_obstacle and (obstacle := view.reducing_obstacle()):
            return Decision(Mode.CLEAR, obstacle)
        if now < market.pulled_until:
            return Decision(Mode.CLEAR, market.pulled_by)
        if view.state is BotState.ACTIVE and left is not None and left <= numbers.stop_ms:
            return Decision(Mode.REDUCE, "near-the-end")
        if opening_obstacle:
            return Decision(Mode.CLEAR, opening_obstacle)
        if view.reference_stale:
            return Decision(Mode.CLEAR, "reference-stale")
        if now < market.stopped_until:
            return Decision(Mode.REDUCE, "markouts-not-positive")
        started, clears = view.market.window_start_at, view.market.clears_at
        if started is not None and now < started + numbers.start_ms:
            return Decision(Mode.CLEAR, "window-not-open")
        if clears is not None and now >= clears - self._parameters.event_stop_s * 1000:
            return Decision(Mode.CLEAR, "scheduled-event")
        return self._book_obstacle(view, numbers)

    def _book_obstacle(self, view: View, numbers: MakerNumbers) -> Decision:
        mid, spread = view.top.mid, view.top.spread
        if mid is None or spread is None:
            return Decision(Mode.CLEAR, "one-sided-book")
        if spread < view.tick:
            return Decision(Mode.CLEAR, "spread-below-tick")
        if min(mid, 1 - mid) < numbers.min_mid:
            return Decision(Mode.REDUCE, "mid-outside-focus")
        return Decision(Mode.QUOTE, "quoting")

    def _leave(self, mode: Mode, reason: str, view: View, numbers: MakerNumbers) -> list[Proposal]:
        """Cancel everything, or work the inventory off passively."""
        net = view.holding.net
        if mode is Mode.CLEAR or abs(net) < view.market.min_size:
            return cancel_all(view.orders, view.now, reason)
        side = Side.YES if net > 0 else Side.NO
        serving: list[OwnOrder] = []
        others: list[OwnOrder] = []
        for own in view.orders:
            order = own.order
            serves = order.side is side and order.kind is IntentKind.REDUCE
            (serving if serves and order.action is Action.SELL else others).append(own)
        wanted = Exit(
            side=side,
            action=Action.SELL,
            price=selling_price(view, side),
            size=abs(net),
            ttl_s=numbers.ttl_s,
        )
        proposals = cancel_all(others, view.now, reason)
        return proposals if others else work(wanted, serving, view, self._rules)

    def _multiplier(self, account: Account) -> Decimal:
        return min(self._parameters.lambda_max, account.sizing_lambda)

    def _refuse(self, market: MakerMarket, order: Order, reason: str, now: int) -> None:
        wait_ms = self._parameters.backoff_s * 1000
        market.backoff(is_bid(order)).refuse(reason, now, self._rules, wait_ms)

    def _note(
        self,
        proposals: list[Proposal],
        reason: str,
        view: View,
        quote: Quote | None = None,
        sigma: float | None = None,
        skew: Decimal | None = None,
    ) -> Note:
        decision = type(proposals[-1]).__name__.lower() if proposals else "none"
        features: dict[str, float] = {}
        if quote is not None:
            features = {
                "half_x": quote.half_x,
                "mid_spread": quote.mid_spread,
                "spread": quote.spread,
                "inventory": float(view.holding.net),
            }
        if skew is not None:
            features["skew"] = float(skew)
        return Note(
            decision="bundle" if decision == "placebundle" else decision,
            reason=reason,
            fair_value=None if quote is None else quote.centre,
            sigma=sigma,
            mid=view.top.rough_mid,
            limit_price=None if quote is None else quote.bid,
            sizing_lambda=None if view.account is None else float(self._multiplier(view.account)),
            features=features,
        )

    def _settled_note(self, worked: Worked, wanted: Targets, view: View, account: Account) -> Note:
        """The note on orders that stay, the last one where nothing of it changed."""
        multiplier, market_id = self._multiplier(account), view.market.market_id
        said = self._said.get(market_id)
        if said is not None and said[0] is worked and said[1] == multiplier:
            return said[2]
        sigma = worked.basis.model.sigma
        note = self._note([], wanted.reason, view, worked.quote, sigma, wanted.skew)
        self._said[market_id] = (worked, multiplier, note)
        return note

    def _numbers_of(self, view: View) -> MakerNumbers:
        numbers = self._numbers.get(view.profile_name)
        if numbers is None:
            numbers = maker_numbers(self._parameters, view.profile)
            self._numbers[view.profile_name] = numbers
        return numbers
