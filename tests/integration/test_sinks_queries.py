"""What the queries say about one trading day in a real database."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.reasons import DenialCode
from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.port import SinkAwayError
from sinks.queries.analysis import zone_results
from sinks.queries.bots import bot_summaries, signals
from sinks.queries.decisions import decisions, denials
from sinks.queries.equity import equity_series, pnl_trends
from sinks.queries.markets import market_tops, markets, prices
from sinks.queries.orders import order_story, orders
from sinks.queries.performance import daily_pnl, hourly_performance
from sinks.queries.positions import closed_positions, open_positions, position
from sinks.queries.risk import breaches
from sinks.queries.trades import trades
from sinks.rows import rows_of
from sinks.writer import PostgresSink
from tests.sinks import messages
from tests.sinks.messages import BOT, MARKET, T0

if TYPE_CHECKING:
    from sinks.pool import Pool

pytestmark = pytest.mark.integration

SINCE, UNTIL = T0, T0 + 86_400_000
OTHER_BOT = BotId("bot_01")
OTHER_MARKET = MarketId("0x" + "cd" * 32)


@pytest.fixture
async def pool(database: str) -> AsyncIterator["Pool"]:
    await migrate(database)
    async with open_pool(database, 2) as opened:
        await tell(opened, *messages.day())
        yield opened


async def tell(pool: "Pool", *said: Message) -> None:
    await PostgresSink(pool).write([row for message in said for row in rows_of(message)], {})


async def test_orders_by_bot_market_status_and_time(pool: "Pool") -> None:
    everything = await orders(pool, since=SINCE, until=UNTIL)
    assert [(order.order_id, order.status) for order in everything.items] == [
        ("o4", "EXPIRED"),
        ("o3", "REJECTED"),
        ("o2", "CANCELED"),
        ("o1", "FILLED"),
    ]
    first = everything.items[-1]
    assert (first.created_at, first.placed_at) == (T0, T0 + 20)
    assert (first.price, first.filled_size, first.zone) == (Decimal("0.45"), Decimal(10), "ZONE_3")
    done = await orders(pool, since=SINCE, until=UNTIL, statuses=["FILLED", "CANCELED"])
    assert [order.order_id for order in done.items] == ["o2", "o1"]
    assert (await orders(pool, since=SINCE, until=UNTIL, bot=OTHER_BOT)).items == ()
    assert (await orders(pool, since=SINCE, until=UNTIL, market=OTHER_MARKET)).items == ()
    assert len((await orders(pool, since=T0 + 100, until=T0 + 200)).items) == 1


async def test_pages_of_orders_have_each_order_once_even_of_one_millisecond(pool: "Pool") -> None:
    await tell(pool, *(messages.placed(messages.order(f"x{n}", 5000)) for n in range(7)))
    seen: list[str] = []
    cursor = None
    while True:
        page = await orders(pool, since=SINCE, until=UNTIL, limit=2, cursor=cursor)
        seen += [order.order_id for order in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"x{n}" for n in reversed(range(7))] + ["o4", "o3", "o2", "o1"]


async def test_an_order_with_its_verdict_and_fills(pool: "Pool") -> None:
    story = await order_story(pool, "o1", since=SINCE, until=UNTIL)
    assert story is not None
    assert story.decision is not None
    assert (story.decision.verdict, story.decision.order_id) == ("APPROVED", "o1")
    assert [trade.size for trade in story.trades] == [Decimal(4), Decimal(6)]
    assert await order_story(pool, "nobody", since=SINCE, until=UNTIL) is None


async def test_trades_page_by_page(pool: "Pool") -> None:
    seen, cursor = [], None
    while True:
        page = await trades(pool, since=SINCE, until=UNTIL, limit=2, cursor=cursor)
        seen += [(trade.action, trade.slippage) for trade in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [action for action, _ in seen] == [
        *("GAS", "REBATE", "SPLIT", "CONVERT", "MERGE", "BUY", "BUY"),
    ]
    assert seen[-1] == ("BUY", Decimal("-0.2"))
    assert (await trades(pool, since=SINCE, until=UNTIL, market=OTHER_MARKET)).items == ()


async def test_verdicts_page_by_page_lose_no_leg(pool: "Pool") -> None:
    seen, cursor = [], None
    while True:
        page = await decisions(pool, since=SINCE, until=UNTIL, limit=1, cursor=cursor)
        seen += [(one.subject, one.verdict, one.leg) for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == [
        ("CONVERT", "APPROVED", 0),
        ("CONVERT", "DENIED", 0),
        ("MERGE", "APPROVED", 0),
        ("MERGE", "DENIED", 0),
        ("ORDER", "APPROVED", 0),
        ("ORDER", "APPROVED", 1),
        ("ORDER", "DENIED", 0),
        ("SPLIT", "APPROVED", 0),
        ("SPLIT", "DENIED", 0),
    ]
    denied = await decisions(pool, since=SINCE, until=UNTIL, verdict="DENIED", code="NO_EDGE")
    assert [one.order_id for one in denied.items] == ["o3"]


async def test_denials_are_counted_by_reason_with_the_last_cause(pool: "Pool") -> None:
    await tell(
        pool,
        messages.denied(messages.order("d1"), 1000, value="0.003"),
        messages.denied(messages.order("d2"), 2000, value="0.004"),
        messages.denied(messages.order("d3"), 1500, DenialCode.STALE_DATA),
    )
    counted = await denials(pool, since=SINCE, until=UNTIL, bot=BOT)
    assert [(one.code, one.count, one.last_at - T0) for one in counted] == [
        ("INSUFFICIENT_BALANCE", 3, 67),
        ("NO_EDGE", 3, 2000),
        ("STALE_DATA", 1, 1500),
    ]
    assert (counted[1].limit_value, counted[1].value) == ("0.005", "0.004")
    assert await denials(pool, since=T0 + 1800, until=UNTIL) == (
        await denials(pool, since=T0 + 1800, until=UNTIL, bot=BOT)
    )
    assert [one.count for one in await denials(pool, since=T0 + 1800, until=UNTIL)] == [1]


async def test_positions_open_and_closed(pool: "Pool") -> None:
    await tell(pool, messages.position(700, "3", opened=650, name="p2"))
    held = await open_positions(pool, since=SINCE, until=UNTIL, bot=BOT)
    done = await closed_positions(pool, since=SINCE, until=UNTIL)
    assert [(one.position_id, one.size) for one in held] == [("p2", Decimal(3))]
    assert [(one.position_id, one.closed_at) for one in done.items] == [("p1", T0 + 400)]
    (zone,) = await zone_results(pool, since=SINCE, until=UNTIL, bot=BOT)
    assert (zone.zone, zone.closed, zone.wins) == ("ZONE_3", 1, 0)
    assert zone.pnl == done.items[0].realised_pnl == Decimal("-0.01")
    assert await zone_results(pool, since=SINCE, until=T0 + 400) == ()
    one = await position(pool, "p2", since=SINCE, until=UNTIL)
    assert one == held[0]
    assert await open_positions(pool, since=SINCE, until=UNTIL, market=OTHER_MARKET) == ()


async def test_equity_is_thinned_to_the_points_a_screen_shows(pool: "Pool") -> None:
    later = [messages.equity(10_000 + 100 * n, str(10_000 + n)) for n in range(5000)]
    await tell(pool, *later)
    series = await equity_series(pool, "main", since=SINCE, until=UNTIL, bot=BOT)
    assert 1500 < len(series) <= 2000
    times = [point.at for point in series]
    assert times == sorted(set(times))
    assert (times[0], times[-1]) == (T0 + 61, T0 + 10_000 + 100 * 4999)
    stored = {message.event_time: message.equity for message in later} | {T0 + 61: Decimal(10000)}
    assert all(point.equity == stored[point.at] for point in series)
    few = await equity_series(pool, "main", since=SINCE, until=UNTIL, bot=BOT, points=10)
    assert len(few) <= 10
    assert (few[0], few[-1]) == (series[0], series[-1])


async def test_few_equity_points_come_as_they_are(pool: "Pool") -> None:
    account = await equity_series(pool, "main", since=SINCE, until=UNTIL)
    assert [(p.at, p.equity, p.drawdown) for p in account] == [
        (T0 + 61, Decimal(20000), Decimal("0.0125"))
    ]
    assert await equity_series(pool, "main", since=T0 + 100, until=UNTIL) == ()
    assert await equity_series(pool, "another", since=SINCE, until=UNTIL) == ()


async def test_lines_of_bots_share_the_accounts_axis_of_time(pool: "Pool") -> None:
    await tell(
        pool,
        messages.equity(10_000, bot=None),
        messages.equity(20_000, bot=None),
        messages.equity(11_000, realised="1"),
        messages.equity(16_000, realised="5"),
    )
    scopes = [str(BOT), str(OTHER_BOT)]
    found = await pnl_trends(pool, "main", scopes, since=T0 + 10_000, until=T0 + 30_000, points=3)
    assert [(each.scope, each.at - T0, each.pnl) for each in found] == [
        (str(BOT), 15_000, Decimal("0.5")),
        (str(BOT), 20_000, Decimal("4.5")),
    ]
    nobody = {"since": T0 + 40_000, "until": T0 + 50_000, "points": 3}
    assert await pnl_trends(pool, "main", scopes, **nobody) == ()


async def test_what_bots_did_today(pool: "Pool") -> None:
    midnight = T0 + 5000
    await tell(
        pool,
        messages.equity(4000, "10010", realised="10"),
        messages.equity(6000, "10030", realised="25"),
        messages.fill(messages.order("z", 5500), 5600, "2", "2"),
        messages.closed(5700, "15"),
        messages.closed(5800, "-3"),
    )
    idle, ours = await bot_summaries(pool, "main", [BOT, OTHER_BOT], since=midnight, until=UNTIL)
    assert (ours.bot_id, ours.pnl, ours.realised_pnl, ours.equity) == (
        str(BOT),
        Decimal(15),
        Decimal(15),
        Decimal(10030),
    )
    assert (ours.fills, ours.volume, ours.fees) == (1, Decimal("0.9"), Decimal("0.01"))
    assert (ours.closed, ours.wins) == (2, 1)
    assert (idle.bot_id, idle.pnl, idle.equity, idle.fills, idle.volume) == (
        str(OTHER_BOT),
        None,
        None,
        0,
        Decimal(0),
    )
    first_day = await bot_summaries(pool, "main", [BOT], since=SINCE, until=UNTIL)
    assert (first_day[0].realised_pnl, first_day[0].gas) == (Decimal(25), Decimal("0.08"))


async def test_signals_of_a_bot(pool: "Pool") -> None:
    await tell(pool, *(messages.signal(ms) for ms in (100, 200)))
    page = await signals(pool, since=SINCE, until=UNTIL, bot=BOT, limit=2)
    assert [one.at - T0 for one in page.items] == [200, 100]
    assert page.items[0].features == {"toxicity": 0.125}
    assert page.next_cursor is not None
    placing = await signals(pool, since=SINCE, until=UNTIL, market=MARKET, decision="place")
    assert [one.at - T0 for one in placing.items] == [8]


async def test_breaches_newest_first(pool: "Pool") -> None:
    told = await breaches(pool, since=SINCE, until=UNTIL)
    assert [(one.event, one.scope) for one in told.items] == [
        ("EMERGENCY_HALT", "portfolio"),
        ("RESET", BOT),
        ("TRIGGERED", BOT),
        ("WARNING", BOT),
    ]
    assert told.items[2].affected == (BOT,)
    assert len((await breaches(pool, since=SINCE, until=UNTIL, scope="portfolio")).items) == 1


async def test_markets_and_their_last_prices(pool: "Pool") -> None:
    await tell(
        pool,
        messages.listed(0, OTHER_MARKET),
        messages.top(3000, "0.30", "0.34", OTHER_MARKET),
        messages.top(9000, None, "0.4", OTHER_MARKET),
    )
    known = await markets(pool, since=SINCE, until=UNTIL)
    assert {one.market_id for one in known} == {MARKET, OTHER_MARKET}
    done = await markets(pool, since=SINCE, until=UNTIL, status="RESOLVED")
    assert [(one.question, one.tick, one.yes_payout) for one in done] == [
        ("Will it rain?", 10, Decimal(1))
    ]
    tops = await market_tops(pool, since=SINCE, until=UNTIL)
    assert [(one.market_id, one.best_bid, one.observed_at - T0) for one in tops] == [
        (MARKET, Decimal("0.49"), 5),
        (OTHER_MARKET, None, 9000),
    ]
    assert len(await market_tops(pool, since=SINCE, until=UNTIL, ids=[MARKET])) == 1
    assert await market_tops(pool, since=T0 + 10_000, until=UNTIL) == ()


async def test_bars_of_five_minutes(pool: "Pool") -> None:
    mids = [(0, "0.40"), (60_000, "0.48"), (120_000, "0.38"), (299_000, "0.44"), (300_000, "0.5")]
    for ms, bid in mids:
        ask = str(Decimal(bid) + Decimal("0.02"))
        await tell(pool, messages.top(ms, bid, ask, OTHER_MARKET))
    await tell(pool, messages.top(200_000, None, "0.99", OTHER_MARKET))
    first, second = await prices(pool, OTHER_MARKET, since=SINCE, until=UNTIL)
    figures = (first.open, first.high, first.low, first.close)
    assert figures == tuple(map(Decimal, ("0.41", "0.49", "0.39", "0.45")))
    assert (first.bucket, first.samples, second.samples) == (T0, 4, 1)
    assert first.average_spread == Decimal("0.02")


async def test_hours_and_days_of_bots(pool: "Pool") -> None:
    await tell(pool, messages.closed(500, "-0.5"), messages.closed(86_400_000, "2"))
    (hour,) = await hourly_performance(pool, since=SINCE, until=UNTIL, bot=BOT)
    assert (hour.trades, hour.volume) == (2, Decimal("4.5"))
    assert (hour.fees, hour.gas, hour.slippage) == (
        Decimal("0.02"),
        Decimal("0.08"),
        Decimal("-0.5"),
    )
    midnight = T0 // 86_400_000 * 86_400_000
    first, second = await daily_pnl(pool, since=midnight, until=midnight + 2 * 86_400_000)
    assert (first.day, first.closed, first.total_pnl) == (midnight, 2, Decimal(1))
    assert (first.average_pnl, first.wins, first.losses) == (Decimal("0.5"), 1, 1)
    assert (first.win_rate, second.win_rate) == (Decimal("0.5"), Decimal(1))


async def test_a_database_that_is_away_is_one_sentence() -> None:
    with pytest.raises(SinkAwayError, match="PETS_DATABASE"):
        async with open_pool("postgresql://nobody@127.0.0.1:1/none", 1):
            pass


async def test_a_database_without_tables_says_what_to_do(database: str) -> None:
    with pytest.raises(SinkAwayError, match="pets migrate"):
        async with open_pool(database, 1):
            pass
