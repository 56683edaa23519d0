"""Every check of STRATEGIES.md C.1, one order at a time."""

from decimal import Decimal

import msgspec
import pytest

from agents.stages.gate_judge import CHECKS
from agents.stages.gate_state import DECISIONS_KEPT, DECISIONS_KEPT_MS
from schemas.ids import BotId
from schemas.reasons import DenialCode
from schemas.trading import IntentDenied, Order, Stamp
from schemas.values import (
    BotState,
    MarketStatus,
    Money,
    TimeInForce,
    Trust,
    Zone,
)
from tests.agents.stages.gate_driver import (
    Gate,
    approved,
    cancels,
    denied,
    of_type,
    shipped_rules,
)
from tests.streams.account_messages import (
    ARB,
    BOT_1,
    BOT_5,
    BUY,
    DIRECTIONAL,
    MARKET,
    MM,
    NO,
    OTHER,
    REDUCE,
    SELL,
    T0,
    YES,
    a_market,
    an_order,
    event_of,
)

BOT_2, BOT_4, BOT_8 = BotId("bot_02"), BotId("bot_04"), BotId("bot_08")
MINUTE = 60_000


def directional(price: str = "0.30", size: str = "100", **changes: str) -> Order:
    values = {"fair": "0.40", "edge": "0.10", **changes}
    return an_order(
        YES, BUY, price, size, bot=BOT_4, kind=DIRECTIONAL, fair=values["fair"], edge=values["edge"]
    )


def gate_4() -> Gate:
    return Gate(bots=(BOT_1, BOT_4, BOT_5))


def code_of(gate: Gate, order: Order, stamp: Stamp | None = None) -> DenialCode:
    return denied(gate.place(order, stamp)).code


def test_checks_stand_in_the_normative_order() -> None:
    names = [check.__name__ for check in CHECKS]
    assert names == [
        "halted",
        "daily_loss",
        "bot_drawdown",
        "consecutive_losses",
        "bot_active",
        "tradable",
        "fresh",
        "well_formed",
        "passive",
        "no_self_cross",
        "zone_and_intent",
        "kelly",
        "trade_risk",
        "exposure",
        "funded",
    ]


def test_an_order_that_breaks_no_rule_is_approved_and_reserved() -> None:
    gate = gate_4()
    verdict = approved(gate.place(directional(), gate.stamp("0.28", "0.33")))
    assert verdict.kinds == (DIRECTIONAL,)
    assert verdict.zones == (Zone.ZONE_2,)
    account = gate.stage._account
    assert account.orders.reserved_cash(BOT_4) == 30
    assert account.exposure.of_bot(BOT_4) == 30


@pytest.mark.parametrize(
    "status", [s for s in MarketStatus if s is not MarketStatus.ACTIVE], ids=str
)
def test_a_market_that_takes_no_orders(status: MarketStatus) -> None:
    gate = gate_4()
    stamp = gate.stamp("0.28", "0.33", status=status)
    assert code_of(gate, directional(), stamp) is DenialCode.MARKET_CLOSED


def test_an_unknown_market_and_a_foreign_token() -> None:
    gate = gate_4()
    unknown = an_order(YES, BUY, "0.30", "100", market=OTHER)
    assert code_of(gate, unknown) is DenialCode.MARKET_CLOSED
    foreign = msgspec.structs.replace(directional(), token_id=type(unknown.token_id)("x"))
    assert code_of(gate, foreign) is DenialCode.MARKET_CLOSED


def test_a_resolved_market_is_closed() -> None:
    gate = gate_4()
    gate.feed(gate.stream.resolved(10, "1"))
    assert code_of(gate, directional(), gate.stamp("0.28", "0.33")) is DenialCode.MARKET_CLOSED


def test_nothing_is_opened_in_the_minute_before_the_book_is_cleared() -> None:
    gate = gate_4()
    gate.feed(gate.stream.listed(1, a_market(clears_at=T0 + 10 * MINUTE)))
    gate.feed(gate.stream.tick(9 * MINUTE - 1))
    approved(gate.place(directional(), gate.stamp("0.28", "0.33")))
    gate.feed(gate.stream.tick(9 * MINUTE))
    assert code_of(gate, directional(), gate.stamp("0.28", "0.33")) is DenialCode.MARKET_CLOSED


