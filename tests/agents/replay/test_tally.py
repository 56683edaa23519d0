"""The tally: what a run did, counted once."""

from decimal import Decimal

from agents.replay.tally import Tally
from schemas.envelope import Message
from schemas.ids import BotId
from schemas.reasons import DenialCode
from tests.sinks import messages as say
from tests.sinks.messages import BOT, T0
from topics.catalog import (
    DECIDE_INPUTS,
    DECISIONS,
    EPISODES,
    EQUITY,
    FILLS,
    GATE_INPUTS,
    INTENTS,
    ORDERS,
    SIGNALS,
    TopicSpec,
)

OTHER = BotId("bot_01")


def tally(*told: tuple[TopicSpec, Message]) -> Tally:
    counted = Tally()
    for topic, message in told:
        counted(topic, "main", message)
    return counted


def test_an_order_is_counted_at_every_step_of_its_life() -> None:
    order = say.order(size="10", price="0.45")
    bot = tally(
        (DECISIONS, say.approved(order)),
        (ORDERS, say.placed(order)),
        (FILLS, say.fill(order, 30, "4", "4")),
        (ORDERS, say.canceled(order, 40, "4")),
        (ORDERS, say.rejected(say.order("o2"))),
        (ORDERS, say.expired(say.order("o3"), 50)),
    ).bots[BOT]
    assert (bot.approved, bot.placed, bot.fills) == (1, 1, 1)
    assert (bot.canceled, bot.rejected, bot.expired) == (1, 1, 1)
    assert (bot.filled_shares, bot.filled_notional) == (Decimal(4), Decimal("1.80"))
    assert bot.inferred_fills == 0


def test_copies_on_the_decide_logs_are_not_counted_twice() -> None:
    order = say.order()
    filled = say.fill(order, 30, "10", "10")
    counted = tally(
        (FILLS, filled), (DECIDE_INPUTS, filled), (GATE_INPUTS, filled), (ORDERS, say.placed(order))
    )
    assert counted.bots[BOT].fills == 1
    assert counted.events == 4


def test_denials_and_signals_are_counted_by_reason() -> None:
    told: list[tuple[TopicSpec, Message]] = [
        (DECISIONS, say.denied(say.order("o1"))),
        (DECISIONS, say.denied(say.order("o2"))),
        (DECISIONS, say.denied(say.order("o3"), code=DenialCode.STALE_DATA)),
        (SIGNALS, say.signal(60)),
        (SIGNALS, say.signal(70)),
    ]
    bot = tally(*told).bots[BOT]
    assert bot.denied == 3
    assert bot.denials == {DenialCode.NO_EDGE: 2, DenialCode.STALE_DATA: 1}
    assert bot.signals == {"drift-below-threshold": 2}


def test_an_intent_is_counted_where_it_was_written_first() -> None:
    merge = say.merge_approved(5)
    counted = tally((INTENTS, merge), (GATE_INPUTS, merge))
    assert counted.bots == {}
    assert counted.events == 2


def test_equity_of_bots_and_account_are_kept_apart() -> None:
    counted = tally(
        (EQUITY, say.equity(1, "10000")),
        (EQUITY, say.equity(2, "9990", realised="-9.5")),
        (EQUITY, say.equity(3, "20000", bot=None)),
    )
    bot = counted.bots[BOT]
    assert (bot.first_equity, bot.equity) == (Decimal(10000), Decimal(9990))
    assert bot.pnl == Decimal("-10.0")
    assert bot.max_drawdown == Decimal("0.0125")
    assert counted.account.equity == Decimal(20000)
    assert set(counted.bots) == {BOT}


def test_an_episode_that_loses_is_a_losing_one() -> None:
    told: list[tuple[TopicSpec, Message]] = [
        (EPISODES, say.closed(10, "-0.01")),
        (EPISODES, say.closed(20, "0")),
        (EPISODES, say.closed(30, "2", OTHER)),
    ]
    bots = tally(*told).bots
    assert (bots[BOT].episodes, bots[BOT].losing_episodes) == (2, 1)
    assert (bots[OTHER].episodes, bots[OTHER].losing_episodes) == (1, 0)


def test_the_run_lasts_from_its_first_message_to_its_latest() -> None:
    counted = tally((SIGNALS, say.signal(50)), (SIGNALS, say.signal(90)), (SIGNALS, say.signal(70)))
    assert (counted.first_time, counted.last_time) == (T0 + 50, T0 + 90)
