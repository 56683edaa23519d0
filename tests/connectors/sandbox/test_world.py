import itertools
import statistics
from collections import Counter, defaultdict
from typing import Any

import pytest

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.frames import Frame
from connectors.sandbox.latent import DECIDED, HOUR_MS, FairValue
from connectors.sandbox.mirror import LEGS, YES
from connectors.sandbox.questions import SLOTS
from connectors.sandbox.tenure import tenure_at
from connectors.sandbox.world import World, seats_of, world_frames
from connectors.sandbox.world_market import DISPUTED_AFTER_MS, PROPOSED_AFTER_MS
from schemas.errors import ConfigurationError
from schemas.values import PIPS
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.replica import follow

SEED = 7


def stepped(step_ms: int, until_ms: int) -> list[tuple[int, Frame]]:
    world = World(SEED, NOW_MS)
    out = []
    for now in range(NOW_MS + step_ms, until_ms + 1, step_ms):
        out += [(dispatch.at_ms, dispatch.frame) for dispatch in world.advance(now)]
    return out


def test_the_frames_do_not_depend_on_how_time_is_cut() -> None:
    until = NOW_MS + 60_000
    assert stepped(250, until) == stepped(7_500, until)


def test_the_same_seed_gives_the_same_frames_and_another_seed_others() -> None:
    first, again, other = (
        list(world_frames(seed, NOW_MS, 20_000)) for seed in (SEED, SEED, SEED + 1)
    )
    assert first == again
    assert first != other


def test_frames_come_in_order_of_time_and_begin_with_metadata_and_books() -> None:
    played = list(world_frames(SEED, NOW_MS, 20_000))
    times = [at_ms for at_ms, _ in played]
    assert times == sorted(times)
    places = len(seats_of("small"))
    kinds = [frame["event_type"] for _, frame in played[: 3 * places]]
    assert kinds == ["new_market", "book", "book"] * places


def test_a_subscriber_rebuilds_every_book_and_every_hash() -> None:
    frames: list[dict[str, Any]] = [frame for _, frame in world_frames(SEED, NOW_MS, 90_000)]
    by_market = defaultdict(list)
    for frame in frames:
        if frame["event_type"] != "new_market":
            by_market[frame["market"]].append(frame)
    checked = 0
    for rows in by_market.values():
        follower = follow(rows)
        checked += follower.checked
        assert not any(replica.crossed() for replica in follower.books.values())
        assert all(
            replica.best() == follower.gates.get(token, replica.best())
            for token, replica in follower.books.items()
        )
    assert checked > 1_500


def test_the_world_is_busy_but_cheap() -> None:
    counted = Counter(frame["event_type"] for _, frame in world_frames(SEED, NOW_MS, 120_000))
    a_second = sum(counted.values()) / 120
    assert 20 <= a_second <= 120
    quiet = sum(1 for _ in world_frames(SEED, NOW_MS, 120_000, activity=0.25)) / 120
    assert quiet < a_second / 2