@pytest.mark.parametrize(
    "changes",
    [{"trust": Trust.SUSPECT}, {"trust": Trust.STALE}, {"heard": 12_001}, {"lag": 5001}],
    ids=str,
)
def test_views_that_are_not_fresh(changes: dict[str, int]) -> None:
    gate = gate_4()
    stamp = gate.stamp("0.28", "0.33", **changes)  # type: ignore[arg-type]
    assert code_of(gate, directional(), stamp) is DenialCode.STALE_DATA


def test_a_decision_may_be_five_seconds_old_and_a_connection_twelve_silent() -> None:
    gate = gate_4()
    approved(
        gate.place(directional(), gate.stamp("0.28", "0.33", heard=12_000, lag=5000, age=5000))
    )
    stamp = gate.stamp("0.28", "0.33", age=5001)
    assert code_of(gate, directional(), stamp) is DenialCode.STALE_DATA


def test_a_reduce_needs_a_fresh_view_too() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100"))
    order = an_order(YES, SELL, "0.50", "100", kind=REDUCE)
    assert code_of(gate, order, gate.stamp(trust=Trust.STALE)) is DenialCode.STALE_DATA
    approved(gate.place(an_order(YES, SELL, "0.50", "100", kind=REDUCE)))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"post_only": False}, DenialCode.POST_ONLY_REQUIRED),
        ({"time_in_force": TimeInForce.FOK}, DenialCode.POST_ONLY_REQUIRED),
        ({"time_in_force": TimeInForce.FAK}, DenialCode.POST_ONLY_REQUIRED),
        ({"price": Decimal("0.305")}, DenialCode.BAD_TICK),
        ({"price": Decimal("1.00")}, DenialCode.BAD_TICK),
        ({"size": Decimal("4.99")}, DenialCode.BAD_SIZE),
        ({"size": Decimal("0")}, DenialCode.BAD_SIZE),
        ({"size": Decimal("100.005")}, DenialCode.BAD_SIZE),
        ({"size": Decimal("16")}, DenialCode.BAD_SIZE),
        ({"expires_at": None}, DenialCode.BAD_EXPIRATION),
        ({"expires_at": T0 + 179_999}, DenialCode.BAD_EXPIRATION),
    ],
    ids=str,
)
def test_orders_of_the_wrong_form(changes: dict[str, object], code: DenialCode) -> None:
    gate = gate_4()
    order = msgspec.structs.replace(directional(), **changes)
    assert code_of(gate, order, gate.stamp("0.28", "0.33")) is code


def test_good_till_cancelled_needs_no_time_and_gtd_exactly_three_minutes() -> None:
    gate = gate_4()
    order = msgspec.structs.replace(directional(), time_in_force=TimeInForce.GTC, expires_at=None)
    approved(gate.place(order, gate.stamp("0.28", "0.33")))
    order = msgspec.structs.replace(directional(), expires_at=T0 + 180_000)
    approved(gate.place(order, gate.stamp("0.28", "0.33")))


def test_a_price_on_a_fine_tick_may_still_be_out_of_range() -> None:
    gate = gate_4()
    order = directional("0.995", "100")
    stamp = gate.stamp("0.28", None, tick="0.001")
    assert code_of(gate, order, stamp) is DenialCode.BAD_PRICE


def test_the_dollar_minimum_binds_opening_orders_only() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.10", "10"))
    order = an_order(YES, SELL, "0.12", "10", kind=REDUCE)
    approved(gate.place(order, gate.stamp("0.10", "0.13")))


@pytest.mark.parametrize(
    ("side", "action", "price"),
    [(YES, BUY, "0.48"), (NO, BUY, "0.56"), (YES, SELL, "0.44"), (NO, SELL, "0.52")],
)
def test_orders_that_would_cross_the_book(side: object, action: object, price: str) -> None:
    gate = Gate()
    order = an_order(side, action, price, "100")  # type: ignore[arg-type]
    assert code_of(gate, order) is DenialCode.WOULD_CROSS


