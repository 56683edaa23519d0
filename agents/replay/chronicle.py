"""What a run's report shows: equity over time, fills, prices, markouts, attribution, calibration.

Series are thinned to one point a step, always the last of it, so that a report of a year is as
small as one of an hour; the sums are exact.
"""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from agents.replay.order_ends import OrderFates
from agents.replay.run_result import (
    Attribution,
    Bin,
    BotResult,
    Calibrated,
    EquityStep,
    FillPoint,
    HorizonMean,
    Point,
    RunResult,
)
from agents.replay.tally import BotTally, Tally
from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.market import BookTop, Market, MarketListed, MarketResolved
from schemas.portfolio import EquityPoint, PositionClosed
from schemas.trading import Fill, OrderCanceled, OrderExpired, OrderPlaced, Signal
from schemas.values import Action, Side
from streams.markouts import (
    HORIZONS_MS,
    FillMarkouts,
    MarkoutState,
    mean_markout,
    on_end,
    on_fill,
    on_mid,
    spread_capture,
)
from streams.run_statistics import DAY_MS, daily_returns
from streams.statistics import BINS, brier, brier_skill
from topics.catalog import BOOK_TOPS, EPISODES, EQUITY, FILLS, LIFECYCLE, ORDERS, SIGNALS, TopicSpec

ACCOUNT = BotId("")
"""Scope of the whole account."""
ZERO = Decimal(0)
_TOPICS = (BOOK_TOPS, EPISODES, EQUITY, FILLS, LIFECYCLE, ORDERS, SIGNALS)
_WATCHED = {topic.name for topic in _TOPICS}


class _View(NamedTuple):
    """A bot's first opinion of a market and the market's own then, probabilities of YES."""

    ours: float
    market: float


class _Bot:
    """What is remembered of one bot."""

    def __init__(self) -> None:
        self.steps: dict[int, EquityPoint] = {}
        self.days: dict[int, EquityPoint] = {}
        self.fills: list[FillPoint] = []
        self.waiting = MarkoutState()
        self.answered: list[FillMarkouts] = []
        self.orders = OrderFates()
        self.spread = ZERO
        self.by_category: dict[str, Decimal] = defaultdict(Decimal)
        self.by_ending: dict[str, Decimal] = defaultdict(Decimal)
        self.views: dict[MarketId, _View] = {}


