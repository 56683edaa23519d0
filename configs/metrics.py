"""Every Prometheus metric, once: name, kind, labels, unit, meaning and what to do about it.

The table in docs/metrics.md is generated from it, and whoever counts something takes it from here.
"""

from configs.metric import Kind, Metric
from configs.metrics_gateway import GATEWAY_METRICS
from configs.metrics_wallet import WALLET_METRICS

_QUICK_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_PATIENT_S = (*_QUICK_S, 15.0, 60.0)
_REQUEST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_MESSAGES = (1, 2, 5, 10, 20, 50, 100, 200)

_STAGE = ("stage",)


def _stage(
    name: str,
    kind: Kind,
    unit: str,
    about: str,
    buckets: tuple[float, ...] = (),
    labels: tuple[str, ...] = _STAGE,
) -> Metric:
    return Metric(f"pets_stage_{name}", kind, unit, "workers", about, labels, buckets)


STAGE_MESSAGES = _stage("messages", Kind.COUNTER, "messages", "Messages folded in.")
STAGE_RECORDS_OUT = _stage("records_out", Kind.COUNTER, "records", "Records written to topics.")
STAGE_REPEATS = _stage(
    "repeats",
    Kind.COUNTER,
    "records",
    "Input records that were applied before and skipped; some after each restart, else none.",
)
STAGE_UNREADABLE = _stage(
    "unreadable",
    Kind.COUNTER,
    "messages",
    "Dead letters: messages or frames that could not be decoded; see `pets dead-letters list`.",
)
STAGE_APPLY_ERRORS = _stage(
    "apply_errors",
    Kind.COUNTER,
    "messages",
    "Dead letters: messages the stage raised on and left out, a defect; see `pets dead-letters`.",
)
STAGE_FRAME_SIZE = _stage(
    "frame_size", Kind.HISTOGRAM, "messages", "Messages per input record.", _MESSAGES
)
STAGE_LATENCY = _stage(
    "latency_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "From a message's ingest to its fold, in wall seconds; grows with lag.",
    _PATIENT_S,
)
STAGE_LAG = _stage(
    "lag", Kind.GAUGE, "records", "Records still to read; if it grows the stage is too slow."
)
STAGE_CHECKPOINT_AGE = _stage(
    "checkpoint_age_seconds",
    Kind.GAUGE,
    "seconds",
    "Age of the oldest change that is in no checkpoint; above some seconds the broker is stuck.",
)
STAGE_CHECKPOINT_BYTES = _stage(
    "checkpoint_bytes", Kind.GAUGE, "bytes", "Size of the last checkpoint."
)
STAGE_REBALANCES = _stage(
    "rebalances", Kind.COUNTER, "assignments", "How often partitions were assigned anew."
)
GATE_VERDICTS = Metric(
    "pets_gate_verdicts",
    Kind.COUNTER,
    "verdicts",
    "workers",
    "The risk gate's verdicts; reason is `approved` or the code of the denial.",
    ("reason",),
)
WORKER_METRICS: tuple[Metric, ...] = (
    STAGE_MESSAGES,
    STAGE_RECORDS_OUT,
    STAGE_REPEATS,
    STAGE_UNREADABLE,
    STAGE_APPLY_ERRORS,
    STAGE_FRAME_SIZE,
    STAGE_LATENCY,
    STAGE_LAG,
    STAGE_CHECKPOINT_AGE,
    STAGE_CHECKPOINT_BYTES,
    STAGE_REBALANCES,
    GATE_VERDICTS,
)


def _sink(name: str, kind: Kind, unit: str, about: str, *buckets: float) -> Metric:
    return Metric(f"pets_sink_{name}", kind, unit, "sinks", about, (), buckets)


