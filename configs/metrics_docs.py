"""Writes docs/metrics.md from the catalogue of metrics."""

from configs.metric import Metric
from configs.metrics import METRICS

_HEAD = """# Metrics

Every metric that a process of PETS serves for Prometheus, made from `configs/metrics.py` by
`make docs`. Workers, sinks and connector serve theirs on `PETS_METRICS_PORT`; the API at
`/api/v1/metrics/prometheus`.

| metric | kind | labels | unit | served by | meaning |
|---|---|---|---|---|---|
"""


def metrics_page() -> str:
    """The whole page."""
    return _HEAD + "".join(_line(metric) for metric in METRICS)


def _line(metric: Metric) -> str:
    cells = (
        f"`{metric.shown}`",
        str(metric.kind),
        ", ".join(metric.labels),
        metric.unit,
        metric.by,
        metric.about,
    )
    return f"| {' | '.join(cells)} |\n"
