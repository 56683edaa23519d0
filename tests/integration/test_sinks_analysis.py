"""What the API's pages of performance, alerts and traces ask a real database."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from schemas.envelope import Message
from schemas.ids import BotId
from schemas.values import TradeStatus
from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.queries.alerts import alert_history
from sinks.queries.analysis import (
    bot_costs,
    daily_navs,
    ended_episodes,
    episode_stats,
    opening_navs,
)
from sinks.queries.counts import decision_counts, denial_buckets, signal_counts
from sinks.queries.decisions import decision
from sinks.queries.graduation import fills_after, first_views, paper_counts
from sinks.queries.markouts import followed_fills
from sinks.queries.traces import trace
from sinks.rows import rows_of
from sinks.writer import PostgresSink
from tests.sinks import messages
from tests.sinks.messages import BOT, T0

if TYPE_CHECKING:
    from sinks.pool import Pool

pytestmark = pytest.mark.integration

DAY_MS = 86_400_000
SINCE, UNTIL = T0, T0 + DAY_MS


@pytest.fixture
async def pool(database: str) -> AsyncIterator["Pool"]:
    await migrate(database)
    async with open_pool(database, 2) as opened:
        await tell(opened, *messages.day())
        yield opened


async def tell(pool: "Pool", *said: Message) -> None:
    await PostgresSink(pool).write([row for message in said for row in rows_of(message)], {})


async def test_counts_say_who_did_what_how_often_and_why(pool: "Pool") -> None:
    await tell(pool, messages.signal(9), messages.signal(10), messages.signal(11, bot=BotId("b")))
    counts = await signal_counts(pool, since=SINCE, until=UNTIL)
    assert [(c.bot_id, c.decision, c.count) for c in counts] == [
        ("b", "none", 1),
        (BOT, "none", 2),
        (BOT, "place", 1),
    ]
    assert len(await signal_counts(pool, since=SINCE, until=UNTIL, bot="b")) == 1
    said = await decision_counts(pool, since=SINCE, until=UNTIL, bot=BOT)
    assert sum(c.count for c in said if c.verdict == "APPROVED") == 5
    denials = [each for each in said if each.verdict == "DENIED"]
    assert all(None not in (each.code, each.rule, each.limit_value) for each in denials), denials
    assert sum(each.count for each in denials) == 4


async def test_denials_over_time_are_those_that_are_counted(pool: "Pool") -> None:
    late = msgspec.structs.replace(
        messages.denied(messages.order("late", 100)), event_id="late", event_time=T0 + 61_000
    )
    await tell(pool, late)
    found = await denial_buckets(pool, since=SINCE, until=UNTIL, step_s=60)
    said = await decision_counts(pool, since=SINCE, until=UNTIL)
    assert sum(each.count for each in found) == sum(
        each.count for each in said if each.verdict == "DENIED"
    )
    minute = T0 - T0 % 60_000
    assert {each.at for each in found} == {minute, (T0 + 61_000) // 60_000 * 60_000}
    assert found[-1].count == 1
    assert await denial_buckets(pool, since=SINCE, until=UNTIL, step_s=60, bot="b") == ()


async def test_costs_and_episodes_add_up(pool: "Pool") -> None:
    (costs,) = await bot_costs(pool, since=SINCE, until=UNTIL)
    assert costs.rebates > 0
    assert costs.gas > 0
    (stats,) = await episode_stats(pool, since=SINCE, until=UNTIL)
    assert (stats.closed, stats.wins, stats.gains, stats.losses) == (
        1,
        1,
        Decimal("1.5"),
        Decimal(0),
    )
    (episode,) = await ended_episodes(pool, since=SINCE, until=UNTIL)
    assert (episode.pnl, stats.hold_ms) == (
        Decimal("1.5"),
        episode.closed_at - episode.opened_at,
    )


async def test_a_day_ends_with_the_last_net_asset_value_before_it(pool: "Pool") -> None:
    later = messages.equity(61)
    moved = msgspec.structs.replace(
        later, event_time=T0 + DAY_MS + 5, nav=Decimal("1.1"), drawdown=Decimal(0)
    )
    await tell(pool, moved)
    navs = await daily_navs(pool, "main", [BOT], since=T0, until=T0 + DAY_MS + 10)
    assert [nav.nav for nav in navs] == [later.nav, Decimal("1.1")]
    assert navs[1].day - navs[0].day == DAY_MS
    first = await opening_navs(pool, "main", [BOT, "bot_09"], since=T0, until=UNTIL)
    assert first == {BOT: navs[0].nav}, "it began in the range, and nobody else did"
    late = {"since": T0 + DAY_MS + 6, "until": T0 + DAY_MS + 10}
    assert await opening_navs(pool, "main", [BOT], **late) == {BOT: Decimal("1.1")}


async def test_a_fill_is_followed_by_the_first_mid_after_each_horizon(pool: "Pool") -> None:
    await tell(pool, messages.top(1_200), messages.top(10_900), messages.top(61_000))
    fills = await followed_fills(pool, since=SINCE, until=UNTIL)
    assert {fill.executed_at for fill in fills} == {T0 + 40, T0 + 60}
    first = fills[-1]
    assert None not in (first.mid_1s, first.mid_10s, first.mid_60s)
    assert first.mid_300s is None


async def test_the_history_of_alerts_page_by_page(pool: "Pool") -> None:
    page = await alert_history(pool, since=SINCE, until=UNTIL, limit=1)
    assert [entry.deed for entry in page.items] == ["acknowledged"]
    rest = await alert_history(pool, since=SINCE, until=UNTIL, cursor=page.next_cursor)
    assert [(e.deed, e.severity) for e in rest.items] == [("raised", "critical")]
    assert (await alert_history(pool, since=SINCE, until=UNTIL, rule="other")).items == ()


async def test_any_id_of_a_decision_leads_to_the_whole_of_it(pool: "Pool") -> None:
    what = messages.order("traced", 5_000)
    wanted = messages.place_intent(5_001, what, cause="book-9")
    saw = msgspec.structs.replace(messages.signal(5_001, "place"), causation_id="book-9")
    verdict = msgspec.structs.replace(
        messages.approved(what), event_id="verdict-9", intent_id=wanted.event_id
    )
    fill = messages.fill(what, 5_040, "10", "10")
    await tell(pool, saw, wanted, verdict, messages.placed(what, 5_020), fill)
    for any_id in ("traced", fill.trade_id, "verdict-9", wanted.event_id, saw.event_id):
        found = await trace(pool, any_id, since=SINCE, until=UNTIL)
        assert found is not None, any_id
        assert [each.signal_id for each in found.signals] == [saw.event_id], any_id
        assert [each.intent_id for each in found.intents] == [wanted.event_id]
        assert [each.decision_id for each in found.decisions] == ["verdict-9"]
        assert [each.order_id for each in found.orders] == ["traced"]
        assert [each.trade_id for each in found.trades] == [fill.trade_id]
        assert found.intents[0].seen == msgspec.to_builtins(wanted.stamp)
    assert await trace(pool, "nothing", since=SINCE, until=UNTIL) is None
    assert len(await decision(pool, "verdict-9", since=SINCE, until=UNTIL)) == 1


async def test_a_paper_record_counts_what_happened_and_what_should_not(pool: "Pool") -> None:
    bot = BotId("bot_02")
    good = messages.order("good", 100, bot=bot, price="0.40")
    odd = messages.order("odd", 200, bot=bot, price="0.30")
    paid = msgspec.structs.replace(messages.fill(good, 160, "10", "10"), fee=Decimal(0))
    dear = msgspec.structs.replace(messages.fill(odd, 260, "5", "5"), price=Decimal("0.31"))
    lost = messages.fill(odd, 270, "5", "10")
    failed = messages.traded(lost, 280, TradeStatus.FAILED)
    first = messages.signal(90, "place", bot)
    later = msgspec.structs.replace(messages.signal(95, "place", bot), fair_value=0.99)
    on_no = msgspec.structs.replace(
        first, event_id="no", bot_id=BotId("bot_03"), token_id=messages.NO, fair_value=0.25
    )
    await tell(
        pool,
        messages.placed(good),
        messages.placed(odd),
        paid,
        msgspec.structs.replace(dear, fee=Decimal(0)),
        lost,
        failed,
        messages.top(61_000),
        first,
        later,
        on_no,
        messages.closed(300, "2", bot),
        messages.closed(400, "-1", bot),
    )
    counts, empty = await paper_counts(pool, [bot, "bot_10"], since=SINCE, until=UNTIL)
    assert (counts.fills, counts.inferred, counts.unreal) == (2, 0, 2)
    assert counts.paid == (Decimal("4.00") + Decimal("1.55")) / 15
    assert (counts.closed, counts.wins, counts.violations) == (2, 1, 1)
    assert (empty.fills, empty.paid, empty.violations) == (0, None, 0)
    followed = await fills_after(pool, [bot], since=SINCE, until=UNTIL)
    assert [fill.executed_at - T0 for fill in followed] == [160, 260]
    assert followed[0].mid_60s is not None
    views = await first_views(pool, [bot, "bot_03"], since=SINCE, until=UNTIL)
    assert [(each.bot_id, each.ours, each.market) for each in views] == [
        (bot, 0.51, 0.5),
        ("bot_03", 0.75, 0.5),
    ]
    assert {each.outcome for each in views} == {1.0}
