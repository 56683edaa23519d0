"""Backtests: the same result however the work is cut, and every run counted."""

from pathlib import Path

import msgspec
import pytest

from agents.replay.run_result import RunResult
from api.backtest import SHIPPED, Plan, Report, backtest, digest_of, split
from api.cli.backtest import Asked, moment_of, plan_of, summary
from api.report.page import render
from api.run_register import REGISTER
from configs.settings import Settings
from schemas.errors import ApplicationError
from tests.api.recorded_world import world

SETTINGS = Settings(_env_file=None)


def quiet(inputs: int, done: float) -> None:
    """A progress nobody reads."""


def run(plan: Plan) -> Report:
    return backtest(plan, SETTINGS, quiet)


def results(report: Report) -> list[RunResult]:
    return [each.run for each in report.runs]


@pytest.fixture(scope="module")
def loosened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration that quotes in another way."""
    folder = tmp_path_factory.mktemp("loosened")
    shipped = Path("configs/paper.yaml").read_text(encoding="utf-8")
    assert "entry_ms: " in shipped
    lines = [
        "entry_ms: 900" if line.startswith("entry_ms: ") else line for line in shipped.splitlines()
    ]
    (folder / "paper.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, loosened: Path) -> Plan:
    return Plan(
        archive=world(tmp_path_factory.mktemp("world")),
        bots="1,5",
        seed=7,
        configurations={SHIPPED: None, "loosened": loosened},
    )


@pytest.fixture(scope="module")
def report(plan: Plan) -> Report:
    return run(plan)


def test_bots_trade_and_their_figures_agree(report: Report) -> None:
    assert [(r.configuration, r.queue) for r in results(report)] == [
        (SHIPPED, "risk_averse"),
        (SHIPPED, "power_probability"),
        (SHIPPED, "optimistic"),
        ("loosened", "risk_averse"),
        ("loosened", "power_probability"),
        ("loosened", "optimistic"),
    ]
    first = results(report)[0]
    maker = first.bots["bot_05"]
    assert maker.fills == len(maker.fill_points) > 0
    assert {fill.market for fill in maker.fill_points} <= first.prices.keys()
    share = maker.attribution
    assert share.spread + share.drift - share.fees - share.gas == maker.pnl
    assert maker.curve[-1].pnl == maker.pnl
    assert first.account.pnl == sum(bot.pnl for bot in first.bots.values())


def test_configurations_differ(report: Report) -> None:
    shipped, loosened = results(report)[0], results(report)[3]
    assert shipped.bots["bot_05"].fill_points != loosened.bots["bot_05"].fill_points


def test_processes_and_tasks_do_not_change_a_result(plan: Plan, report: Report) -> None:
    pooled = run(msgspec.structs.replace(plan, configurations={SHIPPED: None}, jobs=2))
    assert len(split(msgspec.structs.replace(plan, configurations={SHIPPED: None}, jobs=2))) == 2
    assert results(pooled) == results(report)[:3]


def test_how_the_archive_was_cut_does_not_change_a_result(
    plan: Plan, report: Report, tmp_path: Path
) -> None:
    cut = world(tmp_path, segment_bytes=20_000)
    other = msgspec.structs.replace(plan, archive=cut, configurations={SHIPPED: None})
    assert results(run(other)) == results(report)[:3]


def test_every_run_counts_once_however_often_it_is_made(plan: Plan, report: Report) -> None:
    assert {each.luck.tried for each in report.runs} == {6}
    again = run(msgspec.structs.replace(plan, configurations={SHIPPED: None}))
    assert {each.luck.tried for each in again.runs} == {6}
    other = run(msgspec.structs.replace(plan, configurations={SHIPPED: None}, seed=8))
    assert {each.luck.tried for each in other.runs} == {9}
    assert (plan.archive / REGISTER).read_bytes().count(b"\n") == 9


def test_a_short_sample_is_insufficient(report: Report) -> None:
    assert {each.luck.sharpe for each in report.runs} == {None}
    assert any("insufficient" in line for line in summary(report))


def test_bots_begin_where_the_range_begins(plan: Plan, report: Report) -> None:
    begin = results(report)[0].begin + 40_000
    part = run(msgspec.structs.replace(plan, begin=begin, configurations={SHIPPED: None}))
    fills = [fill.at for bot in results(part)[0].bots.values() for fill in bot.fill_points]
    assert fills
    assert min(fills) >= begin


def test_the_page_holds_everything_and_needs_nothing(report: Report) -> None:
    page = render(report)
    assert page == render(report)
    assert page.count("<svg") > 10
    for said in (
        "P&L of the account",
        "Drawdown",
        "Markouts",
        "Denials",
        "Calibration",
        "bot_05",
        "non-fill cost",
    ):
        assert said in page, said
    for outside in ("http:", "https:", "<script", "<link", "src=", "url("):
        assert outside not in page, outside
    assert "prefers-color-scheme:dark" in page


def test_the_report_is_json(report: Report) -> None:
    back = msgspec.json.decode(msgspec.json.encode(report), type=Report)
    assert [each.run.account.pnl for each in back.runs] == [r.account.pnl for r in results(report)]


def test_work_is_cut_by_queue_models_only_where_processes_are_left(plan: Plan) -> None:
    def cut(jobs: int) -> list[int]:
        return [len(task.queues) for task in split(msgspec.structs.replace(plan, jobs=jobs))]

    assert cut(1) == cut(2) == [3, 3]
    assert cut(4) == [1, 1, 1, 1, 1, 1]


def test_a_configuration_is_named_by_what_is_in_it(loosened: Path, tmp_path: Path) -> None:
    assert digest_of(None) == digest_of(tmp_path)
    assert digest_of(None) != digest_of(loosened)


def test_what_the_command_line_says(tmp_path: Path) -> None:
    asked = Asked(
        bots="1",
        seed=7,
        begin="2026-09-28T10:00",
        end="2026-09-28T12:00+02:00",
        configurations=(tmp_path,),
        warm_up_s=60,
        jobs=2,
        out=None,
    )
    plan = plan_of(Path("x"), asked)
    assert (plan.begin, plan.end, plan.warm_up_ms) == (1_790_589_600_000, 1_790_589_600_000, 60_000)
    assert plan.configurations == {tmp_path.name: tmp_path}
    with pytest.raises(ApplicationError, match="Expected a time such as"):
        moment_of("yesterday")
    with pytest.raises(ApplicationError, match="Expected a folder"):
        plan_of(Path("x"), msgspec.structs.replace(asked, configurations=(tmp_path / "no",)))
