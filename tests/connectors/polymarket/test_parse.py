"""Wire frames become messages in ticks and micro-shares; bad ones end in clear errors."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.polymarket.metadata import MetadataError, parse_market, parse_outcome
from connectors.polymarket.parse import (
    OffGridError,
    Token,
    envelope,
    micro_of,
    millis_of,
    parse_book,
    parse_changes,
    parse_resolution,
    parse_trade,
    ticks_of,
)
from connectors.polymarket.wire import (
    BookWire,
    LastTradeWire,
    MarketResolvedWire,
    PriceChangesWire,
    PriceChangeWire,
    decode_event,
    split_frame,
)
from schemas.ids import MarketId
from schemas.market import FeeSchedule
from schemas.values import PIPS, Action, DataLabel, MarketStatus

YES = "71321045679252212594626385532706912750332728571942532289631379312455583992563"
NO = "52114319501245915516055106046884209969926127482827954674443846427813813222426"
DOCUMENT = {
    "conditionId": "0x5f65177b394277fd294cd75650044e32ba009a95022d88a0c1d565897d72f8f1",
    "question": "Will it rain in Lisbon on New Year's Day?",
    "slug": "rain-lisbon",
    "clobTokenIds": f'["{YES}", "{NO}"]',
    "outcomes": '["Yes", "No"]',
    "orderPriceMinTickSize": 0.01,
    "orderMinSize": 5,
    "negRisk": False,
    "active": True,
    "closed": False,
    "acceptingOrders": True,
    "enableOrderBook": True,
    "endDate": "2027-01-01T12:00:00Z",
    "feesEnabled": True,
    "feeSchedule": {"rate": 0.05, "exponent": 1, "takerOnly": True, "rebateRate": 0.25},
    "events": [{"id": "9001", "slug": "weather", "seriesSlug": "rain"}],
    "tags": [{"slug": "weather"}, {"slug": "simulated"}],
}
MARKET = parse_market(DOCUMENT)
HEAD = envelope(b"frame", 1, 2)


def test_metadata_maps_gamma_fields() -> None:
    assert (MARKET.tick, MARKET.label) == (100, DataLabel.SIMULATED)
    assert MARKET.min_size == 5
    assert MARKET.fee == FeeSchedule(rate=Decimal("0.05"), beta=1, rebate_share=Decimal("0.25"))
    assert MARKET.resolves_at == 1798804800000
    assert (MARKET.venue_event_id, MARKET.series, MARKET.status) == (
        "9001",
        "rain",
        MarketStatus.ACTIVE,
    )


@pytest.mark.parametrize("field", ["conditionId", "clobTokenIds", "orderPriceMinTickSize"])
def test_metadata_without_what_trading_needs_is_refused(field: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != field}
    with pytest.raises(MetadataError, match="not traded"):
        parse_market(document)


STRUCTURED = (
    "452312848583266388373324160190187140051835877600158453279131187530910662656",
    "452312848583266388373324160190187140051835877600158453279131187530910662657",
)


def test_a_protocol_v2_market_has_its_tokens_elsewhere_and_its_condition_padded() -> None:
    condition = "0x01" + "ab" * 29 + "00"
    document = {
        **DOCUMENT,
        "version": "v2",
        "conditionId": condition,
        "clobTokenIds": "[]",
        "positionIds": list(STRUCTURED),
    }
    found = parse_market(document)
    assert (found.yes_token_id, found.no_token_id) == STRUCTURED
    assert found.market_id == condition + "00"


@pytest.mark.parametrize(
    ("version", "tokens"), [("v3", STRUCTURED), ("v1", STRUCTURED), ("v2", (YES, NO))]
)
def test_an_unknown_position_layer_or_ids_of_another_one_are_not_traded(
    version: str, tokens: tuple[str, str]
) -> None:
    both = {"clobTokenIds": list(tokens), "positionIds": list(tokens)}
    with pytest.raises(MetadataError, match="position layer"):
        parse_market({**DOCUMENT, "version": version, **both})


def test_a_disputed_market_is_not_active() -> None:
    disputed = parse_market({**DOCUMENT, "umaResolutionStatus": "disputed"})
    assert disputed.status is MarketStatus.DISPUTED
    paused = parse_market({**DOCUMENT, "acceptingOrders": False})
    assert paused.status is MarketStatus.PAUSED


@pytest.mark.parametrize(
    ("prices", "status", "closed", "pays"),
    [
        ('["1", "0"]', "resolved", True, "1"),
        ('["0", "1"]', "settled", True, "0"),
        ('["0.5", "0.5"]', "resolved", True, "0.5"),
        ('["1", "0"]', "proposed", True, None),
        ('["1", "0"]', "disputed", True, None),
        ('["0.99", "0.01"]', "", True, None),
        ('["1", "0"]', "resolved", False, None),
    ],
)
def test_an_outcome_is_final_or_none(
    prices: str, status: str, closed: bool, pays: str | None
) -> None:
    document = {"conditionId": "0x" + "ab" * 32, "closed": closed, "outcomePrices": prices}
    found = parse_outcome({**document, "umaResolutionStatus": status})
    assert (found and found.yes_payout) == (pays and Decimal(pays))


@pytest.mark.parametrize("prices", ['["0.7", "0.3"]', '["1", "1"]', '["x", "0"]', "[]", None])
def test_a_resolved_market_that_pays_something_odd_is_not_told(prices: str | None) -> None:
    document = {"conditionId": "0x1", "closed": True, "umaResolutionStatus": "resolved"}
    with pytest.raises(MetadataError, match=r"to pay 0, 0\.5 or 1"):
        parse_outcome({**document, "outcomePrices": prices})


def test_the_pools_of_a_market_s_liquidity_rewards_add_up() -> None:
    pools = [{"rewardsDailyRate": 3, "endDate": "2500-12-31"}, {"rewardsDailyRate": 0.5}, {}]
    rewarded = {"rewardsMinSize": 50, "rewardsMaxSpread": 4.5, "clobRewards": pools}
    market = parse_market({**DOCUMENT, **rewarded})
    assert market.rewards_min_size == 50
    assert market.rewards_max_spread == Decimal("4.5")
    assert market.rewards_daily == Decimal("3.5")
    assert MARKET.rewards_daily == 0


@given(st.integers(1, 99), st.sampled_from([100, 50, 25, 10, 1]))
def test_ticks_are_exact_on_every_grid(cents: int, tick: int) -> None:
    ticks = ticks_of(f"{cents / 100:.2f}", tick)
    assert Decimal(ticks * tick) / PIPS == Decimal(cents) / 100


def test_a_price_off_the_grid_is_refused() -> None:
    with pytest.raises(OffGridError, match=r"received 0\.485"):
        ticks_of("0.485", 100)


@given(st.decimals(0, 10_000_000, places=6))
def test_micro_shares_are_exact(size: Decimal) -> None:
    assert micro_of(str(size)) == int(size * 1_000_000)


def test_times_in_seconds_and_milliseconds() -> None:
    assert millis_of("1795383383", 0) == 1795383383000
    assert millis_of("1795383383123", 0) == 1795383383123
    assert millis_of("", 7) == 7


def test_a_book_comes_best_first() -> None:
    raw = (
        f'{{"event_type":"book","market":"{MARKET.market_id}","asset_id":"{YES}","timestamp":"1",'
        '"hash":"","bids":[{"price":"0.01","size":"10"},{"price":"0.48","size":"30.5"}],'
        '"asks":[{"price":"0.99","size":"5"},{"price":"0.52","size":"25"}],"new_field":1}'
    )
    wire = decode_event(raw.encode())
    assert isinstance(wire, BookWire)
    book = parse_book(wire, Token(MARKET.market_id, 0), 100, HEAD, "feed")
    assert book.bids == ((48, 30_500_000), (1, 10_000_000))
    assert book.asks == ((52, 25_000_000), (99, 5_000_000))


def test_changes_carry_both_legs() -> None:
    wire = PriceChangesWire(
        market=MARKET.market_id,
        timestamp="1795383383150",
        price_changes=msgspec.convert(
            [
                {"asset_id": YES, "price": "0.49", "size": "120", "side": "BUY"},
                {"asset_id": NO, "price": "0.51", "size": "0", "side": "SELL"},
            ],
            type=list[PriceChangeWire],
        ),
    )
    delta = parse_changes(wire, {YES: 0, NO: 1}, MARKET, HEAD, "feed")
    assert delta.changes == ((0, 0, 49, 120_000_000), (1, 1, 51, 0))


def test_a_trade_keeps_the_aggressor() -> None:
    wire = LastTradeWire(
        market=MARKET.market_id, asset_id=NO, price="0.52", size="25", side="SELL", timestamp="1"
    )
    trade = parse_trade(wire, Token(MARKET.market_id, 1), 100, HEAD)
    assert (trade.leg, trade.ticks, trade.size) == (1, 52, 25_000_000)
    assert trade.action is Action.SELL


@pytest.mark.parametrize(("winner", "payout"), [(YES, "1"), (NO, "0"), ("", "0.5")])
def test_resolutions_pay_one_zero_or_half(winner: str, payout: str) -> None:
    wire = MarketResolvedWire(market=MarketId(MARKET.market_id), winning_asset_id=winner)
    assert parse_resolution(wire, MARKET, HEAD).yes_payout == Decimal(payout)


def test_frames_are_objects_or_arrays() -> None:
    assert split_frame('{"a":1}') == [b'{"a":1}']
    assert split_frame(' [{"a":1}, {"b":2}]') == [b'{"a":1}', b'{"b":2}']


def test_an_unknown_event_is_an_error_not_a_guess() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_event(b'{"event_type":"brand_new"}')
