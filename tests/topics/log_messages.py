"""Log lines for tests."""

from schemas.ops import LogLine


def line(
    event: str,
    *,
    at: int = 1_700_000_000_000,
    level: str = "info",
    component: str = "gate",
    correlation_id: str = "",
    causation_id: str = "",
    **fields: str,
) -> LogLine:
    """One line of a component."""
    return LogLine(
        event_id=f"{component}|{at}|{event}",
        event_time=at,
        ingest_time=at,
        source=component,
        causation_id=causation_id,
        at=at,
        level=level,
        logger="x",
        event=event,
        pid=1,
        fields=fields,
        correlation_id=correlation_id,
    )
