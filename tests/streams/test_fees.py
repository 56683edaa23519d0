"""Fees and rebates, with the vectors of STRATEGIES.md A.5."""

from decimal import Decimal

import pytest

from schemas.ids import MarketId, TokenId, VenueEventId
from schemas.market import FeeSchedule, Market
from schemas.values import DataLabel
from streams.fees import (
    MISSION,
    V1_CRYPTO,
    V1_SPORTS,
    V2,
    effective_rate,
    expected_rebate,
    payable_rebate,
    rebate_share,
    schedule_of,
    taker_fee,
)

D = Decimal
V2_OLD_SPORTS = FeeSchedule(rate=D("0.03"))


@pytest.mark.parametrize(
    ("price", "fees"),
    [
        ("0.05", ("0.33250", "0.23750", "0.19000", "0.14250", "0.00282", "0.02993")),
        ("0.30", ("1.47000", "1.05000", "0.84000", "0.63000", "0.33075", "0.79380")),
        ("0.50", ("1.75000", "1.25000", "1.00000", "0.75000", "0.78125", "1.57500")),
        ("0.85", ("0.89250", "0.63750", "0.51000", "0.38250", "0.34545", "1.36553")),
    ],
)
def test_fees_of_100_shares(price: str, fees: tuple[str, ...]) -> None:
    schedules = (V2["crypto"], V2["sports"], V2["politics"], V2_OLD_SPORTS, V1_CRYPTO, MISSION)
    found = tuple(taker_fee(D(100), D(price), schedule) for schedule in schedules)
    assert found == tuple(map(D, fees))


def test_a_fee_too_small_to_charge_is_none() -> None:
    assert taker_fee(D("0.01"), D("0.01"), V2["sports"]) == 0


def test_fees_are_rounded_half_up() -> None:
    assert taker_fee(D("0.25"), D("0.5"), FeeSchedule(rate=D("0.0002"))) == D("0.00001")
    assert taker_fee(D("0.3"), D("0.5"), FeeSchedule(rate=D("0.0002"))) == D("0.00002")


def test_superseded_sports_schedule() -> None:
    assert taker_fee(D(100), D("0.5"), V1_SPORTS) == D("0.21875")


def test_the_mission_reaches_its_greatest_rate_at_one_half() -> None:
    assert effective_rate(D("0.50"), MISSION) == D("0.0315")
    assert effective_rate(D("0.49"), MISSION) < D("0.0315")
    assert effective_rate(D("0.51"), MISSION) < D("0.0315")


def test_geopolitics_is_free() -> None:
    assert taker_fee(D(1000), D("0.5"), V2["geopolitics"]) == 0


@pytest.mark.parametrize(
    ("category", "rebate"),
    [("crypto", "0.35"), ("sports", "0.1875"), ("politics", "0.25"), ("geopolitics", "0")],
)
def test_rebates_of_100_shares_at_one_half(category: str, rebate: str) -> None:
    assert expected_rebate(D(100), D("0.50"), V2[category], category) == D(rebate)


def test_the_markets_own_share_goes_before_the_table() -> None:
    schedule = FeeSchedule(rate=D("0.05"), rebate_share=D("0.5"))
    assert rebate_share(schedule, "sports") == D("0.5")


def test_an_unknown_category_gets_the_lowest_share() -> None:
    assert rebate_share(MISSION, "") == D("0.15")
    assert rebate_share(MISSION, "weather") == D("0.25")


def test_a_day_under_a_dollar_is_dropped() -> None:
    assert payable_rebate(D("0.99999")) == 0
    assert payable_rebate(D("1.00")) == 1


def test_a_market_without_a_schedule_falls_back_to_the_missions() -> None:
    market = Market(
        market_id=MarketId("m"),
        venue_event_id=VenueEventId("e"),
        question="?",
        slug="q",
        yes_token_id=TokenId("1"),
        no_token_id=TokenId("2"),
        tick=100,
        min_size=D(5),
        label=DataLabel.SIMULATED,
    )
    assert schedule_of(market) is MISSION
    own = FeeSchedule(rate=D("0.01"))
    listed = Market(
        market_id=MarketId("m"),
        venue_event_id=VenueEventId("e"),
        question="?",
        slug="q",
        yes_token_id=TokenId("1"),
        no_token_id=TokenId("2"),
        tick=100,
        min_size=D(5),
        label=DataLabel.SIMULATED,
        fee=own,
    )
    assert schedule_of(listed) is own
