"""Episodes: from flat to flat, bundles, blocks of short windows, tails (D-10, C.4)."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec
import pytest

from agents.stages.gate_rules import account_rules
from configs.paper import load_paper
from configs.profiles import load_profiles
from configs.risk import load_risk
from schemas.envelope import Message
from schemas.ids import BotId, MarketId, VenueEventId
from schemas.market import Market
from schemas.trading import Order
from schemas.values import Action, IntentKind, Side
from streams.account import Account
from streams.account_facts import Fact
from streams.account_state import AccountRules
from streams.episode_book import unmatched
from streams.episodes import ClosedEpisode
from tests.streams.account_messages import (
    ACCOUNT,
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
    Stream,
    a_market,
    an_order,
)

BOT_6, BOT_8 = BotId("bot_06"), BotId("bot_08")
HOUR = 3_600_000
MINUTE = 60_000


RULES: AccountRules = account_rules(load_risk(), load_profiles(), load_paper())


class Case:
    """An account without limits on who trades what."""

    def __init__(self, *markets: Market) -> None:
        self.stream = Stream()
        self.account = Account(ACCOUNT, RULES)
        for bot in (BOT_1, BOT_5, BOT_6, BOT_8):
            self.feed(self.stream.capital(0, bot, "100000"))
        for market in markets or (a_market(),):
            self.feed(self.stream.listed(0, market))

    def feed(self, *messages: Message) -> list[ClosedEpisode]:
        facts: list[Fact] = []
        for message in messages:
            facts += self.account.apply(message)
        return [fact for fact in facts if isinstance(fact, ClosedEpisode)]

    def trade(
        self,
        at: int,
        side: Side,
        action: Action,
        price: str,
        size: str,
        *,
        bot: BotId = BOT_5,
        market: MarketId = MARKET,
        kind: IntentKind = MM,
        fee: str = "0",
        bundle: str = "",
        event: VenueEventId | None = None,
    ) -> list[ClosedEpisode]:
        order = an_order(
            side,
            action,
            price,
            size,
            bot=bot,
            market=market,
            kind=kind,
            bundle=bundle,
            event=event,
        )
        return self.feed(self.stream.fill(at, order, fee=fee))


def pnls(episodes: Iterable[ClosedEpisode]) -> list[Decimal]:
    return [episode.pnl for episode in episodes]


def test_a_position_bought_and_sold_is_one_episode() -> None:
    case = Case()
    assert case.trade(1, YES, BUY, "0.40", "60") == []
    assert case.trade(2, YES, BUY, "0.42", "40") == []
    assert case.trade(3, YES, SELL, "0.45", "50") == []
    (closed,) = case.trade(4, YES, SELL, "0.44", "50")
    assert closed.pnl == Decimal("22.5") + 22 - 24 - Decimal("16.8")
    assert (closed.reason, closed.opened_at) == ("sold", T0 + 1)


def test_buying_the_complement_closes_as_well_and_a_merge_neither_opens_nor_closes() -> None:
    case = Case()
    case.trade(1, YES, BUY, "0.40", "100")
    (closed,) = case.trade(2, NO, BUY, "0.55", "100")
    assert (closed.pnl, closed.reason) == (Decimal(5), "merged")
    assert case.feed(case.stream.merged(3, "100", bot=BOT_5)) == []
    case.trade(4, NO, BUY, "0.50", "20")
    assert pnls(case.trade(5, NO, SELL, "0.52", "20")) == [Decimal("0.4")]


def test_gas_of_a_merge_belongs_to_the_open_episode_only() -> None:
    case = Case()
    case.trade(1, YES, BUY, "0.40", "100")
    case.trade(2, NO, BUY, "0.55", "60")
    case.feed(case.stream.merged(3, "60", bot=BOT_5, gas="0.25"))
    assert pnls(case.trade(4, YES, SELL, "0.40", "40")) == [3 - Decimal("0.25")]


def test_a_fill_that_crosses_zero_closes_one_and_opens_another() -> None:
    case = Case()
    case.trade(1, YES, BUY, "0.40", "100")
    (closed,) = case.trade(2, NO, BUY, "0.55", "150", fee="1.5")
    assert closed.pnl == 5 - Decimal("1.5")
    (closed,) = case.trade(3, NO, SELL, "0.60", "50")
    assert closed.pnl == Decimal("2.5")
    assert closed.opened_at == T0 + 2


def test_dust_is_flat() -> None:
    case = Case()
    assert case.trade(1, YES, BUY, "0.40", "4.99") == []
    case.trade(2, YES, BUY, "0.40", "5.01")
    (closed,) = case.trade(3, YES, SELL, "0.40", "6")
    assert closed.opened_at == T0 + 2
    assert case.trade(4, YES, SELL, "0.40", "4") == []


def test_a_resolution_closes_at_the_payout() -> None:
    case = Case()
    case.trade(1, YES, BUY, "0.40", "100")
    case.trade(1, NO, BUY, "0.50", "40")
    (closed,) = case.feed(case.stream.resolved(2, "1"))
    assert (closed.pnl, closed.reason) == (Decimal(40), "resolved")
    assert case.feed(case.stream.resolved(3, "0")) == []


def legs(size: str = "100", yes: str = "0.48", no: str = "0.50") -> tuple[Order, Order]:
    return (
        an_order(YES, BUY, yes, size, bot=BOT_1, kind=ARB, bundle="b"),
        an_order(NO, BUY, no, size, bot=BOT_1, kind=ARB, bundle="b"),
    )


def test_a_bundle_closes_when_its_legs_are_even_and_nothing_rests() -> None:
    case, (yes, no) = Case(), legs()
    case.feed(case.stream.placed(1, yes), case.stream.placed(1, no))
    assert case.feed(case.stream.fill(2, yes, "60", cumulative="60")) == []
    assert case.feed(case.stream.fill(3, no, "60", cumulative="60")) == []
    assert case.feed(case.stream.fill(4, yes, "40", cumulative="100")) == []
    (closed,) = case.feed(case.stream.fill(5, no, "40", cumulative="100"))
    assert (closed.pnl, closed.reason) == (Decimal(2), "bundle")


def test_a_partly_filled_bundle_closes_when_its_even_rest_is_cancelled() -> None:
    case, (yes, no) = Case(), legs()
    case.feed(case.stream.placed(1, yes), case.stream.placed(1, no))
    case.feed(case.stream.fill(2, yes, "60", cumulative="60"))
    case.feed(case.stream.fill(3, no, "60", cumulative="60"))
    assert case.feed(case.stream.canceled(4, yes, "60")) == []
    assert pnls(case.feed(case.stream.canceled(5, no, "60"))) == [Decimal("1.2")]


def test_a_broken_bundle_is_one_result_when_its_last_excess_is_gone() -> None:
    case, (yes, no) = Case(), legs()
    case.feed(case.stream.placed(1, yes), case.stream.placed(1, no))
    case.feed(case.stream.fill(2, yes))
    case.feed(case.stream.fill(3, no, "40", cumulative="40"))
    assert case.feed(case.stream.canceled(4, no, "40")) == []
    assert list(unmatched(case.account.state.episodes, BOT_1)) == [(MARKET, Decimal(60))]
    assert case.trade(5, NO, BUY, "0.52", "30", bot=BOT_1, kind=REDUCE, bundle="b") == []
    (closed,) = case.trade(6, YES, SELL, "0.40", "30", bot=BOT_1, kind=REDUCE, bundle="b")
    assert closed.pnl == Decimal("0.8") + 0 - Decimal("2.4")


def test_a_refused_leg_leaves_a_bundle_that_is_not_even() -> None:
    case, (yes, no) = Case(), legs()
    case.feed(case.stream.placed(1, yes), case.stream.rejected(1, no))
    assert case.feed(case.stream.fill(2, yes)) == []
    (closed,) = case.feed(case.stream.resolved(3, "0"))
    assert (closed.pnl, closed.reason) == (Decimal(-48), "resolved")


def test_a_bundle_that_never_filled_is_forgotten() -> None:
    case, (yes, no) = Case(), legs()
    case.feed(case.stream.placed(1, yes), case.stream.placed(1, no))
    assert case.feed(case.stream.canceled(2, yes), case.stream.canceled(2, no)) == []
    assert case.account.state.episodes.running == {}


def test_a_reduce_without_a_bundle_unwinds_the_broken_one() -> None:
    case, (yes, no) = Case(), legs()
    case.feed(case.stream.placed(1, yes), case.stream.placed(1, no))
    case.feed(case.stream.fill(2, yes), case.stream.canceled(3, no))
    (closed,) = case.trade(4, YES, SELL, "0.47", "100", bot=BOT_1, kind=REDUCE)
    assert closed.pnl == Decimal(-1)


def test_a_makers_quotes_are_no_bundle_though_they_came_in_one_batch() -> None:
    case = Case()
    order = an_order(YES, BUY, "0.40", "100", bundle="quotes")
    case.feed(case.stream.placed(1, order), case.stream.fill(2, order))
    assert pnls(case.trade(3, YES, SELL, "0.41", "100")) == [Decimal(1)]


def test_a_set_over_several_outcomes_closes_at_its_locked_floor() -> None:
    event = VenueEventId("election")
    ids = [MarketId(f"0x{number}") for number in range(3)]
    listed = [a_market(m, event=event, neg_risk=True, event_markets=3) for m in ids]
    case = Case(*listed)
    orders = [
        an_order(
            YES, BUY, price, "100", bot=BOT_6, market=market, event=event, kind=ARB, bundle="s"
        )
        for market, price in zip(ids, ("0.42", "0.31", "0.245"), strict=True)
    ]
    case.feed(*(case.stream.placed(1, order) for order in orders))
    assert case.feed(case.stream.fill(2, orders[0]), case.stream.fill(3, orders[1])) == []
    assert pnls(case.feed(case.stream.fill(4, orders[2]))) == [Decimal("2.5")]


def window(market: MarketId, start: int) -> Market:
    return a_market(market, window=(start, start + 15 * MINUTE))


def test_windows_of_one_series_and_block_are_one_episode() -> None:
    first, second, third = MarketId("0x1"), MarketId("0x2"), MarketId("0x3")
    case = Case(window(first, 0), window(second, HOUR), window(third, 4 * HOUR - 15 * MINUTE))
    case.trade(MINUTE, YES, BUY, "0.50", "100", market=first)
    case.trade(2 * MINUTE, YES, SELL, "0.49", "100", market=first)
    assert case.feed(case.stream.resolved(15 * MINUTE, "1", first)) == []
    case.trade(HOUR + MINUTE, NO, BUY, "0.40", "100", market=second)
    assert case.feed(case.stream.resolved(2 * HOUR, "0", second)) == []
    assert case.feed(case.stream.tick(4 * HOUR - 1)) == []
    (closed,) = case.feed(case.stream.tick(4 * HOUR))
    assert (closed.pnl, closed.reason) == (Decimal(59), "resolved")
    case.trade(4 * HOUR, YES, BUY, "0.50", "100", market=third)
    assert case.feed(case.stream.tick(8 * HOUR - 1)) == []
    assert case.feed(case.stream.tick(8 * HOUR)) == []
    assert pnls(case.feed(case.stream.resolved(8 * HOUR + 1, "0", third))) == [Decimal(-50)]


def test_bundles_in_windows_belong_to_the_block_and_late_fills_too() -> None:
    market = MarketId("0x1")
    case = Case(window(market, 0))
    yes = an_order(YES, BUY, "0.45", "100", bot=BOT_1, market=market, kind=ARB, bundle="b")
    case.feed(case.stream.placed(1, yes), case.stream.fill(2, yes))
    case.feed(case.stream.resolved(15 * MINUTE, "1", market))
    case.trade(15 * MINUTE + 1, YES, SELL, "0.90", "10", bot=BOT_1, market=market, kind=REDUCE)
    assert pnls(case.feed(case.stream.tick(4 * HOUR))) == [Decimal(54)]


def test_tails_of_one_event_are_one_episode() -> None:
    event = VenueEventId("event")
    case = Case(a_market(MARKET, event=event), a_market(OTHER, event=event))
    for market in (MARKET, OTHER):
        case.trade(
            1, YES, BUY, "0.10", "50", bot=BOT_8, market=market, kind=DIRECTIONAL, event=event
        )
    assert case.feed(case.stream.resolved(2, "0", MARKET)) == []
    assert pnls(case.feed(case.stream.resolved(3, "1", OTHER))) == [Decimal(40)]


def test_a_tail_bots_quotes_are_counted_by_market() -> None:
    case = Case()
    case.trade(1, YES, BUY, "0.10", "50", bot=BOT_8, kind=MM)
    assert pnls(case.trade(2, YES, SELL, "0.12", "50", bot=BOT_8, kind=REDUCE)) == [Decimal(1)]


@pytest.mark.parametrize("payout", ["0", "0.5", "1"])
def test_results_add_up_to_the_change_of_equity(payout: str) -> None:
    case, (yes, no) = Case(), legs()
    books = case.account.state.ledger.bots[BOT_1]
    closed = case.feed(case.stream.placed(1, yes), case.stream.placed(1, no))
    closed += case.feed(case.stream.fill(2, yes), case.stream.fill(3, no, "70", cumulative="70"))
    closed += case.feed(case.stream.canceled(4, no, "70"))
    closed += case.trade(5, YES, BUY, "0.30", "20", bot=BOT_1, kind=DIRECTIONAL)
    closed += case.trade(6, YES, SELL, "0.33", "20", bot=BOT_1, kind=MM)
    closed += case.feed(case.stream.resolved(7, payout))
    assert sum(pnls(closed)) == books.equity - 100000


def test_state_survives_json() -> None:
    case, (yes, no) = Case(), legs()
    case.feed(case.stream.placed(1, yes), case.stream.placed(1, no), case.stream.fill(2, yes))
    encoded = msgspec.json.encode(case.account.state)
    assert msgspec.json.decode(encoded, type=type(case.account.state)) == case.account.state
