"""Writes the generated parts of the documentation; `make docs` calls it."""

from pathlib import Path

from agents.docs import write_bots
from api.description import write_api
from api.runbook import write_runbook
from configs.metrics_docs import metrics_page
from topics.docs import write_docs as write_topic_docs


def write_docs(docs: Path) -> list[Path]:
    """Write the topics, the JSON Schemas, the tables of metrics, bots and alerts, the API.

    Args:
        docs: The documentation's folder.

    Returns:
        Files that were changed, added or removed.
    """
    changed = write_topic_docs(docs)
    page = docs / "metrics.md"
    if not page.exists() or page.read_text(encoding="utf-8") != metrics_page():
        page.write_text(metrics_page(), encoding="utf-8")
        changed.append(page)
    bots = docs / "bots.md"
    if write_bots(bots):
        changed.append(bots)
    runbook = docs / "runbook.md"
    if write_runbook(runbook):
        changed.append(runbook)
    changed += write_api(docs)
    return changed
