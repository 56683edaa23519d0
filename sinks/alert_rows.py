"""Rows of alerts and of what was done about them. Pure."""

from schemas.ops import Alert, AlertHandled
from sinks.row_types import AlertRow

RAISED = "raised"


def raised_alert(alert: Alert) -> AlertRow:
    """An alert, each time it is raised."""
    return AlertRow(
        entry_id=alert.event_id,
        at=alert.event_time,
        rule=alert.rule,
        scope=alert.scope,
        deed=RAISED,
        detail=alert.detail,
        by=alert.source,
        severity=alert.severity,
    )


def handled_alert(handled: AlertHandled) -> AlertRow:
    """What was done about an alert."""
    return AlertRow(
        entry_id=handled.event_id,
        at=handled.event_time,
        rule=handled.rule,
        scope=handled.scope,
        deed=handled.deed,
        detail=handled.note,
        by=handled.by,
        until=handled.until,
    )
