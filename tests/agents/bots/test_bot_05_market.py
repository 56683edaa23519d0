from decimal import Decimal

import msgspec
import pytest

from agents.bots.bot_05_market import (
    MakerMarket,
    base_dollars,
    observe_book,
    observe_fill,
    observe_trade,
    sigma_of,
    toxicity_of,
)
from agents.bots.bot_05_numbers import maker_numbers
from configs.bots import MarketMakerParameters, load_bot
from configs.profiles import load_profiles
from schemas.ids import OrderId
from schemas.trading import Fill
from schemas.values import Action, IntentKind, OrderStatus, Side
from streams.volatility import VolatilityState
from tests.agents.bots.views import Levels, view
from tests.agents.tape import ACCOUNT, BOT_5, START, Tape, market

STANDARD = load_bot(MarketMakerParameters, "bot_05_market_maker.yaml")
NUMBERS = maker_numbers(STANDARD, None)
SHORT = maker_numbers(STANDARD, load_profiles().short_horizon)
HALF = Decimal("0.5")
EQUITY = Decimal(10_000)


def see(
    memory: MakerMarket, seconds: float, bid: str, ask: str, stale: str = "", tick: int = 100
) -> None:
    book: tuple[Levels, Levels] = ({bid: 100}, {ask: 100})
    now = START + int(seconds * 1000)
    seen = view(*book, of=market(tick=tick), now=now, stale=stale)
    observe_book(memory, seen, NUMBERS, STANDARD)


def test_volatility_is_that_of_the_specification() -> None:
    memory = MakerMarket()
    for minute, (bid, ask) in enumerate(
        [("0.49", "0.51"), ("0.495", "0.515"), ("0.49", "0.51"), ("0.50", "0.52")]
    ):
        see(memory, minute * 60, bid, ask, tick=50)
    seen = view({"0.50": 100}, {"0.52": 100})
    assert sigma_of(memory, seen, NUMBERS) == pytest.approx(0.160146, abs=1e-6)


def test_there_is_no_volatility_before_the_second_sample() -> None:
    memory = MakerMarket()
    see(memory, 0, "0.49", "0.51")
    see(memory, 59, "0.50", "0.52")
    assert sigma_of(memory, view({"0.5": 1}, {"0.6": 1}), NUMBERS) is None


def test_the_short_horizon_floor_holds_from_the_start() -> None:
    window = market(window_s=900)
    seen = view({"0.49": 9}, {"0.51": 9}, of=window, now=START + 300_000)
    assert sigma_of(MakerMarket(), seen, SHORT) == pytest.approx(3.919184, abs=1e-6)


def test_a_stale_book_teaches_nothing() -> None:
    memory = MakerMarket()
    see(memory, 0, "0.49", "0.51", stale="feed-silent")
    assert memory == MakerMarket()


def volatile(sigma: float) -> MakerMarket:
    return MakerMarket(volatility=VolatilityState(0.0, START, sigma * sigma))


def test_a_jump_pulls_for_a_minute() -> None:
    memory = volatile(0.3)
    see(memory, 1.0, "0.49", "0.51")
    see(memory, 1.5, "0.47", "0.49")
    assert memory.pulled_by == "mid-jump"
    assert memory.pulled_until == START + 1_500 + 60_000


def test_the_same_move_in_more_than_a_second_is_no_jump() -> None:
    memory = volatile(0.3)
    see(memory, 1.0, "0.49", "0.51")
    see(memory, 2.1, "0.47", "0.49")
    assert memory.pulled_until == 0


def test_one_tick_is_no_jump_however_calm_the_market() -> None:
    memory = volatile(0.02)
    see(memory, 1.0, "0.49", "0.51")
    see(memory, 1.1, "0.50", "0.52")
    assert memory.pulled_until == 0


def test_a_volatile_market_may_move_more() -> None:
    memory = volatile(1.0)  # 4σ of a second are 1.7 cents at the money
    see(memory, 1.0, "0.495", "0.515", tick=50)
    see(memory, 1.1, "0.51", "0.53", tick=50)
    assert memory.pulled_until == 0
    see(memory, 1.2, "0.53", "0.55", tick=50)
    assert memory.pulled_by == "mid-jump"


def test_toxicity_is_unknown_before_a_full_bucket() -> None:
    tape, memory = Tape(), MakerMarket()
    where = market(volume_24h="5000")  # a bucket is 100 dollars
    seen = view({"0.49": 9}, {"0.51": 9}, of=where)
    observe_trade(memory, tape.trade(where, Action.BUY, "0.50", 199), seen, NUMBERS, 0)
    assert toxicity_of(memory) == 0.7
    observe_trade(memory, tape.trade(where, Action.BUY, "0.50", 2), seen, NUMBERS, 0)
    assert toxicity_of(memory) == 1.0
    observe_trade(memory, tape.trade(where, Action.SELL, "0.50", 201), seen, NUMBERS, 0)
    assert toxicity_of(memory) == 0.0


