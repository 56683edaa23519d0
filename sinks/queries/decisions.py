"""The gate's verdicts: pages of them, and how often it said no and why."""

from typing import TYPE_CHECKING

from sinks.queries.reading import PAGE, fetch, fetch_page, parse_cursor, select
from sinks.records import DecisionRecord, DenialCount, Page

if TYPE_CHECKING:
    from sinks.pool import Pool

DECISIONS = select(
    DecisionRecord,
    """
    from decisions
    where decided_at >= $1 and decided_at < $2
      and ($3::text is null or bot_id = $3)
      and ($4::text is null or verdict = $4)
      and ($5::text is null or code = $5)
      and ($6::timestamptz is null
           or (decided_at, decision_id, leg) < ($6, $7::text, $8::text::bigint))
    order by decided_at desc, decision_id desc, leg desc
    limit $9
    """,
)
ONE = select(
    DecisionRecord,
    """
    from decisions
    where decision_id = $1 and decided_at >= $2 and decided_at < $3
    order by leg
    """,
)
DENIALS = """
select bot_id, code, count(*) as count, max(decided_at) as last_at,
       (array_agg(rule order by decided_at desc))[1] as rule,
       (array_agg(limit_value order by decided_at desc))[1] as limit_value,
       (array_agg(value order by decided_at desc))[1] as value
from decisions
where verdict = 'DENIED' and decided_at >= $1 and decided_at < $2
  and ($3::text is null or bot_id = $3)
group by bot_id, code
order by bot_id, count desc, code
"""


async def decisions(
    pool: "Pool",
    *,
    since: int,
    until: int,
    bot: str | None = None,
    verdict: str | None = None,
    code: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[DecisionRecord]:
    """Verdicts in a time range, newest first; one per leg of a bundle.

    Args:
        pool: Where to.
        since: Earliest `decided_at`, ms.
        until: First `decided_at` not included, ms.
        bot: Only on this bot's intents.
        verdict: Only APPROVED or only DENIED.
        code: Only with this denial code.
        limit: Records on a page, at most 500.
        cursor: `next_cursor` of the page before.

    Raises:
        InvalidCursorError: The cursor is not one of a page.
        SinkAwayError: The database does not answer.
    """
    after = parse_cursor(cursor, 3)
    return await fetch_page(
        pool,
        DecisionRecord,
        DECISIONS,
        *(since, until, bot, verdict, code, *after),
        key=("decided_at", "decision_id", "leg"),
        limit=limit,
    )


async def decision(
    pool: "Pool", decision_id: str, *, since: int, until: int
) -> tuple[DecisionRecord, ...]:
    """The verdict of this id, one record per leg; none when there is none in the range.

    Args:
        pool: Where to.
        decision_id: The verdict's message id.
        since: Earliest `decided_at`, ms.
        until: First `decided_at` not included, ms.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, DecisionRecord, ONE, decision_id, since, until)


async def denials(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[DenialCount, ...]:
    """Denials per bot and reason in a time range, the most frequent first.

    Args:
        pool: Where to.
        since: Earliest denial, ms; screens ask for the last hour of the session clock.
        until: First time not included, ms.
        bot: Only this bot's.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, DenialCount, DENIALS, since, until, bot)