def test_no_order_may_match_one_of_our_own_even_of_another_bot() -> None:
    gate = Gate()
    approved(
        gate.bundle(
            an_order(YES, BUY, "0.45", "50", bot=BOT_5), an_order(NO, BUY, "0.53", "50", bot=BOT_5)
        )
    )
    leg = an_order(NO, BUY, "0.55", "50", bot=BOT_1, kind=ARB, bundle="b")
    other = an_order(YES, BUY, "0.42", "50", bot=BOT_1, kind=ARB, bundle="b")
    verdict = denied(gate.bundle(leg, other))
    assert verdict.code is DenialCode.SELF_CROSS
    assert (verdict.limit, verdict.value) == ("above 0.45", "0.45")


def test_a_reduce_blocked_by_an_opening_order_gets_it_cancelled() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100", bot=BOT_1, kind=ARB))
    bid = an_order(YES, BUY, "0.46", "50")
    approved(gate.bundle(bid, an_order(NO, BUY, "0.53", "50")))
    order = an_order(YES, SELL, "0.46", "100", bot=BOT_1, kind=REDUCE)
    emits = gate.place(order, gate.stamp("0.44", "0.48"))
    assert denied(emits).code is DenialCode.SELF_CROSS
    assert cancels(emits) == [bid.order_id]
    gate.feed(gate.stream.canceled(gate.at, bid))
    again = an_order(YES, SELL, "0.46", "100", bot=BOT_1, kind=REDUCE)
    approved(gate.place(again, gate.stamp("0.44", "0.48")))


@pytest.mark.parametrize(
    ("price", "edge", "code"),
    [
        ("0.04", "0.10", DenialCode.OUT_OF_ZONE),
        ("0.99", "0.10", DenialCode.OUT_OF_ZONE),
        ("0.60", "0.10", DenialCode.DIRECTIONAL_Z4_Z5),
        ("0.85", "0.10", DenialCode.DIRECTIONAL_Z4_Z5),
        ("0.45", "0.10", DenialCode.NOT_WHITELISTED),
    ],
)
def test_zones_of_directional_orders(price: str, edge: str, code: DenialCode) -> None:
    gate = gate_4()
    order = directional(price, "200", edge=edge, fair="0.995")
    assert code_of(gate, order, gate.stamp(None, None)) is code


def test_zone_three_needs_five_cents_of_edge() -> None:
    gate = Gate(bots=(BOT_2,))
    for edge, code in (("0.0499", DenialCode.Z3_EDGE), ("0.05", None)):
        order = an_order(
            YES, BUY, "0.45", "20", bot=BOT_2, kind=DIRECTIONAL, fair="0.55", edge=edge
        )
        emits = gate.place(order)
        if code is None:
            assert approved(emits).zones == (Zone.ZONE_3,)
        else:
            assert denied(emits).code is code


def test_a_single_order_is_never_an_arbitrage() -> None:
    gate = Gate()
    order = an_order(YES, BUY, "0.40", "50", bot=BOT_1, kind=ARB, bundle="b")
    assert code_of(gate, order) is DenialCode.ARB_NOT_LOCKED


def test_a_market_maker_quotes_both_sides_or_the_other_went_just_now() -> None:
    gate = Gate()
    lone = an_order(YES, BUY, "0.45", "50")
    assert code_of(gate, lone) is DenialCode.MM_NOT_TWO_SIDED
    ask = an_order(NO, BUY, "0.53", "50")
    approved(gate.place(ask))
    gate.feed(gate.stream.tick(5001))
    approved(gate.place(an_order(YES, BUY, "0.45", "50")))
    gate.feed(gate.stream.canceled(6000, ask))
    gate.feed(gate.stream.tick(20_000))
    approved(gate.place(an_order(NO, BUY, "0.54", "50")))


