"""The present as Prometheus gauges, read when they are asked for. What is unknown has no sample."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from api.context import NAMES, Context
from api.live import exposure_of
from configs import metrics as catalogue
from configs.meters import family, single
from schemas.portfolio import EquityPoint
from schemas.risk import TradingState
from schemas.values import BotState

ACCOUNT = "portfolio"
"""Scope of the whole account."""


class PresentCollector(Collector):
    """Shows a context's live state."""

    def __init__(self, context: Context) -> None:
        """Read from this context."""
        self._context = context

    def describe(self) -> Iterable[Metric]:
        """Nothing is looked at when it is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every gauge with its samples."""
        yield from self._money()
        yield from self._risk()
        yield from self._stages()
        yield from self._data()

    def _money(self) -> Iterator[Metric]:
        points = sorted(
            self._context.state.equity.items(), key=lambda item: (item[0] is not None, item[0])
        )
        for field, metric in catalogue.PORTFOLIO.items():
            gauge = family(metric)
            for bot_id, point in points:
                gauge.add_metric((bot_id or ACCOUNT,), float(_amount(point, field)))
            yield gauge

    def _risk(self) -> Iterator[Metric]:
        state, touched = self._context.state, exposure_of(self._context.state)
        trading = family(catalogue.TRADING_STATE)
        orders = family(catalogue.OPEN_ORDERS)
        rate, opens = family(catalogue.ORDER_RATE_USED), family(catalogue.VENUE_OPENS)
        if state.risk is not None:
            for item in TradingState:
                trading.add_metric((item,), float(state.risk.trading_state is item))
            orders.add_metric((), touched.open_orders)
            rate.add_metric((), float(state.risk.orders_used))
            opens.add_metric((), float(not state.risk.obstacle))
        positions = family(catalogue.OPEN_POSITIONS)
        active = family(catalogue.BOT_ACTIVE)
        for bot_id in NAMES:
            positions.add_metric((bot_id,), len(state.positions_of(bot_id)))
            if bot_id in state.bots:
                active.add_metric((bot_id,), float(state.bots[bot_id] is BotState.ACTIVE))
        yield from (trading, orders, rate, opens, positions, active)
        yield from self._breakers()

    def _breakers(self) -> Iterator[Metric]:
        used = family(catalogue.BREAKER_USED)
        opened = family(catalogue.BREAKER_OPEN)
        for key, breaker in sorted(self._context.state.breakers.items()):
            if breaker.limit:
                used.add_metric(key, float(breaker.value / breaker.limit))
            opened.add_metric(key, float(breaker.open))
        yield from (used, opened)

    def _stages(self) -> Iterator[Metric]:
        age = family(catalogue.HEARTBEAT_AGE)
        lag = family(catalogue.COMPONENT_LAG)
        for name, beat in sorted(self._context.state.heartbeats.items()):
            age.add_metric((name,), self._context.age_s(beat.ingest_time))
            lag.add_metric((name,), beat.lag)
        yield from (age, lag)

    def _data(self) -> Iterator[Metric]:
        context = self._context
        state = context.state
        data = family(catalogue.MARKET_DATA_AGE)
        if state.market_data_at:
            data.add_metric((), context.age_s(state.market_data_at))
        markets = single(catalogue.MARKETS, len(state.markets))
        letters = single(catalogue.DEAD_LETTERS_WAITING, state.dead_letters)
        read = single(catalogue.API_LOG_READ, context.reader.caught_up.is_set())
        stored = single(catalogue.API_DATABASE_UP, bool(context.pool))
        yield from (data, markets, letters, read, stored)


def _amount(point: EquityPoint, field: str) -> Decimal:
    amount: Decimal = getattr(point, field)
    return amount
