"""Leaving paper mode (STRATEGIES.md E.6): every criterion counts, each names itself."""

from decimal import Decimal

import msgspec
import pytest

from schemas.ids import BotId
from streams.graduation import Record, holm, shortfalls, skill_interval, verdicts

MAKER = Record(
    directional=False,
    days=28,
    fills=200,
    resolved=0,
    pnl=Decimal("0.01"),
    markout_60s=0.001,
    skill=None,
    deflated=0.95,
    win_rate=0.55,
    average_price=0.50,
    sharpe=0.9,
    drawdown=Decimal("0.14"),
    violations=0,
    snapshots_only=False,
    unreal_fills=0,
    risk_averse=True,
)
BETTOR = msgspec.structs.replace(MAKER, directional=True, fills=0, resolved=100, skill=(0.01, 0.2))


def test_a_record_that_meets_everything_lacks_nothing() -> None:
    assert shortfalls(MAKER) == ()
    assert shortfalls(BETTOR) == ()


@pytest.mark.parametrize(
    ("record", "changes", "word"),
    [
        (MAKER, {"days": 27}, "27 of 28 days"),
        (MAKER, {"fills": 199}, "199 of 200 fills"),
        (BETTOR, {"resolved": 99}, "99 of 100 resolved"),
        (MAKER, {"pnl": Decimal(0)}, "P&L"),
        (MAKER, {"markout_60s": 0.0}, "markout"),
        (MAKER, {"markout_60s": None}, "markout"),
        (BETTOR, {"skill": (0.0, 0.1)}, "Brier"),
        (BETTOR, {"skill": None}, "Brier"),
        (MAKER, {"deflated": 0.949}, "deflated"),
        (MAKER, {"deflated": None}, "deflated"),
        (MAKER, {"violations": 1}, "1 invariants"),
        (MAKER, {"win_rate": 0.52, "average_price": 0.4}, "win rate is 0.52"),
        (MAKER, {"average_price": 0.55}, "average price paid, 0.55"),
        (MAKER, {"sharpe": 0.8}, "Sharpe ratio is 0.8"),
        (MAKER, {"drawdown": Decimal("0.15")}, "drawdown was 0.15"),
        (MAKER, {"snapshots_only": True}, "without prints"),
        (MAKER, {"unreal_fills": 3}, "3 fills were on recorded or simulated data"),
        (MAKER, {"risk_averse": False}, "another queue"),
    ],
)
def test_each_criterion_names_itself(record: Record, changes: dict[str, object], word: str) -> None:
    (sentence,) = shortfalls(msgspec.structs.replace(record, **changes))
    assert word in sentence
    assert sentence.endswith(".")


def test_what_is_good_alone_may_be_luck_among_many() -> None:
    one, two, three = (BotId(f"bot_0{number}") for number in (1, 2, 3))
    sure = msgspec.structs.replace(MAKER, deflated=0.99)
    unknown = msgspec.structs.replace(MAKER, deflated=None)
    found = verdicts({one: sure, two: MAKER, three: unknown})
    assert found[one] == ()
    assert found[two] == ("Among all bots the record may be luck (Holm's correction).",)
    assert found[three] == shortfalls(unknown)
    assert verdicts({two: MAKER}) == {two: ()}


def test_holm_lets_the_surest_pass_until_one_fails() -> None:
    one, two, three = BotId("bot_01"), BotId("bot_02"), BotId("bot_03")
    assert holm({one: 0.016, two: 0.024, three: 0.05}) == {one, two, three}
    assert holm({one: 0.016, two: 0.06, three: 0.03}) == {one}
    assert holm({one: 0.02, two: 0.03, three: 0.04}) == frozenset()
    assert holm({}) == frozenset()


def test_the_skill_s_interval_is_the_same_again_and_holds_the_skill() -> None:
    ours, market = [0.10, 0.05, 0.20, 0.08] * 10, [0.20, 0.10, 0.22, 0.15] * 10
    found = skill_interval(ours, market, 7)
    assert found is not None
    assert found == skill_interval(ours, market, 7)
    assert found != skill_interval(ours, market, 8)
    skill = 1 - sum(ours) / sum(market)
    assert found[0] < skill < found[1]
    assert found[1] - found[0] < 0.3


def test_no_interval_from_nothing() -> None:
    assert skill_interval([0.1], [0.2], 1) is None
    assert skill_interval([0.1, 0.1], [0.0, 0.0], 1) is None
    assert skill_interval([0.1, 0.1], [0.2], 1) is None