def test_a_lone_quote_after_the_grace_is_refused() -> None:
    gate = Gate()
    bid, ask = an_order(YES, BUY, "0.45", "50"), an_order(NO, BUY, "0.53", "50")
    approved(gate.bundle(bid, ask))
    gate.feed(gate.stream.canceled(1000, ask), gate.stream.canceled(1000, bid))
    gate.feed(gate.stream.tick(5999))
    bid = an_order(YES, BUY, "0.45", "20")
    approved(gate.place(bid))
    gate.feed(gate.stream.canceled(6000, bid))
    assert code_of(gate, an_order(YES, BUY, "0.45", "20")) is DenialCode.MM_NOT_TWO_SIDED


def test_only_bots_five_and_eight_make_markets() -> None:
    gate = gate_4()
    bid = an_order(YES, BUY, "0.30", "50", bot=BOT_4)
    ask = an_order(NO, BUY, "0.60", "50", bot=BOT_4)
    assert denied(gate.bundle(bid, ask, stamp=gate.stamp("0.28", "0.33"))).code is (
        DenialCode.MM_NOT_TWO_SIDED
    )


def test_a_reduce_is_recognised_whatever_it_calls_itself_and_has_no_zone_limit() -> None:
    gate = Gate()
    gate.hold(an_order(NO, BUY, "0.20", "100"))
    order = an_order(YES, BUY, "0.85", "100", kind=MM)
    verdict = approved(gate.place(order, gate.stamp("0.84", "0.88")))
    assert verdict.kinds == (REDUCE,)
    assert verdict.zones == (Zone.ZONE_5,)


def test_a_declared_reduce_that_opens_is_judged_as_directional() -> None:
    gate = Gate()
    order = an_order(YES, BUY, "0.30", "100", kind=REDUCE)
    verdict = denied(gate.place(order, gate.stamp("0.28", "0.33")))
    assert verdict.code is DenialCode.NOT_WHITELISTED
    assert "raise the worst-case loss" in verdict.rule


def test_selling_what_is_not_held_is_classified_as_a_short_and_then_refused() -> None:
    gate = gate_4()
    short = an_order(YES, SELL, "0.25", "100", bot=BOT_4, kind=DIRECTIONAL, fair="0.9", edge="0.2")
    assert code_of(gate, short, gate.stamp("0.20", "0.24")) is DenialCode.DIRECTIONAL_Z4_Z5
    short = an_order(YES, SELL, "0.70", "20", bot=BOT_4, kind=DIRECTIONAL, fair="0.40", edge="0.10")
    code = code_of(gate, short, gate.stamp("0.65", "0.75"))
    assert code is DenialCode.INSUFFICIENT_BALANCE


def test_edge_and_kelly_size() -> None:
    gate = gate_4()
    stamp = gate.stamp("0.28", "0.33")
    assert code_of(gate, directional(fair="0.30"), stamp) is DenialCode.NO_EDGE
    no_estimate = msgspec.structs.replace(directional(), fair_value=None)
    assert code_of(gate, no_estimate, stamp) is DenialCode.NO_EDGE
    # lambda 0.25, f* = 0.005/0.70, E 10000: the stake is at most 17.857 dollars.
    assert code_of(gate, directional(fair="0.305", size="59.53"), stamp) is (
        DenialCode.KELLY_EXCEEDED
    )
    approved(gate.place(directional(fair="0.305", size="59.52"), stamp))
    high = gate.stamp("0.28", "0.33", multiplier="0.26")
    assert code_of(gate, directional(), high) is DenialCode.KELLY_EXCEEDED


def test_percent_limits_use_the_greater_of_both_equities_within_two_per_cent() -> None:
    gate = gate_4()
    order = directional(size="680")
    assert code_of(gate, order, gate.stamp("0.28", "0.33")) is DenialCode.TRADE_RISK
    again = directional(size="680")
    approved(gate.place(again, gate.stamp("0.28", "0.33", equity="11000")))
    more = directional(size="680.01")
    stamp = gate.stamp("0.28", "0.33", equity="11000")
    assert code_of(gate, more, stamp) is DenialCode.TRADE_RISK


def test_a_quote_side_risks_two_per_cent_in_all_its_orders() -> None:
    gate = Gate()
    ask = an_order(NO, BUY, "0.53", "50")
    approved(gate.bundle(an_order(YES, BUY, "0.40", "250"), ask))
    assert code_of(gate, an_order(YES, BUY, "0.40", "250.01")) is DenialCode.TRADE_RISK
    approved(gate.place(an_order(YES, BUY, "0.40", "250")))