SINK_ROWS = _sink("rows", Kind.COUNTER, "rows", "Rows written, repeats included.")
SINK_REFUSED = _sink(
    "refused",
    Kind.COUNTER,
    "messages",
    "Dead letters of the sinks; see `pets dead-letters list` for the cause.",
)
SINK_BATCH_SECONDS = _sink(
    "batch_seconds",
    Kind.HISTOGRAM,
    "seconds",
    "One batch into the database; above a second the database is too slow.",
    *_QUICK_S,
)
SINK_LAG = _sink(
    "lag",
    Kind.GAUGE,
    "records",
    "Records still to read; if it grows the database is away or too slow.",
)
SINK_AWAY = _sink("database_away", Kind.GAUGE, "1 or 0", "1 while the database is away.")
ARCHIVE_RECORDS = Metric(
    "pets_archive_records", Kind.COUNTER, "records", "archive", "Records in committed segments."
)
ARCHIVE_BYTES = Metric(
    "pets_archive_bytes", Kind.COUNTER, "bytes", "archive", "Size of committed segments."
)
ARCHIVE_LAG = Metric(
    "pets_archive_lag",
    Kind.GAUGE,
    "records",
    "archive",
    "Records still to read; beyond the topic's retention they are lost to the archive.",
)
ARCHIVE_METRICS: tuple[Metric, ...] = (ARCHIVE_RECORDS, ARCHIVE_BYTES, ARCHIVE_LAG)
SINK_METRICS: tuple[Metric, ...] = (
    SINK_ROWS,
    SINK_REFUSED,
    SINK_BATCH_SECONDS,
    SINK_LAG,
    SINK_AWAY,
)


def _connector(name: str, kind: Kind, unit: str, about: str) -> Metric:
    return Metric(f"pets_connector_{name}", kind, unit, "connector", about)


CONNECTOR_MARKETS = _connector("markets", Kind.GAUGE, "markets", "Markets followed.")
CONNECTOR_MESSAGES = _connector("messages", Kind.COUNTER, "messages", "Messages published.")
CONNECTOR_RECORDS = _connector("records", Kind.COUNTER, "records", "Records written.")
CONNECTOR_DEAD = _connector(
    "dead_letters",
    Kind.COUNTER,
    "frames",
    "Venue frames and events that did not parse; many mean that the venue changed its protocol.",
)
CONNECTOR_RECONNECTS = _connector(
    "reconnects",
    Kind.COUNTER,
    "connections",
    "Connections to the venue that were lost; more than some an hour: see the connector's log.",
)
CONNECTOR_SILENCE = _connector(
    "data_age_seconds",
    Kind.GAUGE,
    "seconds",
    "Since the connection that is silent longest was heard; above 3 it is replaced.",
)
CONNECTOR_REFUSED = _connector(
    "rate_refused",
    Kind.COUNTER,
    "calls",
    "REST calls that the venue refused with 429: the rate budget is used up, and the call waits; "
    "if it grows the connector asks too often.",
)
CONNECTOR_UNKNOWN = _connector(
    "unknown_fields",
    Kind.COUNTER,
    "fields",
    "Fields that are not known, in replies and in one of 64 events; harmless, the venue has news.",
)
CONNECTOR_UNREAD = _connector(
    "markets_unread",
    Kind.GAUGE,
    "markets",
    "Open markets that are not followed because their description lacks what trading needs or "
    "names an unknown version; the connector's log says which.",
)
CONNECTOR_METRICS: tuple[Metric, ...] = (
    CONNECTOR_MARKETS,
    CONNECTOR_MESSAGES,
    CONNECTOR_RECORDS,
    CONNECTOR_DEAD,
    CONNECTOR_RECONNECTS,
    CONNECTOR_SILENCE,
    CONNECTOR_REFUSED,
    CONNECTOR_UNKNOWN,
    CONNECTOR_UNREAD,
)


def _api(
    name: str,
    unit: str,
    about: str,
    *labels: str,
    kind: Kind = Kind.GAUGE,
    **rest: tuple[float, ...],
) -> Metric:
    return Metric(f"pets_{name}", kind, unit, "api", about, labels, **rest)


