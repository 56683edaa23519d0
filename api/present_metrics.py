"""The present as Prometheus gauges, read when they are asked for. What is unknown has no sample."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.context import NAMES, Context
from api.live import exposure_of
from schemas.portfolio import EquityPoint
from schemas.risk import TradingState
from schemas.values import BotState

ACCOUNT = "portfolio"
"""Scope of the whole account."""
MONEY: tuple[tuple[str, str, str], ...] = (
    ("equity", "pets_portfolio_equity_dollars", "Equity marked at the best bids."),
    ("cash", "pets_portfolio_cash_dollars", "Cash, reservations included."),
    ("realised_pnl", "pets_portfolio_realised_pnl_dollars", "Since the start, after fees and gas."),
    ("unrealised_pnl", "pets_portfolio_unrealised_pnl_dollars", "Mark value minus cost."),
    ("fees", "pets_portfolio_fees_dollars", "Fees paid since the start."),
    ("drawdown", "pets_portfolio_drawdown_ratio", "1 - NAV/peak, from 0 to 1."),
    ("exposure", "pets_portfolio_exposure_dollars", "Worst-case loss, resting orders included."),
)
"""Field of an equity point, name, meaning."""


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
        for field, name, about in MONEY:
            gauge = GaugeMetricFamily(name, about, labels=("scope",))
            for bot_id, point in points:
                gauge.add_metric((bot_id or ACCOUNT,), float(_amount(point, field)))
            yield gauge

    def _risk(self) -> Iterator[Metric]:
        state, touched = self._context.state, exposure_of(self._context.state)
        trading = GaugeMetricFamily(
            "pets_risk_trading_state", "1 at the state the account is in.", labels=("state",)
        )
        orders = GaugeMetricFamily("pets_risk_open_orders", "Orders that rest at the venue.")
        if state.risk is not None:
            for item in TradingState:
                trading.add_metric((item,), float(state.risk.trading_state is item))
            orders.add_metric((), touched.open_orders)
        positions = GaugeMetricFamily(
            "pets_risk_open_positions", "Open positions.", labels=("bot_id",)
        )
        active = GaugeMetricFamily(
            "pets_risk_bot_active", "1 while the bot may open positions.", labels=("bot_id",)
        )
        for bot_id in NAMES:
            positions.add_metric((bot_id,), len(state.positions_of(bot_id)))
            if bot_id in state.bots:
                active.add_metric((bot_id,), float(state.bots[bot_id] is BotState.ACTIVE))
        yield from (trading, orders, positions, active)
        yield from self._breakers()

    def _breakers(self) -> Iterator[Metric]:
        labels = ("scope", "kind")
        used = GaugeMetricFamily(
            "pets_risk_breaker_used_ratio",
            "Value over limit; 1 trips the breaker, 0.8 is a warning.",
            labels=labels,
        )
        opened = GaugeMetricFamily("pets_risk_breaker_open", "1 while it is open.", labels=labels)
        for key, breaker in sorted(self._context.state.breakers.items()):
            if breaker.limit:
                used.add_metric(key, float(breaker.value / breaker.limit))
            opened.add_metric(key, float(breaker.open))
        yield from (used, opened)

    def _stages(self) -> Iterator[Metric]:
        labels = ("component",)
        age = GaugeMetricFamily(
            "pets_ops_heartbeat_age_seconds",
            "Since a component was last heard, wall time; above 10 it is gone or stuck.",
            labels=labels,
        )
        lag = GaugeMetricFamily(
            "pets_ops_lag_records", "Records a component has still to read.", labels=labels
        )
        for name, beat in sorted(self._context.state.heartbeats.items()):
            age.add_metric((name,), self._context.age_s(beat.ingest_time))
            lag.add_metric((name,), beat.lag)
        yield from (age, lag)

    def _data(self) -> Iterator[Metric]:
        context = self._context
        state = context.state
        data = GaugeMetricFamily(
            "pets_ops_market_data_age_seconds", "Since any book changed, wall time."
        )
        if state.market_data_at:
            data.add_metric((), context.age_s(state.market_data_at))
        markets = GaugeMetricFamily(
            "pets_ops_markets", "Markets listed and not resolved.", value=len(state.markets)
        )
        letters = GaugeMetricFamily(
            "pets_ops_dead_letters",
            "Messages set aside that wait for an operator: `pets dead-letters list`.",
            value=state.dead_letters,
        )
        read = GaugeMetricFamily(
            "pets_api_log_read",
            "1 once the log was read up to where it stood at the start.",
            value=float(context.reader.caught_up.is_set()),
        )
        stored = GaugeMetricFamily(
            "pets_api_database_up", "1 while the database answers.", value=float(bool(context.pool))
        )
        yield from (data, markets, letters, read, stored)


def _amount(point: EquityPoint, field: str) -> Decimal:
    amount: Decimal = getattr(point, field)
    return amount