def test_a_market_takes_ten_per_cent_of_a_bot() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "2400"))
    approved(gate.bundle(an_order(YES, BUY, "0.40", "100"), an_order(NO, BUY, "0.53", "50")))
    assert code_of(gate, an_order(YES, BUY, "0.40", "13")) is DenialCode.EXPOSURE_MARKET


def test_an_event_takes_fifteen_per_cent_of_the_portfolio() -> None:
    gate = Gate(capital="1000")
    gate.hold(an_order(YES, BUY, "0.40", "740", bot=BOT_1, kind=ARB))
    gate.feed(gate.stream.capital(0, BOT_5, "500"))
    bundle = an_order(YES, BUY, "0.44", "60"), an_order(NO, BUY, "0.53", "20")
    approved(gate.bundle(*bundle, stamp=gate.stamp(equity="1500")))
    verdict = denied(gate.place(an_order(YES, BUY, "0.44", "25"), gate.stamp(equity="1500")))
    assert verdict.code is DenialCode.TRADE_RISK
    gate = Gate(capital="1000")
    gate.hold(an_order(YES, BUY, "0.40", "740", bot=BOT_1, kind=ARB))
    first = an_order(YES, BUY, "0.40", "15"), an_order(NO, BUY, "0.53", "10")
    verdict = denied(gate.bundle(*first, stamp=gate.stamp(equity="1000")))
    assert verdict.code is DenialCode.EXPOSURE_EVENT


@pytest.mark.parametrize(
    ("unallocated", "size", "code"),
    [
        ("100000", "200", DenialCode.EXPOSURE_BOT),
        ("2000", "100", DenialCode.EXPOSURE_PORTFOLIO),
        ("100000", "100", None),
    ],
)
def test_a_bot_takes_eighty_per_cent_of_itself_and_all_sixty_of_the_portfolio(
    unallocated: str, size: str, code: DenialCode | None
) -> None:
    gate = Gate(bots=(BOT_5,))
    gate.feed(gate.stream.capital(0, None, unallocated))
    for number in range(8):
        market = type(MARKET)(f"0x{number:02x}")
        gate.feed(gate.stream.listed(0, a_market(market)))
        gate.hold(an_order(YES, BUY, "0.40", "2480", market=market))
    emits = gate.bundle(an_order(YES, BUY, "0.40", size), an_order(NO, BUY, "0.53", "10"))
    if code is None:
        approved(emits)
    else:
        assert denied(emits).code is code


def test_an_outcome_takes_a_part_of_bot_sixs_budget_for_the_event() -> None:
    bot, event = BotId("bot_06"), event_of(OTHER)
    gate = Gate(bots=(bot,))
    for market in (MARKET, OTHER):
        listed = a_market(market, event=event, neg_risk=True, event_markets=2)
        gate.feed(gate.stream.listed(0, listed))
    gate.hold(an_order(YES, BUY, "0.40", "2400", bot=bot, kind=DIRECTIONAL, event=event))

    def more(size: str) -> Order:
        return an_order(
            YES, BUY, "0.30", size, bot=bot, kind=DIRECTIONAL, event=event, fair="0.5", edge="0.2"
        )

    stamp = gate.stamp("0.28", "0.33")
    assert code_of(gate, more("133.34"), stamp) is DenialCode.EXPOSURE_OUTCOME
    approved(gate.place(more("133.33"), stamp))


def test_a_bundle_across_outcomes_counts_its_legs_in_one_event() -> None:
    bot, event = BotId("bot_06"), event_of(OTHER)
    gate = Gate(bots=(bot,))
    for market in (MARKET, OTHER):
        listed = a_market(market, event=event, neg_risk=True, event_markets=2)
        gate.feed(gate.stream.listed(0, listed))
    legs = [
        an_order(YES, BUY, "0.45", "100", bot=bot, market=m, event=event, kind=ARB, bundle="b")
        for m in (MARKET, OTHER)
    ]
    approved(gate.bundle(*legs))
    assert gate.stage._account.exposure.of_event(bot, event) == 45


