"""Rebates are earned at fills and paid at the next 00:00 UTC (STRATEGIES.md A.5)."""

from decimal import Decimal

import pytest

from schemas.market import FeeSchedule, Market
from schemas.pairs import RebatePaid
from schemas.values import Action
from streams.paper_exchange import PaperExchange
from streams.paper_reports import Report
from streams.queue_models import RiskAverse
from tests.streams.paper_tape import (
    ACCOUNT,
    BOT,
    MARKET,
    START,
    WIDE,
    approve,
    bid,
    give,
    market,
    opened,
    tick,
    trade,
)

DAY_MS = 86_400_000
TO_MIDNIGHT = DAY_MS - START % DAY_MS
"""From the tape's start to the next 00:00 UTC, ms."""
CRYPTO = market(fee=FeeSchedule(rate=Decimal("0.07")), category="crypto")


def filled(size: float, it: Market = CRYPTO) -> PaperExchange:
    """An exchange with one bid at 0.48 that somebody sold `size` shares into."""
    exchange = opened(it=it, bids=[("0.47", 900)])
    give(exchange, approve(0, bid("a", "0.48", size)), tick(1_000))
    said = give(exchange, trade(2_000, Action.SELL, "0.48", size), tick(4_000))
    assert said
    return exchange


def paid(said: list[Report]) -> list[RebatePaid]:
    return [report for report in said if isinstance(report, RebatePaid)]


def test_a_day_of_less_than_a_dollar_is_dropped() -> None:
    exchange = filled(100)
    # 100 shares at 0.48: 0.07 x 0.48 x 0.52 x 100 = 1.7472, of which a fifth is below a dollar.
    assert paid(give(exchange, tick(TO_MIDNIGHT + 1_000), tick(TO_MIDNIGHT + 2_000))) == []
    assert exchange._state.rebates.unpaid == Decimal("0.34944")


def test_what_reaches_a_dollar_is_paid_once_per_bot_and_market() -> None:
    exchange = filled(300)
    assert paid(give(exchange, tick(TO_MIDNIGHT - 1), tick(TO_MIDNIGHT))) == []
    said = paid(give(exchange, tick(TO_MIDNIGHT + 1_000), tick(TO_MIDNIGHT + DAY_MS * 2)))
    assert [(each.bot_id, each.market_id, each.amount, each.day) for each in said] == [
        (BOT, MARKET, Decimal("1.04832"), START - START % DAY_MS)
    ]
    assert said[0].event_time >= START + TO_MIDNIGHT
    assert exchange._state.rebates.earned == {}


@pytest.mark.parametrize(
    ("share", "amount"), [("0.25", Decimal("1.31040")), ("0", None), (None, Decimal("1.04832"))]
)
def test_the_markets_own_share_comes_before_its_categorys(
    share: str | None, amount: Decimal | None
) -> None:
    fee = FeeSchedule(rate=Decimal("0.07"), rebate_share=None if share is None else Decimal(share))
    exchange = filled(300, market(fee=fee, category="crypto"))
    said = paid(give(exchange, tick(TO_MIDNIGHT + 1_000), tick(TO_MIDNIGHT + 5_000)))
    assert [each.amount for each in said] == ([] if amount is None else [amount])


def test_a_restored_exchange_owes_the_same() -> None:
    exchange = filled(300)
    twin = PaperExchange(WIDE, RiskAverse(), ACCOUNT)
    twin.restore(exchange.snapshot())
    end = [tick(TO_MIDNIGHT + 1_000), tick(TO_MIDNIGHT + 5_000)]
    assert give(twin, *end) == give(exchange, *end) != []