PORTFOLIO: dict[str, Metric] = {
    "equity": _api(
        "portfolio_equity_dollars", "dollars", "Equity marked at the best bids.", "scope"
    ),
    "cash": _api("portfolio_cash_dollars", "dollars", "Cash, reservations included.", "scope"),
    "realised_pnl": _api(
        "portfolio_realised_pnl_dollars",
        "dollars",
        "Since the start, after fees and gas.",
        "scope",
    ),
    "unrealised_pnl": _api(
        "portfolio_unrealised_pnl_dollars", "dollars", "Mark value minus cost.", "scope"
    ),
    "fees": _api("portfolio_fees_dollars", "dollars", "Fees paid since the start.", "scope"),
    "drawdown": _api("portfolio_drawdown_ratio", "0 to 1", "1 - NAV/peak, from 0 to 1.", "scope"),
    "exposure": _api(
        "portfolio_exposure_dollars",
        "dollars",
        "Worst-case loss, resting orders included.",
        "scope",
    ),
}
"""By the field of an equity point."""
TRADING_STATE = _api("risk_trading_state", "1 or 0", "1 at the state the account is in.", "state")
OPEN_ORDERS = _api("risk_open_orders", "orders", "Orders that rest at the venue.")
OPEN_POSITIONS = _api("risk_open_positions", "positions", "Open positions.", "bot_id")
BOT_ACTIVE = _api("risk_bot_active", "1 or 0", "1 while the bot may open positions.", "bot_id")
ORDER_RATE_USED = _api(
    "risk_order_rate_used_ratio",
    "ratio",
    "Part of the order rate that is used: the smaller of the venue's bucket and the mission's "
    "ceiling. From 0.8 only orders that reduce pass; lower how often bots quote if it stays there.",
)
VENUE_OPENS = _api(
    "risk_venue_lets_open",
    "1 or 0",
    "Whether the venue lets us open: 0 while it restarts, blocks or closes us, or speaks "
    "differently than it did. `pets status` says why.",
)
BREAKER_USED = _api(
    "risk_breaker_used_ratio",
    "ratio",
    "Value over limit; 1 trips the breaker, 0.8 is a warning.",
    "scope",
    "kind",
)
BREAKER_OPEN = _api("risk_breaker_open", "1 or 0", "1 while it is open.", "scope", "kind")
HEARTBEAT_AGE = _api(
    "ops_heartbeat_age_seconds",
    "seconds",
    "Since a component was last heard, wall time; above 10 it is gone or stuck.",
    "component",
)
COMPONENT_LAG = _api(
    "ops_lag_records", "records", "Records a component has still to read.", "component"
)
MARKET_DATA_AGE = _api(
    "ops_market_data_age_seconds", "seconds", "Since any book changed, wall time."
)
MARKETS = _api("ops_markets", "markets", "Markets listed and not resolved.")
DEAD_LETTERS_WAITING = _api(
    "ops_dead_letters",
    "letters",
    "Messages set aside that wait for an operator: `pets dead-letters list`.",
)
API_LOG_READ = _api(
    "api_log_read", "1 or 0", "1 once the log was read up to where it stood at the start."
)
API_DATABASE_UP = _api("api_database_up", "1 or 0", "1 while the database answers.")
API_REQUEST_SECONDS = _api(
    "api_request_seconds",
    "seconds",
    "Answers by route and status; reads should stay below 0.05 at the 99th percentile.",
    "method",
    "route",
    "status",
    kind=Kind.HISTOGRAM,
    buckets=_REQUEST_S,
)
API_METRICS: tuple[Metric, ...] = (
    *PORTFOLIO.values(),
    TRADING_STATE,
    OPEN_ORDERS,
    OPEN_POSITIONS,
    BOT_ACTIVE,
    ORDER_RATE_USED,
    VENUE_OPENS,
    BREAKER_USED,
    BREAKER_OPEN,
    HEARTBEAT_AGE,
    COMPONENT_LAG,
    MARKET_DATA_AGE,
    MARKETS,
    DEAD_LETTERS_WAITING,
    API_LOG_READ,
    API_DATABASE_UP,
    API_REQUEST_SECONDS,
)
FEED_UP = Metric(
    "pets_feed_up", Kind.GAUGE, "1 or 0", "feeds", "1 while a feed answers.", ("feed",)
)
FEED_MESSAGES = Metric(
    "pets_feed_messages",
    Kind.GAUGE,
    "messages",
    "feeds",
    "Messages a feed published since the start.",
    ("feed",),
)
FEED_METRICS: tuple[Metric, ...] = (FEED_UP, FEED_MESSAGES)
METRICS: tuple[Metric, ...] = (
    *WORKER_METRICS,
    *SINK_METRICS,
    *ARCHIVE_METRICS,
    *CONNECTOR_METRICS,
    *GATEWAY_METRICS,
    *WALLET_METRICS,
    *FEED_METRICS,
    *API_METRICS,
)