def test_position_count_includes_resting_openings_but_not_dust() -> None:
    gate = Gate()
    for number in range(21):
        market = type(MARKET)(f"0x{number:02x}")
        gate.feed(gate.stream.listed(0, a_market(market)))
        bid = an_order(YES, BUY, "0.40", "13", market=market)
        ask = an_order(NO, BUY, "0.53", "10", market=market)
        emits = gate.bundle(bid, ask)
        gate.feed(gate.stream.tick(gate.at + 1000))
        if number < 20:
            approved(emits)
        else:
            assert denied(emits).code is DenialCode.EXPOSURE_COUNT


def test_unhedged_legs_forbid_new_bundles() -> None:
    gate = Gate()

    def legs() -> list[Order]:
        return [
            an_order(YES, BUY, "0.44", "50", bot=BOT_1, kind=ARB, bundle="n"),
            an_order(NO, BUY, "0.53", "50", bot=BOT_1, kind=ARB, bundle="n"),
        ]

    gate.hold(an_order(YES, BUY, "0.40", "250", bot=BOT_1, kind=ARB, bundle="b"))
    approved(gate.bundle(*legs()))
    gate.hold(an_order(YES, BUY, "0.40", "1", bot=BOT_1, kind=ARB, bundle="b"))
    assert denied(gate.bundle(*legs())).code is DenialCode.EXPOSURE_LEG
    completion = an_order(NO, BUY, "0.54", "200", bot=BOT_1, kind=REDUCE, bundle="b")
    assert approved(gate.place(completion)).kinds == (REDUCE,)


def test_free_cash_counts_what_is_reserved() -> None:
    gate = Gate(capital="100")
    gate.hold(an_order(YES, BUY, "0.40", "245"))
    gate.feed(gate.stream.mark(1, "0.40", "0.58"))
    order = an_order(NO, BUY, "0.55", "4", kind=REDUCE)
    assert code_of(gate, order) is DenialCode.BAD_SIZE
    order = an_order(NO, BUY, "0.53", "100", kind=REDUCE)
    verdict = denied(gate.place(order))
    assert verdict.code is DenialCode.INSUFFICIENT_BALANCE
    assert (verdict.limit, verdict.value) == ("2", "53")


def test_no_token_is_sold_twice() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100"))
    gate.hold(an_order(NO, BUY, "0.50", "60"))
    approved(gate.place(an_order(YES, SELL, "0.50", "30", kind=REDUCE)))
    gate.feed(gate.stream.merge(gate.at, "60", BOT_5))
    assert gate.stage._state.merges
    verdict = denied(gate.place(an_order(YES, SELL, "0.50", "10.01", kind=REDUCE)))
    assert verdict.code in (DenialCode.INSUFFICIENT_BALANCE, DenialCode.NOT_WHITELISTED)
    approved(gate.place(an_order(YES, SELL, "0.50", "10", kind=REDUCE)))


def test_the_order_bucket_keeps_a_fifth_for_reduce() -> None:
    gate = Gate(bots=(BOT_1, BOT_4))
    gate.hold(an_order(YES, BUY, "0.30", "100", bot=BOT_1, kind=ARB))
    for _ in range(48):
        approved(gate.place(directional("0.30", "17"), gate.stamp("0.28", "0.33")))
    stamp = gate.stamp("0.28", "0.33")
    assert code_of(gate, directional("0.30", "17"), stamp) is DenialCode.RATE_LIMIT
    reduce = an_order(YES, SELL, "0.40", "100", bot=BOT_1, kind=REDUCE)
    approved(gate.place(reduce, gate.stamp("0.30", "0.33")))
    gate.feed(gate.stream.tick(gate.at + 50))
    approved(gate.place(directional("0.30", "17"), gate.stamp("0.28", "0.33")))


