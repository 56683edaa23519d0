"""What each bot did since a time, and what it saw last."""

from typing import TYPE_CHECKING

from sinks.queries.reading import PAGE, fetch, fetch_page, parse_cursor, select
from sinks.records import BotSummary, Page, SignalRecord

if TYPE_CHECKING:
    from sinks.pool import Pool

SUMMARIES = """
select bot_id, fills, volume, fees, gas, closed, wins, equity, drawdown, exposure,
       latest.realised - coalesce(earlier.realised, 0) as realised_pnl,
       latest.total - coalesce(earlier.total, 0) as pnl
from unnest($2::text[]) as bots (bot_id)
cross join lateral (
  select count(*) filter (where action in ('BUY', 'SELL')) as fills,
         coalesce(sum(price * size) filter (where action in ('BUY', 'SELL')), 0) as volume,
         coalesce(sum(fee), 0) as fees, coalesce(sum(gas), 0) as gas
  from trades
  where trades.bot_id = bots.bot_id and executed_at >= $3 and executed_at < $4
    and trade_status is distinct from 'FAILED') as traded
cross join lateral (
  select count(*) as closed, count(*) filter (where pnl > 0) as wins
  from episodes
  where episodes.bot_id = bots.bot_id and closed_at >= $3 and closed_at < $4) as ended
left join lateral (
  select equity, drawdown, exposure, realised_pnl as realised,
         realised_pnl + unrealised_pnl as total
  from equity_points
  where account_id = $1 and scope = bots.bot_id and at >= $3 and at < $4
  order by at desc limit 1) as latest on true
left join lateral (
  select realised_pnl as realised, realised_pnl + unrealised_pnl as total
  from equity_points
  where account_id = $1 and scope = bots.bot_id
    and at >= $3 - interval '30 days' and at < $3
  order by at desc limit 1) as earlier on true
order by bot_id
"""
SIGNALS = select(
    SignalRecord,
    """
    from signals
    where at >= $1 and at < $2
      and ($3::text is null or bot_id = $3)
      and ($4::text is null or market_id = $4)
      and ($5::text is null or decision = $5)
      and ($6::timestamptz is null or (at, signal_id) < ($6, $7::text))
    order by at desc, signal_id desc
    limit $8
    """,
)


async def bot_summaries(
    pool: "Pool", account: str, bots: list[str], *, since: int, until: int
) -> tuple[BotSummary, ...]:
    """What bots earned and did in a time range, by bot; all asked for are answered.

    Args:
        pool: Where to.
        account: Trading account.
        bots: Bot ids.
        since: Start, ms; midnight UTC of the session clock for today's figures.
        until: First time not included, ms.

    Raises:
        SinkAwayError: The database does not answer.
    """
    return await fetch(pool, BotSummary, SUMMARIES, account, bots, since, until)


async def signals(
    pool: "Pool",
    *,
    since: int,
    until: int,
    bot: str | None = None,
    market: str | None = None,
    decision: str | None = None,
    limit: int = PAGE,
    cursor: str | None = None,
) -> Page[SignalRecord]:
    """Signals in a time range, newest first.

    Args:
        pool: Where to.
        since: Earliest, ms.
        until: First time not included, ms.
        bot: Only this bot's.
        market: Only about this market.
        decision: Only with this decision, e.g. "place".
        limit: Records on a page, at most 500.
        cursor: `next_cursor` of the page before.

    Raises:
        InvalidCursorError: The cursor is not one of a page.
        SinkAwayError: The database does not answer.
    """
    after = parse_cursor(cursor)
    return await fetch_page(
        pool,
        SignalRecord,
        SIGNALS,
        *(since, until, bot, market, decision, *after),
        key=("at", "signal_id"),
        limit=limit,
    )