class Chronicle:
    """An observer that remembers what a report shows."""

    def __init__(self, step_ms: int) -> None:
        """Start empty.

        Args:
            step_ms: Time of one point of a series.
        """
        self._step_ms = step_ms
        self._bots: dict[BotId, _Bot] = defaultdict(_Bot)
        self._markets: dict[MarketId, Market] = {}
        self._mids: dict[MarketId, Decimal] = {}
        self._prices: dict[MarketId, dict[int, Point]] = defaultdict(dict)
        self._payouts: dict[MarketId, float] = {}

    def __call__(self, topic: TopicSpec, key: str, message: Message) -> None:
        """See one message of the log."""
        if topic.name not in _WATCHED:
            return
        match message:
            case BookTop():
                self._top(message)
            case EquityPoint():
                bot = self._bots[message.bot_id or ACCOUNT]
                bot.steps[message.event_time // self._step_ms] = message
                bot.days[message.event_time // DAY_MS] = message
            case Fill():
                self._fill(message)
            case OrderPlaced():
                self._bots[message.bot_id].orders.on_placed(message)
            case OrderCanceled() | OrderExpired():
                self._bots[message.bot_id].orders.on_end(message.order_id)
            case Signal():
                self._signal(message)
            case PositionClosed():
                self._closed(message)
            case MarketListed():
                self._markets[message.market.market_id] = message.market
            case MarketResolved():
                self._resolved(message)
            case _:
                pass

    def result(self, configuration: str, queue: str, inputs: int, tally: Tally) -> RunResult:
        """All of it, as plain values.

        Args:
            configuration: Its name.
            queue: Queue model of the run.
            inputs: Messages of its tape.
            tally: What was counted beside this.
        """
        bots = {str(bot_id): self._bot(bot_id, each) for bot_id, each in sorted(tally.bots.items())}
        filled = {point.market for bot in bots.values() for point in bot.fill_points}
        names = {each: self._markets[MarketId(each)].slug for each in sorted(filled)}
        return RunResult(
            configuration=configuration,
            queue=queue,
            inputs=inputs,
            messages=tally.events,
            begin=tally.first_time,
            end=tally.last_time,
            bots=bots,
            account=self._bot(ACCOUNT, tally.account),
            prices={each: tuple(self._prices[MarketId(each)].values()) for each in names},
            names=names,
        )

    def _top(self, top: BookTop) -> None:
        if top.bid is None or top.ask is None:
            return
        mid = (top.bid + top.ask) / 2
        self._mids[top.market_id] = mid
        at = top.event_time
        self._prices[top.market_id][at // self._step_ms] = Point(at, float(mid))
        for bot in self._bots.values():
            bot.waiting, answered = on_mid(bot.waiting, top.market_id, mid, at)
            bot.answered += answered
            bot.orders.on_mid(top.market_id, mid, at)

    def _fill(self, fill: Fill) -> None:
        bot, at = self._bots[fill.bot_id], fill.ingest_time
        bot.waiting = on_fill(bot.waiting, fill, at)
        bot.orders.on_fill(fill)
        is_yes = fill.side is Side.YES
        price = fill.price if is_yes else 1 - fill.price
        buys = (fill.action is Action.BUY) is is_yes
        bot.fills.append(
            FillPoint(
                at, fill.market_id, float(price), fill.size, buys, fill.inferred, fill.event_id
            )
        )
        if fill.mid is not None:
            mid = fill.mid if is_yes else 1 - fill.mid
            bot.spread += spread_capture(fill.action, fill.price, mid) * fill.size

    def _signal(self, signal: Signal) -> None:
        """The first opinion of each market counts; later ones are not independent of it."""
        views = self._bots[signal.bot_id].views
        market, mid = self._markets.get(signal.market_id), self._mids.get(signal.market_id)
        if signal.fair_value is None or market is None or mid is None:
            return
        is_no = signal.token_id == market.no_token_id
        ours = 1.0 - signal.fair_value if is_no else signal.fair_value
        views.setdefault(signal.market_id, _View(ours, float(mid)))

    def _closed(self, closed: PositionClosed) -> None:
        bot, market = self._bots[closed.bot_id], self._markets.get(closed.market_id)
        bot.by_category[(market.category if market else "") or "other"] += closed.pnl
        bot.by_ending[closed.reason] += closed.pnl

    def _resolved(self, resolved: MarketResolved) -> None:
        self._payouts[resolved.market_id] = float(resolved.yes_payout)
        for bot in self._bots.values():
            bot.waiting, ended = on_end(bot.waiting, resolved.market_id)
            bot.answered += ended
            bot.orders.on_resolved(resolved.market_id)

    def _bot(self, bot_id: BotId, tally: BotTally) -> BotResult:
        kept = self._bots[bot_id]
        last = next(reversed(kept.steps.values()), None)
        fees, gas = (last.fees, last.gas) if last is not None else (ZERO, ZERO)
        return BotResult(
            orders=tally.placed,
            fills=tally.fills,
            inferred_fills=tally.inferred_fills,
            filled_shares=tally.filled_shares,
            intents=tally.intents,
            denied=dict(sorted(tally.denials.items())),
            signals=dict(sorted(tally.signals.items())),
            episodes=tally.episodes,
            losing_episodes=tally.losing_episodes,
            pnl=tally.pnl,
            equity=tally.equity,
            max_drawdown=tally.max_drawdown,
            curve=tuple(
                EquityStep(
                    each.event_time,
                    each.equity,
                    each.realised_pnl + each.unrealised_pnl,
                    each.drawdown,
                )
                for each in kept.steps.values()
            ),
            returns=tuple(
                daily_returns((each.event_time, each.nav) for each in kept.days.values())
            ),
            fill_points=tuple(kept.fills),
            markouts=tuple(
                HorizonMean(horizon, *mean_markout(kept.answered, index))
                for index, horizon in enumerate(HORIZONS_MS)
            ),
            order_ends=kept.orders.result(),
            attribution=Attribution(
                spread=kept.spread,
                drift=tally.pnl - kept.spread + fees + gas,
                fees=fees,
                gas=gas,
                by_category=dict(sorted(kept.by_category.items())),
                by_ending=dict(sorted(kept.by_ending.items())),
            ),
            calibrated=self._calibrated(kept),
        )

    def _calibrated(self, bot: _Bot) -> Calibrated | None:
        pairs = [
            (view, payout)
            for market_id, view in bot.views.items()
            if (payout := self._payouts.get(market_id)) in (0.0, 1.0)
        ]
        if not pairs:
            return None
        ours = [view.ours for view, _ in pairs]
        outcomes = [float(payout or 0.0) for _, payout in pairs]
        score = brier(ours, outcomes)
        market = brier([view.market for view, _ in pairs], outcomes)
        return Calibrated(
            len(pairs), score, market, brier_skill(score, market), _bins(ours, outcomes)
        )


def _bins(forecasts: list[float], outcomes: list[float]) -> tuple[Bin, ...]:
    """Tenths as in Murphy's decomposition."""
    held: dict[int, list[tuple[float, float]]] = {}
    for forecast, outcome in zip(forecasts, outcomes, strict=True):
        held.setdefault(min(int(BINS * forecast), BINS - 1), []).append((forecast, outcome))
    return tuple(
        Bin(
            len(pairs),
            sum(forecast for forecast, _ in pairs) / len(pairs),
            sum(outcome for _, outcome in pairs) / len(pairs),
        )
        for _, pairs in sorted(held.items())
    )
