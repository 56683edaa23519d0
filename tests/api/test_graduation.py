"""A bot's paper record out of stored facts: what counts, and what is taken off."""

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from api.graduation import PaperFacts, record_of
from api.money.graduation import Kept, KeptRecord, keep, kept_records
from api.performance_models import PaperRecordView
from configs.settings import Settings
from schemas.ids import BotId
from schemas.values import Money
from sinks.analysis_records import DailyNav, FillAfter
from sinks.queries.analysis import DAILY_NAVS
from sinks.queries.bots import SUMMARIES
from sinks.queries.graduation import AFTER, COUNTS, VIEWS, FirstView, PaperCounts
from sinks.records import BotSummary
from streams.graduation import Record
from streams.run_statistics import luck
from streams.statistics import brier_skill
from tests.api.running import Database, Running
from tests.sinks.messages import BOT, T0

DAY_MS = 86_400_000
SUMMARY = BotSummary(
    bot_id=BOT,
    pnl=Decimal("12.50"),
    realised_pnl=Decimal(12),
    equity=Decimal(10_012),
    drawdown=Decimal("0.01"),
    exposure=Decimal(0),
    fills=4,
    volume=Decimal(20),
    fees=Decimal(0),
    gas=Decimal(0),
    closed=3,
    wins=2,
)
TOLD = PaperCounts(
    bot_id=BOT,
    fills=4,
    inferred=1,
    unreal=0,
    paid=Decimal("0.45"),
    rebates=Decimal("2.25"),
    closed=4,
    wins=3,
    resolved=2,
    violations=0,
)


def navs(*values: str) -> list[DailyNav]:
    return [
        DailyNav(scope=BOT, day=T0 + day * DAY_MS, nav=Decimal(value), drawdown=Decimal(0))
        for day, value in enumerate(values)
    ]


def followed(side: str, action: str, price: str, later: str | None, size: str = "10") -> FillAfter:
    return FillAfter(
        trade_id="t",
        bot_id=BOT,
        market_id="0x1",
        side=side,
        action=action,
        price=Decimal(price),
        size=Decimal(size),
        executed_at=T0,
        mid=None,
        mid_60s=None if later is None else Decimal(later),
    )


def record(
    days: list[DailyNav] | None = None,
    fills: tuple[FillAfter, ...] = (),
    views: tuple[FirstView, ...] = (),
    tried: tuple[float | None, ...] = (),
    **counts: object,
) -> Record:
    told = msgspec.structs.replace(TOLD, **counts)
    facts = PaperFacts(SUMMARY, told, days or navs("1", "1.01"), fills, views)
    return record_of(facts, tried, directional=False, risk_averse=True)


def test_rebates_are_no_profit_and_the_win_rate_is_of_episodes() -> None:
    found = record()
    assert (found.pnl, found.fills, found.resolved) == (Decimal("10.25"), 4, 2)
    assert (found.win_rate, found.average_price) == (0.75, 0.45)
    none = record(closed=0, wins=0, paid=None)
    assert (none.win_rate, none.average_price) == (None, None)


@pytest.mark.parametrize(("inferred", "only"), [(4, True), (3, False)])
def test_fills_that_no_print_proves_certify_nothing(inferred: int, only: bool) -> None:
    assert record(inferred=inferred).snapshots_only is only


def test_the_markout_is_of_the_token_that_was_traded_and_weighted_by_shares() -> None:
    found = record(
        fills=(
            followed("YES", "BUY", "0.44", "0.45", "30"),
            followed("NO", "BUY", "0.40", "0.58", "10"),
            followed("YES", "SELL", "0.48", None, "99"),
        )
    )
    assert found.markout_60s == pytest.approx((30 * 0.01 + 10 * 0.02) / 40)
    assert record().markout_60s is None


def test_returns_drawdown_and_luck_come_from_the_days() -> None:
    values = [1.0]
    for day in range(70):
        values.append(values[-1] * (1.01 if day % 3 else 0.995))
    days = navs(*(f"{value:.8f}" for value in values))
    found = record(days, tried=(0.05, None, -0.02))
    returns = [after / before - 1 for before, after in pairwise(values)]
    told = luck(returns, (0.05, None, -0.02))
    assert found.days == 70
    assert found.drawdown == Decimal("0.005")
    assert found.sharpe == pytest.approx(told.sharpe, rel=1e-4)
    assert found.deflated == pytest.approx(told.deflated, rel=1e-4)
    alone = record(days).deflated
    assert alone is not None
    assert told.deflated is not None
    assert alone > told.deflated


def test_opinions_are_judged_against_the_market_s_own() -> None:
    views = tuple(
        FirstView(bot_id=BOT, market_id=str(n), ours=0.8, market=0.6, outcome=float(n % 5 > 0))
        for n in range(40)
    )
    found = record(views=views).skill
    ours, market = 0.8 * 0.04 + 0.2 * 0.64, 0.8 * 0.16 + 0.2 * 0.36
    skill = brier_skill(ours, market)
    assert found is not None
    assert skill is not None
    assert found[0] < skill < found[1]
    assert record(views=views) == record(views=views)


async def test_the_api_says_what_each_record_lacks() -> None:
    running = Running()
    running.use(
        Database(
            {
                SUMMARIES: [msgspec.structs.asdict(SUMMARY)],
                COUNTS: [msgspec.structs.asdict(TOLD)],
                DAILY_NAVS: [msgspec.structs.asdict(nav) for nav in navs("1", "1.01")],
                AFTER: [msgspec.structs.asdict(followed("YES", "BUY", "0.44", "0.45"))],
                VIEWS: [],
            }
        )
    )
    async with running.client() as client:
        (view,) = (await client.get("/api/v1/performance/graduation")).json()["data"]
        other = (await client.get("/api/v1/performance/graduation?bot_id=bot_01")).json()["data"]
    assert (view["bot_id"], view["pnl"], view["tried"]) == (BOT, "10.25", 1)
    assert "1 of 28 days." in view["lacks"]
    assert "4 of 200 fills." in view["lacks"]
    assert "The deflated Sharpe ratio is None, 0.95 is needed." in view["lacks"]
    assert BotId(view["bot_id"]) == BOT
    assert other == []
    assert view["paper"] is None


def test_other_money_is_compared_with_the_kept_paper_record_alone(tmp_path: Path) -> None:
    kept = KeptRecord(bot_id=BOT, parameters="f1", **msgspec.structs.asdict(record()))
    path = tmp_path / "paper-record.json"
    sandbox = Settings(money=Money.SANDBOX, paper_record=path)
    assert kept_records(sandbox) == {}
    keep(msgspec.to_builtins(Kept(money=Money.PAPER, data=(kept,))), path)
    assert kept_records(sandbox) == {BOT: kept}
    shown = PaperRecordView.model_validate(kept_records(sandbox)[BOT])
    assert (shown.days, shown.fills, shown.pnl) == (kept.days, kept.fills, kept.pnl)
    assert kept_records(Settings(paper_record=path)) == {}
    path.write_text("{", encoding="utf-8")
    assert kept_records(sandbox) == {}
