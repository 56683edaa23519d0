"""The table of alerts in the operator's runbook, made from the rules themselves."""

from pathlib import Path

from schemas.alert_rules import RULES
from schemas.errors import ConfigurationError

BEGIN = "<!-- BEGIN GENERATED alerts -->"
END = "<!-- END GENERATED alerts -->"


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
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ConfigurationError(f"Expected the lines {BEGIN} and {END}, found none: add them.")
    return f"{head}{BEGIN}\n{alerts_table()}\n{END}{tail}"


def write_runbook(path: Path) -> bool:
    """Bring the runbook up to date; whether it was changed."""
    before = path.read_text(encoding="utf-8")
    after = with_alerts(before)
    if after != before:
        path.write_text(after, encoding="utf-8")
    return after != before
