"""The table of alerts in the operator's runbook, made from the rules themselves."""

from schemas.alert_rules import RULES
from topics.docs import with_part


def alerts_table() -> str:
    """Every alert: how loud, what it means, what to do."""
    rows = [
        f"| `{each.name}` | {each.severity} | {each.meaning} | {each.action} |" for each in RULES
    ]
    return "\n".join(("| alert | severity | meaning | what to do |", "|---|---|---|---|", *rows))


def with_alerts(document: str) -> str:
    """The document with its generated part made anew.

    Raises:
        ConfigurationError: The document has no marked place for the table.
    """
    return with_part(document, "alerts", alerts_table())