def test_a_bundle_takes_a_token_per_leg_or_none() -> None:
    gate = Gate()
    for _ in range(14):
        approved(gate.bundle(an_order(YES, BUY, "0.40", "13"), an_order(NO, BUY, "0.53", "10")))
    approved(gate.place(an_order(YES, BUY, "0.40", "13")))
    both = an_order(YES, BUY, "0.40", "13"), an_order(NO, BUY, "0.53", "10")
    assert denied(gate.bundle(*both)).code is DenialCode.RATE_LIMIT
    approved(gate.place(an_order(YES, BUY, "0.40", "13")))


def short_market() -> Gate:
    gate = Gate()
    window = (0, 15 * MINUTE)
    gate.feed(gate.stream.listed(1, a_market(window=window)))
    return gate


def quotes(size: str = "100") -> tuple[Order, Order]:
    return an_order(YES, BUY, "0.45", size), an_order(NO, BUY, "0.53", "50")


def test_windows_are_open_to_the_profiles_bots_until_they_stop() -> None:
    gate = short_market()
    gate.feed(gate.stream.tick(15 * MINUTE - 150_001))
    approved(gate.bundle(*quotes()))
    gate.feed(gate.stream.tick(15 * MINUTE - 150_000))
    assert denied(gate.bundle(*quotes())).code is DenialCode.MARKET_CLOSED
    gate.hold(an_order(YES, BUY, "0.40", "100"))
    for entry in list(gate.stage._account.orders.all()):
        gate.feed(gate.stream.canceled(gate.at, entry.order))
    approved(gate.place(an_order(YES, SELL, "0.50", "100", kind=REDUCE)))


def test_windows_have_their_own_limits_and_freshness() -> None:
    gate = short_market()
    assert denied(gate.bundle(*quotes("222.23"))).code is DenialCode.TRADE_RISK
    approved(gate.bundle(*quotes("222.22")))
    stamp = gate.stamp(age=2001)
    assert denied(gate.bundle(*quotes("10"), stamp=stamp)).code is DenialCode.STALE_DATA
    stamp = gate.stamp(heard=5001)
    assert denied(gate.bundle(*quotes("10"), stamp=stamp)).code is DenialCode.STALE_DATA


def test_windows_that_end_together_share_a_limit() -> None:
    gate = Gate()
    window = (0, 15 * MINUTE)
    codes = []
    for number in range(6):
        market = type(MARKET)(f"0x{number:02x}")
        gate.feed(gate.stream.listed(1, a_market(market, window=window)))
        bid = an_order(YES, BUY, "0.45", "220", market=market)
        ask = an_order(NO, BUY, "0.53", "10", market=market)
        emits = gate.bundle(bid, ask)
        codes += [verdict.code for verdict in of_type(emits, IntentDenied)]
    assert codes == [DenialCode.EXPOSURE_MARKET, DenialCode.EXPOSURE_MARKET]


def test_windows_are_closed_to_other_bots_to_live_money_and_when_too_short() -> None:
    gate = gate_4()
    gate.feed(gate.stream.listed(1, a_market(window=(0, 15 * MINUTE))))
    assert code_of(gate, directional(), gate.stamp("0.28", "0.33")) is DenialCode.MARKET_CLOSED
    gate = Gate(rules=shipped_rules(Money.LIVE))
    gate.feed(gate.stream.listed(1, a_market(window=(0, 15 * MINUTE))))
    assert denied(gate.bundle(*quotes())).code is DenialCode.MARKET_CLOSED
    gate = Gate()
    gate.feed(gate.stream.listed(1, a_market(window=(0, 5 * MINUTE))))
    assert denied(gate.bundle(*quotes())).code is DenialCode.MARKET_CLOSED


def test_the_same_intent_again_gets_the_same_verdict_word_for_word() -> None:
    gate = gate_4()
    intent = gate.intent(directional(), gate.stamp("0.28", "0.33"))
    first = approved(gate.feed(intent))
    gate.feed(gate.stream.tick(9000))
    assert approved(gate.feed(intent)) == first
    assert gate.stage._account.orders.reserved_cash(BOT_4) == 30
    bad = gate.intent(directional("0.60"), gate.stamp("0.28", "0.65"))
    assert denied(gate.feed(bad)) == denied(gate.feed(bad))


