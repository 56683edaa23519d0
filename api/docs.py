"""Writes the generated parts of the documentation; `make docs` calls it."""

from pathlib import Path

from agents.docs import with_bots
from api.description import write_api
from api.runbook import with_alerts
from configs.metrics_docs import metrics_page
from topics.docs import write_changed
from topics.docs import write_docs as write_topic_docs


def write_docs(docs: Path) -> list[Path]:
    """Write the topics, the JSON Schemas, the tables of metrics, bots and alerts, the API.

    Args:
        docs: The documentation's folder.

    Returns:
        Files that were changed, added or removed.
    """
    changed = write_topic_docs(docs)
    bots, runbook = docs / "bots.md", docs / "runbook.md"
    wanted = {
        docs / "metrics.md": metrics_page(),
        bots: with_bots(bots.read_text(encoding="utf-8")),
        runbook: with_alerts(runbook.read_text(encoding="utf-8")),
    }
    changed += write_changed(wanted)
    changed += write_api(docs)
    return changed
