from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.treasury import DAY_MS, Advice, TreasuryRules, advise, level_of, reminds

RULES = TreasuryRules()
MONEY = st.decimals(0, 1_000_000, places=2)


@pytest.mark.parametrize(
    ("hot", "cold", "advice"),
    [
        (0, 0, Advice(None, Decimal(0), Decimal(0))),
        (499, 9_501, Advice(Decimal("0.0499"), Decimal("1001.00"), Decimal(0))),
        (500, 9_500, Advice(Decimal("0.05"), Decimal(0), Decimal(0))),
        (1_500, 8_500, Advice(Decimal("0.15"), Decimal(0), Decimal(0))),
        (2_000, 8_000, Advice(Decimal("0.2"), Decimal(0), Decimal(0))),
        (3_000, 7_000, Advice(Decimal("0.3"), Decimal(0), Decimal("1500.00"))),
    ],
)
def test_the_missions_shares(hot: int, cold: int, advice: Advice) -> None:
    assert advise(Decimal(hot), Decimal(cold), Decimal(0), RULES) == advice


@given(MONEY, MONEY, MONEY)
def test_what_is_advised_can_be_done_and_leads_into_the_range(
    hot: Decimal, cold: Decimal, working: Decimal
) -> None:
    advice = advise(hot, cold, working, RULES)
    assert Decimal(0) <= advice.top_up <= cold
    assert Decimal(0) <= advice.sweep <= hot
    assert not (advice.top_up and advice.sweep)
    after = hot + advice.top_up - advice.sweep
    capital = hot + cold + working
    if advice.sweep and capital > 1:
        assert RULES.low_share <= after / capital <= RULES.high_share
    if advice.top_up and advice.top_up < cold:
        assert abs(after - capital * Decimal("0.15")) <= Decimal("0.01")


def test_levels_do_not_flutter() -> None:
    said, level = [], ""
    for hot in (2_600, 2_499, 2_501, 2_499, 999, 1_010, 1_051, 2_624, 2_626):
        level = level_of(Decimal(hot), level, RULES).name
        said.append(level)
    assert said == [
        "",
        "warning",
        "warning",
        "warning",
        "critical",
        "critical",
        *["warning"] * 2,
        "",
    ]


def test_a_key_of_ninety_days_is_reminded_of_once_a_day() -> None:
    made, old = 1_000, 1_000 + 90 * DAY_MS
    assert not reminds(made, 0, old - 1, RULES)
    assert reminds(made, 0, old, RULES)
    assert not reminds(made, old, old + DAY_MS - 1, RULES)
    assert reminds(made, old, old + DAY_MS, RULES)
    assert not reminds(0, 0, old, RULES)
