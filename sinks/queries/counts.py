"""How often bots and gate said what, and why."""

from typing import TYPE_CHECKING

from sinks.analysis_records import DecisionCount, DenialBucket, SignalCount
from sinks.queries.reading import fetch

if TYPE_CHECKING:
    from sinks.pool import Pool

SIGNAL_COUNTS = """
select bot_id, decision, reason, count(*) as count, max(at) as last_at
from signals
where at >= $1 and at < $2 and ($3::text is null or bot_id = $3)
group by bot_id, decision, reason
order by bot_id, count desc, decision, reason
"""
DECISION_COUNTS = """
select bot_id, verdict, code, count(*) as count, max(decided_at) as last_at,
       (array_agg(rule order by decided_at desc))[1] as rule,
       (array_agg(limit_value order by decided_at desc))[1] as limit_value,
       (array_agg(value order by decided_at desc))[1] as value
from decisions
where decided_at >= $1 and decided_at < $2 and ($3::text is null or bot_id = $3)
group by bot_id, verdict, code
order by bot_id, verdict desc, count desc, code
"""
DENIAL_BUCKETS = """
select time_bucket(make_interval(secs => $4::double precision), decided_at) as at,
       coalesce(code, '') as code, count(*) as count
from decisions
where verdict = 'DENIED' and decided_at >= $1 and decided_at < $2
  and ($3::text is null or bot_id = $3)
group by 1, 2
order by 1, 2
"""


async def signal_counts(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[SignalCount, ...]:
    """Signals per bot, decision and reason in a time range, the most frequent first.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        bot: Only this bot's.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, SignalCount, SIGNAL_COUNTS, since, until, bot)


async def decision_counts(
    pool: "Pool", *, since: int, until: int, bot: str | None = None
) -> tuple[DecisionCount, ...]:
    """Verdicts per bot, answer and code in a time range, the most frequent first.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        bot: Only on this bot's intents.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, DecisionCount, DECISION_COUNTS, since, until, bot)


async def denial_buckets(
    pool: "Pool", *, since: int, until: int, step_s: int, bot: str | None = None
) -> tuple[DenialBucket, ...]:
    """Denials per step of time and code, oldest first; a step without one is left out.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        step_s: Length of a step, seconds; a part of a day, so that steps begin at midnight UTC.
        bot: Only of this bot's intents.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, DenialBucket, DENIAL_BUCKETS, since, until, bot, float(step_s))
