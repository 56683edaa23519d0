"""Bot 9 in the closed loop: advice after each close and every hour, and never an order."""

from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Running
from agents.bots.bot_09_kelly_optimizer import KellyOptimizer, OpenPosition
from configs.bots import load_bot
from configs.bots_patient import KellyOptimizerParameters
from configs.rules import load_rules
from schemas.ids import AccountId, BotId, MarketId, OrderId
from schemas.portfolio import PositionClosed
from schemas.risk import SizingAdvice
from schemas.trading import Fill
from schemas.values import Action, IntentKind, OrderStatus, Side
from streams.advice import advise, in_force
from tests.agents.bots.directional_loop import Loop
from tests.agents.tape import ACCOUNT, BOT_5, START, market
from topics.catalog import ADVICE, GATE_INPUTS

OWN = load_bot(KellyOptimizerParameters, "bot_09_kelly_optimizer.yaml")
BOT_7 = BotId("bot_07")
HOUR = 3_600_000


def loop() -> Loop:
    return Loop(Running(KellyOptimizer(OWN, load_rules())), market("m"))


def told(made: Loop, bot_id: BotId, most: str, drawn: str) -> None:
    view = msgspec.structs.replace(
        made.tape.account(bot_id), lambda_max=Decimal(most), drawdown_share=Decimal(drawn)
    )
    made.feed(view)


def closed(
    made: Loop,
    bot_id: BotId = BOT_7,
    *,
    price: str = "0.18",
    payout: str | None = "1",
    pnl: str = "0",
) -> SizingAdvice | None:
    found = made.feed(
        PositionClosed(
            **made.tape.head(),
            episode_id=f"episode-{made.tape.now}",
            bot_id=bot_id,
            market_id=made.where.market_id,
            pnl=Decimal(pnl),
            opened_at=made.tape.now - HOUR,
            reason="resolved" if payout is not None else "sold",
            shares=Decimal(100),
            risked=100 * Decimal(price),
            payout=None if payout is None else Decimal(payout),
        )
    )
    said = [each for each in found if isinstance(each, SizingAdvice)]
    assert len({each.event_id for each in said}) <= 1
    return said[0] if said else None


def test_the_fifth_worked_example_end_to_end() -> None:
    made = loop()
    told(made, BOT_7, "0.20", "0.4")
    last = None
    for index in range(40):
        last = closed(made, payout="1" if index < 12 else "0")
    assert last is not None
    assert last.sizing_lambda == pytest.approx(Decimal("0.080384"), abs=Decimal("1e-6"))
    assert (last.bot_id, last.n) == (BOT_7, 40)
    assert last.p_post == pytest.approx(0.26)
    assert last.valid_until == made.now + HOUR
    topics = {emit.topic for emit in made.emitted if emit.message is last}
    assert topics == {ADVICE, GATE_INPUTS}
    assert made.orders() == []


def test_few_closes_are_half_and_drawdown_takes_the_rest() -> None:
    made = loop()
    told(made, BOT_7, "0.20", "0")
    first = closed(made)
    assert first is not None
    assert first.sizing_lambda == Decimal("0.1")
    told(made, BOT_7, "0.20", "1")
    at_the_limit = closed(made)
    assert at_the_limit is not None
    assert at_the_limit.sizing_lambda == 0


def test_makers_and_early_exits_are_judged_by_their_pnl() -> None:
    made = loop()
    told(made, BOT_5, "0.50", "0")
    told(made, BOT_7, "0.20", "0")
    for index in range(11):
        closed(made, BOT_5, payout=None, pnl=str(1 + index % 3))
        closed(made, BOT_7, payout=None, pnl="-1")
    advice = closed(made, BOT_5, payout=None, pnl="1")
    early = closed(made, BOT_7, payout=None, pnl="-1")
    assert advice is not None
    assert advice.p_post is None
    assert 0 < advice.sizing_lambda <= Decimal("0.5")
    assert early is not None
    assert early.p_post is None
    assert early.sizing_lambda == 0


def test_advice_is_renewed_every_hour_without_a_close() -> None:
    made = loop()
    told(made, BOT_7, "0.20", "0")
    made.wait(1000)
    assert closed(made) is not None
    said: list[SizingAdvice] = []
    for _ in range(61):
        made.tape.now += 60_000
        said += [each for each in made.feed(made.tape.tick()) if isinstance(each, SizingAdvice)]
    assert len({each.event_id for each in said}) == 1


def test_a_bot_without_closes_or_view_gets_none() -> None:
    made = loop()
    assert closed(made) is None
    told(made, BOT_5, "0.50", "0")
    made.wait(2 * HOUR)
    made.wait(2 * HOUR)
    assert all(not isinstance(emit.message, SizingAdvice) for emit in made.emitted)


def fill(side: Side, action: Action, price: str, size: str, at: int = START) -> Fill:
    return Fill(
        event_id=f"fill-{side}-{action}-{price}-{size}-{at}",
        event_time=at,
        ingest_time=at,
        source="exchange",
        trade_id="t",
        order_id=OrderId("o"),
        bot_id=BOT_7,
        account_id=AccountId(ACCOUNT),
        venue_event_id=market("m").venue_event_id,
        market_id=MarketId("0xm"),
        token_id=market("m").yes_token_id,
        side=side,
        action=action,
        kind=IntentKind.DIRECTIONAL,
        price=Decimal(price),
        size=Decimal(size),
        cumulative=Decimal(size),
        fee=Decimal(0),
        status=OrderStatus.FILLED,
    )


def said(position: OpenPosition) -> tuple[str, str, int]:
    return f"{position.net:.0f}", f"{position.cost:.2f}", position.since


def test_an_open_position_keeps_its_average_cost_and_turns() -> None:
    position = OpenPosition()
    position.book(fill(Side.YES, Action.BUY, "0.20", "100"), 1)
    position.book(fill(Side.YES, Action.BUY, "0.30", "100"), 2)
    assert said(position) == ("200", "50.00", 1)
    position.book(fill(Side.YES, Action.SELL, "0.40", "50"), 3)
    assert said(position) == ("150", "37.50", 1)
    position.book(fill(Side.NO, Action.BUY, "0.70", "200"), 4)
    assert said(position) == ("-50", "35.00", 4)


def test_an_old_open_loser_counts_at_its_mark() -> None:
    made, other = loop(), loop()
    for each in (made, other):
        told(each, BOT_7, "0.20", "0")
        each.book("0.02", "0.04")
        for _ in range(11):
            closed(each)
    made.feed(fill(Side.YES, Action.BUY, "0.18", "100", made.tape.now))
    for each in (made, other):
        each.wait(3 * HOUR)
    with_it, without = closed(made), closed(other)
    assert with_it is not None
    assert without is not None
    assert with_it.n == without.n + 1
    assert with_it.sizing_lambda < without.sizing_lambda


def test_advice_reaches_sizes_through_the_account_view() -> None:
    """The gate turns advice into the λ of the view; half of λ_max where it is missing or old."""
    most, now = Decimal("0.20"), START
    known = advise(None, Decimal("0.05"), now + HOUR, most, now)
    assert in_force(known, most, now + HOUR) == Decimal("0.05")
    assert in_force(known, most, now + HOUR + 1) == Decimal("0.10")


def test_it_goes_on_after_a_restart() -> None:
    made, twin = loop(), loop()
    for each in (made, twin):
        told(each, BOT_7, "0.20", "0.1")
        for index in range(12):
            closed(each, payout=str(index % 2))
    twin.stage.restore(twin.stage.snapshot())
    assert closed(made) == closed(twin)