def test_without_a_known_volume_toxicity_stays_unknown() -> None:
    tape, memory, where = Tape(), MakerMarket(), market(volume_24h="0")
    seen = view({"0.49": 9}, {"0.51": 9}, of=where)
    observe_trade(memory, tape.trade(where, Action.BUY, "0.50", 5000), seen, NUMBERS, 0)
    assert toxicity_of(memory) == 0.7
    assert memory.traded == 2_500_000_000


def test_a_windows_bucket_is_a_share_of_the_window_before() -> None:
    tape, memory, where = Tape(), MakerMarket(), market(window_s=900)
    seen = view({"0.49": 9}, {"0.51": 9}, of=where)
    previous = 20_000 * 1_000_000  # a bucket is 100 dollars
    observe_trade(memory, tape.trade(where, Action.BUY, "0.50", 200), seen, SHORT, 0)
    assert toxicity_of(memory) == 0.7
    observe_trade(memory, tape.trade(where, Action.BUY, "0.50", 200), seen, SHORT, previous)
    assert toxicity_of(memory) == 1.0


def test_a_mirrored_print_counts_once() -> None:
    tape, memory, where = Tape(), MakerMarket(), market()
    seen = view({"0.49": 9}, {"0.51": 9}, of=where)
    print_ = tape.trade(where, Action.BUY, "0.50", 10)
    mirror = msgspec.structs.replace(print_, event_id="mirror", leg=1)
    observe_trade(memory, print_, seen, NUMBERS, 0)
    observe_trade(memory, mirror, seen, NUMBERS, 0)
    assert memory.traded == 5_000_000


def fill(tape: Tape, number: int, action: Action, price: str) -> Fill:
    where = market()
    return Fill(
        **tape.head(),
        trade_id=f"t{number}",
        order_id=OrderId(f"o{number}"),
        bot_id=BOT_5,
        account_id=ACCOUNT,
        venue_event_id=where.venue_event_id,
        market_id=where.market_id,
        token_id=where.yes_token_id,
        side=Side.YES,
        action=action,
        kind=IntentKind.MM,
        price=Decimal(price),
        size=Decimal(10),
        cumulative=Decimal(10),
        fee=Decimal(0),
        status=OrderStatus.FILLED,
        mid=Decimal("0.50"),
    )


def trade_for(memory: MakerMarket, prices: list[str], then: tuple[str, str]) -> None:
    tape = Tape()
    for number, price in enumerate(prices):
        observe_fill(memory, fill(tape, number, Action.BUY, price), START)
    see(memory, 299.9, "0.10", "0.12")
    assert memory.per_dollar == []
    see(memory, 301, *then)


def test_markouts_are_per_dollar_and_five_minutes_later() -> None:
    memory = MakerMarket()
    trade_for(memory, ["0.40", "0.50"], ("0.43", "0.45"))
    assert memory.per_dollar == pytest.approx([0.1, -0.12])


def test_the_base_is_fixed_until_two_hundred_fills() -> None:
    memory = MakerMarket(per_dollar=[0.9] * 199)
    assert base_dollars(memory, NUMBERS, STANDARD, EQUITY, HALF) == 100
    assert base_dollars(memory, SHORT, STANDARD, EQUITY, HALF) == 50


def test_then_it_is_half_kelly_of_the_markouts_up_to_two_percent() -> None:
    good = MakerMarket(per_dollar=[0.02, -0.01] * 100)
    # ē 0.005, v̄ 0.00022613: ½·22.1 of E_b, so the cap decides.
    assert base_dollars(good, NUMBERS, STANDARD, EQUITY, HALF) == 200
    poor = MakerMarket(per_dollar=[1.01, -0.99] * 100)
    # ē 0.01, v̄ 1.00503: ½·0.00995·10,000 dollars.
    assert float(base_dollars(poor, NUMBERS, STANDARD, EQUITY, HALF)) == pytest.approx(49.75)
    assert base_dollars(good, SHORT, STANDARD, EQUITY, HALF) == 50


def test_markouts_not_above_zero_stop_the_market_for_a_day() -> None:
    memory = MakerMarket()
    trade_for(memory, ["0.50"] * 200, ("0.49", "0.51"))
    assert memory.stopped_until == START + 301_000 + 86_400_000
    assert memory.per_dollar == []


def test_markouts_above_zero_do_not() -> None:
    memory = MakerMarket()
    trade_for(memory, ["0.50"] * 250, ("0.50", "0.52"))
    assert memory.stopped_until == 0
    assert len(memory.per_dollar) == 200


def test_fitted_arrivals_reach_the_model_but_not_that_of_windows() -> None:
    fitted = STANDARD.model_copy(update={"arrivals": 60.0})
    assert maker_numbers(fitted, None).quote.arrivals == 60.0
    assert maker_numbers(fitted, load_profiles().short_horizon).quote.arrivals is None
    assert NUMBERS.quote.arrivals is None
