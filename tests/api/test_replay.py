"""The closed loop over a tape: the live stages without a broker, repeatable to the byte."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from api.replay import replay, replay_band
from api.tape import Input, Tape
from configs.paper import QueueKind
from configs.settings import Settings
from schemas.ids import AccountId, BotId
from schemas.market import MarketListed, PriceHistory
from schemas.outside import GameState, NewsItem, OutsideEstimate, WalletResolved, WalletTrade

OUTSIDE = (NewsItem, GameState, WalletTrade, WalletResolved, OutsideEstimate)
BOTS = (BotId("bot_01"), BotId("bot_05"))
SETTINGS = Settings(_env_file=None, source="world")


def quiet(inputs: int, now_ms: int) -> None:
    """A progress nobody reads."""


@pytest.fixture(scope="module")
def tape() -> Tape:
    return Tape("world", seed=7, hours=0.05, account=AccountId(SETTINGS.account))


def test_bots_trade_on_the_world_and_the_ledger_follows(tape: Tape) -> None:
    tally = replay(SETTINGS, tape, BOTS, QueueKind.RISK_AVERSE, None, quiet).tally
    for bot_id in BOTS:
        bot = tally.bots[bot_id]
        assert bot.placed > 0, bot_id
        assert bot.approved > 0, bot_id
        assert bot.equity > 0, bot_id
    assert tally.bots[BotId("bot_05")].fills > 0
    assert tally.account.equity == pytest.approx(sum(b.equity for b in tally.bots.values()))


def test_the_same_tape_gives_the_same_bytes(tape: Tape, tmp_path: Path) -> None:
    logs = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    for log in logs:
        replay(SETTINGS, tape, BOTS, QueueKind.RISK_AVERSE, log, quiet)
    first, second = (log.read_bytes() for log in logs)
    assert first == second
    assert first.count(b"\n") > 1000


def test_another_seed_gives_another_world() -> None:
    heads = []
    for seed in (1, 2):
        tape = Tape("world", seed=seed, hours=0.002, account=AccountId("main"))
        heads.append([item.message.event_id for item in tape])
    assert heads[0] != heads[1]


def test_a_bot_that_was_not_started_stays_silent(tape: Tape) -> None:
    tally = replay(SETTINGS, tape, BOTS[:1], QueueKind.RISK_AVERSE, None, quiet).tally
    assert BotId("bot_05") not in {b for b, t in tally.bots.items() if t.placed}


def test_a_large_tape_carries_the_outside_in_time_and_alike_each_time() -> None:
    tape = Tape("large", seed=7, hours=0.025, account=AccountId("main"))
    first = [item.message for item in tape]
    said = [each for each in first if isinstance(each, OUTSIDE)]
    assert {type(each) for each in said} == set(OUTSIDE)
    assert all(each.event_time <= each.ingest_time for each in said)
    heard = [each.ingest_time for each in said]
    assert heard == sorted(heard)
    listed = [each.market for each in first if isinstance(each, MarketListed)]
    matches = {market.match_id for market in listed}
    assert {each.match_id for each in said if isinstance(each, GameState)} <= matches
    exclusive = [market for market in listed if market.neg_risk]
    by_event = Counter(market.venue_event_id for market in exclusive)
    assert by_event
    assert all(each.event_markets == by_event[each.venue_event_id] for each in exclusive)
    again = [each.message for each in tape if isinstance(each.message, OUTSIDE)]
    assert again == said


class Played:
    """A tape that counts how often it is played."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.times = 0

    def __iter__(self) -> Iterator[Input]:
        self.times += 1
        return iter(self.tape)


def test_a_band_plays_its_tape_once_and_gives_what_single_runs_give(tmp_path: Path) -> None:
    short = Tape("world", seed=7, hours=0.03, account=AccountId(SETTINGS.account))
    played, queues = Played(short), list(QueueKind)
    band = replay_band(SETTINGS, played, BOTS, queues, tmp_path / "band", quiet)
    assert played.times == 1
    assert [run.queue for run in band] == queues
    assert band[0].tally.bots[BotId("bot_05")].placed > 0
    for run in band:
        log = tmp_path / run.queue
        alone = replay(SETTINGS, short, BOTS, run.queue, log, quiet)
        assert run.inputs == alone.inputs
        assert run.tally.bots == alone.tally.bots
    assert (tmp_path / "band").read_bytes() == (tmp_path / queues[0]).read_bytes()


def test_markets_of_a_tape_come_with_their_last_day() -> None:
    tape = Tape("world", seed=7, hours=0.001, account=AccountId(SETTINGS.account))
    listed, told = set(), {}
    for given in tape:
        if isinstance(given.message, MarketListed):
            listed.add(given.message.market.market_id)
        if isinstance(given.message, PriceHistory):
            told[given.message.market_id] = given.message.points
    assert set(told) <= listed
    assert len(told) == 20  # the window that begins now has no past
    assert max(len(points) for points in told.values()) == 288


def test_the_window_is_left_while_the_price_that_settles_it_is_silent(tmp_path: Path) -> None:
    """The world's stream of prices is silent from second 68 to 76 of this tape (D-28)."""
    silent = Tape("world", seed=31, hours=0.025, account=AccountId(SETTINGS.account))
    listed = [each.message for each in silent if isinstance(each.message, MarketListed)]
    (window,) = [each.market.market_id for each in listed if each.market.reference]
    log = tmp_path / "log.jsonl"
    replay(SETTINGS, silent, BOTS[1:], QueueKind.RISK_AVERSE, log, quiet)
    messages = [msgspec.json.decode(line)["message"] for line in log.read_bytes().splitlines()]
    reasons = {
        (each["event_time"] - silent.start_ms) // 1000: each["reason"]
        for each in messages
        if each["type"] == "signal" and each["market_id"] == window
    }
    pulled = [second for second, reason in reasons.items() if reason == "reference-stale"]
    assert pulled[0] == 70
    assert {reasons[max(each for each in reasons if each < 70)], reasons[77]} == {"quoting"}
