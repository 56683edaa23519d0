"""The gateway's metrics, part of the catalogue in `configs.metrics`."""

from configs.metric import Kind, Metric


def _gateway(name: str, kind: Kind, unit: str, about: str, labels: tuple[str, ...] = ()) -> Metric:
    return Metric(f"pets_gateway_{name}", kind, unit, "gateway", about, labels)


GATEWAY_SENT = _gateway("orders_sent", Kind.COUNTER, "orders", "Orders sent to the venue.")
GATEWAY_UNKNOWN = _gateway(
    "orders_unknown",
    Kind.COUNTER,
    "orders",
    "Sendings whose outcome was unknown; each is looked up by its hash. If it grows the venue or "
    "the way to it is unsteady.",
)
GATEWAY_LATE = _gateway(
    "orders_late",
    Kind.COUNTER,
    "orders",
    "Orders not sent because their call was older than 5 s: log or gateway were held up.",
)
GATEWAY_UNREAD = _gateway(
    "reads_failed", Kind.COUNTER, "reads", "Look-ups, comparisons and heartbeats without an answer."
)
GATEWAY_UNREAD_EVENTS = _gateway(
    "events_unread",
    Kind.COUNTER,
    "events",
    "Events of the user channel that could not be read; each is a gap that REST closes. If it "
    "grows the venue changed its protocol.",
)
GATEWAY_UNKNOWN_FIELDS = _gateway(
    "unknown_fields",
    Kind.COUNTER,
    "fields",
    "Fields of private replies and events that are not known; harmless, the venue has news.",
)
GATEWAY_BEATS = _gateway(
    "heartbeats", Kind.COUNTER, "heartbeats", "Signs of life that the venue took; 0.2 a second."
)
GATEWAY_CONNECTED = _gateway(
    "user_channel", Kind.GAUGE, "1 or 0", "Whether the user channel is connected; 0 places nothing."
)
GATEWAY_MAY_OPEN = _gateway(
    "may_open",
    Kind.GAUGE,
    "1 or 0",
    "Whether the venue lets us open: 0 where geoblock or closed-only says no, or where it speaks "
    "otherwise than it did; opening orders are then refused with the reason.",
)
GATEWAY_ORDER_BUDGET = _gateway(
    "order_budget_used",
    Kind.GAUGE,
    "share",
    "Used part of the account's order bucket; opening orders wait above 0.8, all above 1.",
)
GATEWAY_CANCEL_BUDGET = _gateway(
    "cancel_budget_used", Kind.GAUGE, "share", "Used part of the account's cancel bucket."
)
GATEWAY_WAITING = _gateway(
    "calls_waiting", Kind.GAUGE, "calls", "Orders and cancels that wait for the rate budget."
)
GATEWAY_DIFFERENCES = _gateway(
    "differences",
    Kind.GAUGE,
    "differences",
    "What the last comparison found different at the venue. Pending ones pass; for every other "
    "kind there is an alert.",
    ("subject", "kind"),
)
GATEWAY_DIFFERENCE_AGE = _gateway(
    "difference_age_seconds",
    Kind.GAUGE,
    "seconds",
    "Age of the oldest difference of a kind; pending ones above 60 are no longer pending.",
    ("subject", "kind"),
)
GATEWAY_METRICS: tuple[Metric, ...] = (
    GATEWAY_SENT,
    GATEWAY_UNKNOWN,
    GATEWAY_LATE,
    GATEWAY_UNREAD,
    GATEWAY_UNREAD_EVENTS,
    GATEWAY_UNKNOWN_FIELDS,
    GATEWAY_BEATS,
    GATEWAY_CONNECTED,
    GATEWAY_MAY_OPEN,
    GATEWAY_ORDER_BUDGET,
    GATEWAY_CANCEL_BUDGET,
    GATEWAY_WAITING,
    GATEWAY_DIFFERENCES,
    GATEWAY_DIFFERENCE_AGE,
)