def test_bots_that_rest_orders_find_work() -> None:
    """Spreads for both kinds of maker, and takers that reach the best price again and again."""
    world = World(SEED, NOW_MS)
    spreads: defaultdict[str, list[int]] = defaultdict(list)
    prints: Counter[str] = Counter()
    minutes = 10
    for second in range(5, minutes * 60 + 1, 5):
        for dispatch in world.advance(NOW_MS + second * 1000):
            if dispatch.frame["event_type"] == "last_trade_price":
                prints[str(dispatch.frame["market"])] += 1
        for market in world.listings():
            bid, ask = market.top(YES)
            if bid is not None and ask is not None:
                spreads[market.spec.condition_id].append((ask - bid) // market.tick)
    typical = {market: statistics.median(rows) for market, rows in spreads.items()}
    assert sum(spread == 1 for spread in typical.values()) >= 4
    assert sum(spread == 2 for spread in typical.values()) >= 4
    assert sum(spread >= 3 for spread in typical.values()) >= 4
    lively = [market for market, count in prints.items() if count / minutes >= 3]
    assert len(lively) >= 12
    middle = [m for m in world.listings() if 2_000 <= (m.top(YES)[0] or 0) <= 8_000]
    assert len(middle) >= 8


def test_books_are_as_deep_as_real_ones() -> None:
    world = World(SEED, NOW_MS)
    depths = []
    for minute in range(1, 4):
        world.advance(NOW_MS + minute * 60_000)
        for market in world.listings():
            frame = market.book(YES)
            bids, asks = frame["bids"], frame["asks"]
            assert isinstance(bids, list)
            assert isinstance(asks, list)
            depths.append((len(bids) + len(asks)) / 2)
    assert 7 <= statistics.median(depths) <= 20


def test_the_participants_money_and_tokens_are_conserved() -> None:
    accounts = Accounts()
    world = World(SEED, NOW_MS, accounts=accounts)
    world.advance(NOW_MS + 180_000)
    assert accounts.total() == 0
    for market in world.listings():
        condition = market.spec.condition_id
        yes, no = (accounts.tokens[condition, leg] for leg in LEGS)
        assert sum(yes.values()) == sum(no.values()) > 0
        assert min([*yes.values(), *no.values()]) >= 0


def test_every_market_is_labelled_and_every_id_is_full_size() -> None:
    for market in World(SEED, NOW_MS).listings():
        spec = market.spec
        assert spec.tags[0] == "simulated"
        assert spec.description.startswith("SIMULATED")
        assert "SIMULATED" not in spec.question
        assert len(spec.condition_id) == 66
        assert all(int(token).bit_length() > 200 for token in spec.token_ids)
        assert spec.listed_ms <= NOW_MS < spec.end_ms
        assert spec.automatically_resolved is (spec.window_start_ms is not None)


def test_a_world_started_later_finds_the_same_markets_and_fair_values() -> None:
    early, late = World(SEED, NOW_MS), World(SEED, NOW_MS + HOUR_MS)
    kept = {m.spec.condition_id for m in early.listings()} & {
        m.spec.condition_id for m in late.listings()
    }
    assert len(kept) >= len(SLOTS) - 2


def test_a_market_ends_and_the_next_one_takes_its_slot() -> None:
    slot = SLOTS[0]
    tenure = tenure_at(SEED, slot, NOW_MS)
    accounts = Accounts()
    start = tenure.end_ms - 60_000
    world = World(SEED, start, activity=0.05, accounts=accounts)
    out = world.advance(tenure.end_ms + 1_000)
    mine = [d for d in out if d.frame["market"] == tenure.spec(SEED).condition_id]
    assert mine[-1].frame["event_type"] == "market_resolved"
    assert mine[-1].at_ms == tenure.end_ms
    following = tenure_at(SEED, slot, tenure.end_ms).spec(SEED)
    listed = [d for d in out if d.frame["market"] == following.condition_id]
    assert [d.frame["event_type"] for d in listed[:3]] == ["new_market", "book", "book"]
    assert listed[0].broadcast
    closed = [m for m in world.listings() if m.tenure == tenure]
    assert [m.spec.condition_id for m in closed] == [tenure.spec(SEED).condition_id]
    assert closed[0].resolution(tenure.end_ms) == "resolved"
    assert closed[0].advance(tenure.end_ms + 2_000) == []
    assert accounts.total() == 0


def test_the_price_goes_to_the_end_of_the_scale_once_the_outcome_is_known() -> None:
    tenure = tenure_at(SEED, SLOTS[0], NOW_MS)
    fair = tenure.fair_value(SEED)
    start = fair.decided_ms - 120_000
    world = World(SEED, start, activity=0.3)
    (market,) = [m for m in world.listings() if m.spec == tenure.spec(SEED)]
    assert market.tick == 100
    out = world.advance(fair.decided_ms + 600_000)
    mine = [d.frame for d in out if d.frame["market"] == market.spec.condition_id]
    ticks = [frame for frame in mine if frame["event_type"] == "tick_size_change"]
    assert len(ticks) == 2
    assert market.tick == 10
    bid, ask = market.top(YES)
    middle = ((bid or 0) + (10_000 if ask is None else ask)) / 2
    assert middle > 9_500 if fair.payout == PIPS else middle < 500
    assert market.resolution(fair.decided_ms) == ""
    assert market.resolution(fair.decided_ms + PROPOSED_AFTER_MS) == "proposed"
    words = {
        each.resolution(each.tenure.fair_value(SEED).decided_ms + DISPUTED_AFTER_MS)
        for each in World(SEED, start, size="large").listings()
    }
    assert words == {"proposed", "disputed"}


def test_tenures_follow_one_another_without_a_gap() -> None:
    for slot in SLOTS:
        tenure = tenure_at(SEED, slot, NOW_MS)
        assert tenure.start_ms <= NOW_MS < tenure.end_ms
        days = (tenure.end_ms - tenure.start_ms) / 86_400_000
        assert slot.days[0] <= days <= slot.days[1]
        following = tenure_at(SEED, slot, tenure.end_ms)
        assert (following.start_ms, following.generation) == (
            tenure.end_ms,
            tenure.generation + 1,
        )


def test_a_time_before_1970_is_refused_with_a_sentence() -> None:
    with pytest.raises(ConfigurationError, match="after 1970"):
        tenure_at(SEED, SLOTS[0], -1)


def test_the_fair_value_is_a_function_of_time_alone() -> None:
    fair, again = (FairValue(3, 0, 240, 0.9, 0.5) for _ in range(2))
    times = range(0, 240 * HOUR_MS, HOUR_MS // 7)
    forward = [fair.logit(at) for at in times]
    backward = [again.logit(at) for at in reversed(times)]
    assert forward == backward[::-1]
    assert all(abs(x) <= DECIDED for x in forward)
    moves = [abs(b - a) for a, b in itertools.pairwise(forward)]
    assert statistics.median(moves) < 0.1


def test_fair_values_are_fair() -> None:
    """The mean outcome of many markets is the mean price they started at."""
    paths = [FairValue(seed, 0, 240, 0.9, 0.5) for seed in range(600)]
    promised = statistics.mean(path.price(0) for path in paths)
    happened = statistics.mean(path.outcome_yes for path in paths)
    assert abs(promised - happened) < 0.06
