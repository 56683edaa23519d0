"""Time ranges that routes ask the database about."""

from typing import Annotated, NamedTuple

from fastapi import Query

from api.context import Context

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
YEAR_MS = 365 * DAY_MS
STEPS_S = (60, 300, 900, 3_600, 14_400, 86_400)
"""Steps of bars over time; each divides a day."""
MOST_STEPS = 60

Hours = Annotated[float, Query(gt=0, le=24 * 365, description="How far back, session hours.")]
Limit = Annotated[int, Query(ge=1, le=500, description="Most records on a page.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


class Period(NamedTuple):
    """A time range of the session clock, ms; `until` is not included.

    It ends a day ahead, so that what a process with a faster clock wrote is in it.
    """

    since: int
    until: int


def last(context: Context, hours: float) -> Period:
    """The last hours up to now."""
    now = context.clock.now_ms()
    return Period(now - int(hours * HOUR_MS), now + DAY_MS)


def step_of(hours: float) -> int:
    """The step, in seconds, that divides a range into as many bars as a screen can show."""
    return next((step for step in STEPS_S if hours * 3600 / step <= MOST_STEPS), STEPS_S[-1])


def last_year(context: Context) -> Period:
    """As far back as anything is kept."""
    return last(context, YEAR_MS / HOUR_MS)
