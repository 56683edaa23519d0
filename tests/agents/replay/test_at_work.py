"""The report on what every bot did, and what it never said."""

from collections import Counter
from decimal import Decimal

from agents.docs import own_reasons, shared_reasons
from agents.registry import choose_bots
from agents.replay.at_work import at_work, markdown
from agents.replay.tally import BotTally, Tally
from schemas.ids import BotId


def tally(**bots: BotTally) -> Tally:
    made = Tally()
    made.bots = {BotId(bot_id): counts for bot_id, counts in bots.items()}
    return made


def test_every_reason_is_either_counted_or_named_as_never_given() -> None:
    (bot,) = choose_bots("4")
    counted = BotTally(signals=Counter({"market-pause": 3, "entered": 1}))
    (row,) = at_work([bot], tally(bot_04=counted), {bot.bot_id: {"no-market": 7, "duplicate": 2}})
    assert row.given == [("no-market", 7), ("market-pause", 3), ("duplicate", 2), ("entered", 1)]
    assert sorted({*row.never, "market-pause", "no-market"}) == own_reasons(bot)
    assert row.never_shared == shared_reasons()


def test_a_bot_that_did_nothing_is_listed_too() -> None:
    chosen = choose_bots("8,9")
    counts = BotTally(
        intents=4,
        denials=Counter({"RATE_LIMIT": 3}),
        placed=1,
        fills=1,
        filled_shares=Decimal("12.5"),
        exits=Counter({"sold": 1}),
        pairs=Counter({"merged": 2}),
    )
    text = markdown(at_work(chosen, tally(bot_08=counts, bot_09=BotTally(advice=5)), {}))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows[1:] == [
        "| 8 tail risk | 0 | 4 | RATE_LIMIT 3 | 1 | 1 | 12.50 | merged 2, sold 1 | 0.00 |",
        "| 9 kelly optimizer | 0 | 5 advices | none | 0 | 0 | 0.00 | none | 0.00 |",
    ]
    assert "**8 tail risk.** It gave no reasons. Never: `end-unknown`" in text
