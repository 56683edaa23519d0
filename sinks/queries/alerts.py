"""The history of alerts: raised, acknowledged, muted, resolved."""

from typing import TYPE_CHECKING

from sinks.analysis_records import AlertRecord
from sinks.queries.reading import PAGE, fetch_page, parse_cursor, select
from sinks.records import Page

if TYPE_CHECKING:
    from sinks.pool import Pool

ALERTS = select(
    AlertRecord,
    """
    from alerts
    where at >= $1 and at < $2
      and ($3::text is null or rule = $3)
      and ($4::timestamptz is null or (at, entry_id) < ($4, $5::text))
    order by at desc, entry_id desc
    limit $6
    """,
)


async def alert_history(
    pool: "Pool",
    *,
    since: int,
    until: int,
    rule: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[AlertRecord]:
    """What was raised and done in a time range, newest first.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        rule: Only of this rule.
        limit: Records on a page, at most 500.
        cursor: `next_cursor` of the page before.

    Raises:
        InvalidCursorError: The cursor is not one of a page.
        SinkAwayError: The database does not answer.
    """
    after = parse_cursor(cursor)
    return await fetch_page(
        pool,
        AlertRecord,
        ALERTS,
        *(since, until, rule, *after),
        key=("at", "entry_id"),
        limit=limit,
    )