def test_another_payload_under_a_known_id_is_a_duplicate() -> None:
    gate = gate_4()
    order = directional()
    approved(gate.place(order, gate.stamp("0.28", "0.33")))
    other = msgspec.structs.replace(order, size=Decimal(50))
    assert code_of(gate, other, gate.stamp("0.28", "0.33")) is DenialCode.DUPLICATE
    approved(gate.place(order, gate.stamp("0.28", "0.33")))


def test_a_bot_that_never_started_may_not_even_reduce() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100", bot=BOT_8))
    order = an_order(YES, SELL, "0.50", "100", bot=BOT_8, kind=REDUCE)
    verdict = denied(gate.place(order))
    assert verdict.code is DenialCode.BOT_NOT_ACTIVE
    assert verdict.value == BotState.IDLE
    mine = msgspec.structs.replace(
        an_order(YES, SELL, "0.50", "100", bot=BOT_8, kind=REDUCE), operator=True
    )
    approved(gate.place(mine))


def test_the_memory_of_verdicts_is_bounded_by_number_and_age() -> None:
    gate = gate_4()
    for _ in range(DECISIONS_KEPT + 10):
        gate.place(directional("0.60"), gate.stamp("0.28", "0.65"))
    assert len(gate.stage._state.decided) == DECISIONS_KEPT
    gate.feed(gate.stream.tick(gate.at + DECISIONS_KEPT_MS + 1))
    gate.place(directional("0.60"), gate.stamp("0.28", "0.65"))
    assert len(gate.stage._state.decided) == 1


def test_an_open_order_is_known_even_when_its_verdict_is_forgotten() -> None:
    gate = gate_4()
    order = directional()
    approved(gate.place(order, gate.stamp("0.28", "0.33")))
    gate.stage._state.decided.clear()
    assert code_of(gate, order, gate.stamp("0.28", "0.33")) is DenialCode.DUPLICATE


def test_orders_of_one_batch_may_not_cross_each_other() -> None:
    gate = Gate()
    bid = an_order(YES, BUY, "0.46", "20", bot=BOT_5, bundle="q")
    other = an_order(NO, BUY, "0.54", "20", bot=BOT_5, bundle="q")
    verdict = denied(gate.bundle(bid, other, stamp=gate.stamp("0.44", "0.50")))
    assert (verdict.code, verdict.order) == (DenialCode.SELF_CROSS, other)
    wide = an_order(NO, BUY, "0.53", "20", bot=BOT_5, bundle="r")
    again = an_order(YES, BUY, "0.46", "20", bot=BOT_5, bundle="r")
    approved(gate.bundle(again, wide, stamp=gate.stamp("0.44", "0.50")))


def test_selling_a_leg_of_a_pair_risks_what_the_other_leg_could_lose() -> None:
    """K = 1057.50, YES wins 100: 957.50; without the YES tokens, which cost 40: 1017.50."""
    gate = Gate()
    gate.hold(an_order(NO, BUY, "0.55", "1850", bot=BOT_5))
    gate.hold(an_order(YES, BUY, "0.40", "100", bot=BOT_5))
    approved(gate.place(an_order(YES, BUY, "0.45", "20", bot=BOT_5, kind=REDUCE)))
    verdict = denied(gate.place(an_order(YES, SELL, "0.47", "100", bot=BOT_5)))
    assert (verdict.code, verdict.value) == (DenialCode.EXPOSURE_MARKET, "1017.5")
    approved(gate.place(an_order(YES, SELL, "0.47", "70", bot=BOT_5)))


def test_more_no_tokens_risk_more_where_yes_wins() -> None:
    gate = Gate()
    gate.hold(an_order(NO, BUY, "0.50", "1900", bot=BOT_5))
    approved(gate.place(an_order(NO, SELL, "0.57", "20", bot=BOT_5, kind=REDUCE)))
    verdict = denied(
        gate.place(an_order(NO, BUY, "0.50", "120", bot=BOT_5), gate.stamp("0.44", "0.55"))
    )
    assert (verdict.code, verdict.value) == (DenialCode.EXPOSURE_MARKET, "1010")
