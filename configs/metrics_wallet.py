"""The wallet sender's metrics, part of the catalogue in `configs.metrics`."""

from configs.metric import Kind, Metric


def _wallet(name: str, kind: Kind, unit: str, about: str) -> Metric:
    return Metric(f"pets_wallet_{name}", kind, unit, "wallet-sender", about)


WALLET_SEEN = _wallet(
    "transactions_seen",
    Kind.COUNTER,
    "sightings",
    "Looks at transactions under way. If it stands still while transactions pend, no node answers.",
)
WALLET_BUSY = _wallet(
    "transactions_busy",
    Kind.GAUGE,
    "transactions",
    "Transactions that the sender is looking after now.",
)
WALLET_NODES = _wallet(
    "nodes_answer",
    Kind.GAUGE,
    "1 or 0",
    "Whether a node of the chain answered the last look; 0 sends nothing and settles nothing.",
)
WALLET_METRICS: tuple[Metric, ...] = (WALLET_SEEN, WALLET_BUSY, WALLET_NODES)
