"""Deletes what is older than it needs to be, a day at a time, where the server does not by itself.

TimescaleDB drops chunks of all tables but `positions`; plain PostgreSQL needs this for all.
"""

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import structlog

from configs.clock import SessionClock
from sinks.levels import Level
from sinks.pool import UNAVAILABLE

if TYPE_CHECKING:
    from sinks.pool import Pool

log = structlog.get_logger(__name__)

DAY_MS = 86_400_000
ROUND_S = 3600.0


class Kept(NamedTuple):
    """How long a table's rows are kept.

    Attributes:
        time: The column that says how old a row is; null is never too old.
        chunks: TimescaleDB has a policy for it.
    """

    table: str
    time: str
    days: int
    chunks: bool = True

    @property
    def oldest(self) -> str:
        """SQL: the time of the oldest row before a time."""
        return f"select min({self.time}) from {self.table} where {self.time} < $1"  # noqa: S608

    @property
    def delete(self) -> str:
        """SQL: delete what is before a time."""
        return f"delete from {self.table} where {self.time} < $1"  # noqa: S608


FOR_EVER = frozenset({"markets", "wallet_transactions"})
"""Tables that grow with what exists and what was paid for, not with time."""
KEPT: tuple[Kept, ...] = (
    Kept("market_snapshots", "ts", 90),
    Kept("orders", "created_at", 365),
    Kept("trades", "executed_at", 365),
    Kept("signals", "at", 365),
    Kept("equity_points", "at", 365),
    Kept("decisions", "decided_at", 365),
    Kept("breaches", "at", 365),
    Kept("intents", "at", 365),
    Kept("alerts", "at", 365),
    Kept("episodes", "closed_at", 365),
    Kept("positions", "closed_at", 365, chunks=False),
)


async def keep_only_recent(pool: "Pool", clock: SessionClock) -> None:
    """Apply retention every hour until cancelled; a database that is away is asked later."""
    while True:
        try:
            level = Level(await pool.fetchval("select level from installation"))
            await delete_expired(pool, clock.now_ms(), level)
        except UNAVAILABLE as error:
            log.warning("retention-postponed", reason=repr(error))
        await asyncio.sleep(ROUND_S)


async def delete_expired(pool: "Pool", now: int, level: Level) -> int:
    """Delete all rows that are too old, in a transaction per table and day.

    Args:
        pool: Where to.
        now: Session time, ms.
        level: What the server does by itself.

    Returns:
        How many rows were deleted.
    """
    deleted = 0
    for kept in KEPT:
        if level is Level.TIMESCALE and kept.chunks:
            continue
        cutoff = now - kept.days * DAY_MS
        while (oldest := await pool.fetchval(kept.oldest, cutoff)) is not None:
            step = min((oldest // DAY_MS + 1) * DAY_MS, cutoff)
            done = await pool.execute(kept.delete, step)
            deleted += int(done.split()[-1])
    return deleted
