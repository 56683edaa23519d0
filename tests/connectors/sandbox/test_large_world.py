"""The large world: what each bot needs is there, consistent, and cheap."""

import itertools
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from connectors.sandbox.catalogue import BALLOTS
from connectors.sandbox.crowd import Crowd
from connectors.sandbox.games import CYCLE_MS, match_at
from connectors.sandbox.latent import HOUR_MS
from connectors.sandbox.mirror import YES
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import create_app
from connectors.sandbox.stories import readers, told
from connectors.sandbox.tenure import DAY_MS, BallotSeat, SlotSeat
from connectors.sandbox.world import World, seats_of
from schemas.values import PIPS
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.conftest import StillClock

SEED = 7


@pytest.fixture(scope="module")
def world() -> World:
    """A quarter of an hour of the large world."""
    world = World(SEED, NOW_MS, size="large")
    world.advance(NOW_MS + 900_000)
    return world


@pytest.fixture
async def feeds() -> AsyncIterator[tuple[httpx.AsyncClient, Sandbox]]:
    sandbox = Sandbox(SandboxSettings(source="world", size="large"), StillClock(NOW_MS))
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="http://venue") as client:
        yield client, sandbox


def test_it_is_large_and_of_all_kinds(world: World) -> None:
    specs = [market.spec for market in world.listings()]
    assert len(specs) >= 280
    assert len({spec.condition_id for spec in specs}) == len(specs)
    families = Counter(market.tenure.lively for market in world.listings())
    assert len(families) >= 8
    assert sum(spec.neg_risk for spec in specs) >= 40
    assert {spec.version for spec in specs} == {"v1", "v2"}
    assert all(spec.label == "simulated" for spec in specs)
    assert all(spec.description.startswith("SIMULATED") for spec in specs)


def test_the_quiet_world_is_the_large_one_without_the_small_one() -> None:
    small, large = set(seats_of("small")), set(seats_of("large"))
    assert set(seats_of("quiet")) == large - small
    assert small < large


def test_protocol_v2_ids_have_the_structured_layout(world: World) -> None:
    spec = next(m.spec for m in world.listings() if m.spec.version == "v2")
    for leg, token in enumerate(spec.token_ids):
        number = int(token)
        assert number >> 40 & (2**64 - 1) == 0
        assert (number >> 248, number & 255) == (1, leg)
        assert f"0x{number >> 8:062x}00" == spec.condition_id
    ordinary = next(m.spec for m in world.listings() if m.spec.version == "v1")
    assert int(ordinary.token_ids[0]) >> 40 & (2**64 - 1) != 0


def test_outcomes_of_an_event_exclude_each_other() -> None:
    ballot = BALLOTS[1]
    seats = [BallotSeat(ballot, place) for place in range(len(ballot.outcomes))]
    tenancies = [seat.tenancy(SEED, NOW_MS) for seat in seats]
    values = [tenancy.fair_value(SEED) for tenancy in tenancies]
    for at_ms in range(tenancies[0].start_ms, values[0].decided_ms, 50 * HOUR_MS):
        assert sum(value.price(at_ms) for value in values) == pytest.approx(1, abs=0.02)
    assert sum(value.payout for value in values) == PIPS
    assert len({tenancy.spec(SEED).event.slug for tenancy in tenancies}) == 1


def test_news_tells_of_moves_that_happen_and_names_the_question(world: World) -> None:
    told_of = 0
    for seat in seats_of("large")[20:60]:
        tenancy = seat.tenancy(SEED, NOW_MS)
        headlines, fair = tenancy.headlines(), tenancy.fair_value(SEED)
        assert headlines is not None
        for jump in fair.jumps(tenancy.start_ms, tenancy.end_ms):
            before, after = fair.logit(jump.at_ms - 20_000), fair.logit(jump.at_ms + 10_000)
            assert (after > before) is (jump.size > 0)
            stories = told(tenancy.spec(SEED), jump, headlines)
            assert stories[0].outlet.kind == "wire"
            assert all(0 < story.at_ms - jump.at_ms <= 60_000 for story in stories)
            told_of += 1
    assert told_of > 100


def test_readers_of_every_opinion_trade_after_a_story(world: World) -> None:
    tenancy = seats_of("large")[21].tenancy(SEED, NOW_MS)
    headlines = tenancy.headlines()
    assert headlines is not None
    jumps = tenancy.fair_value(SEED).jumps(tenancy.start_ms, tenancy.end_ms)
    stories = [each for jump in jumps for each in told(tenancy.spec(SEED), jump, headlines)]
    delays = [readers(story) for story in stories]
    assert delays == [readers(story) for story in stories]
    assert {len(each) for each in delays} == {0, 1, 2, 3, 4}
    assert min(delay for each in delays for delay in each) >= 0


def test_moods_come_and_go_and_decide_nothing() -> None:
    seat = next(s for s in seats_of("large") if s.key == "crowd-3")
    assert isinstance(seat, SlotSeat)
    tenure = seat.tenancy(SEED, NOW_MS)
    moody, own = tenure.fair_value(SEED), tenure.own_value(SEED)
    gaps = [
        moody.logit(at) - own.logit(at) for at in range(tenure.start_ms, moody.decided_ms, HOUR_MS)
    ]
    assert max(map(abs, gaps)) > 0.5
    assert sum(1 for gap in gaps if abs(gap) < 0.15) > len(gaps) / 4
    assert (moody.payout, moody.decided_ms) == (own.payout, own.decided_ms)


def test_matches_follow_their_frames_and_the_leader_tends_to_win() -> None:
    won = 0
    matches = [
        match_at(SEED, place, NOW_MS + n * CYCLE_MS) for place in range(16) for n in range(6)
    ]
    for match in matches:
        first, last = match.frames[0], match.frames[-1]
        assert first.scores == (0, 0)
        assert 0.05 < match.prior < 0.95
        assert match.listed_ms < match.start_ms < match.finish_ms < match.listed_ms + CYCLE_MS
        for one, two in itertools.pairwise(match.frames):
            assert all(a <= b for a, b in zip(one.scores, two.scores, strict=True))
        ahead = match.logit(match.finish_ms - 1) > 0
        won += ahead is match.first_wins
        assert last.clock_s <= (match.finish_ms - match.start_ms) // 1000
    assert won / len(matches) > 0.6


def test_some_wallets_are_worth_copying_and_some_only_look_so() -> None:
    rows = defaultdict(list)
    for past in Crowd(SEED).past(NOW_MS):
        assert past.resolved_ms <= NOW_MS
        assert past.entered_ms < past.resolved_ms
        rows[past.wallet].append(past)
    profit = {
        wallet: sum((row.payout - row.pips) * row.size for row in found)
        for wallet, found in rows.items()
    }
    rate = {
        wallet: sum(row.payout > row.pips for row in found) / len(found)
        for wallet, found in rows.items()
    }
    sharps = [wallet for wallet in rows if wallet.startswith("sharp")]
    punters = [wallet for wallet in rows if wallet.startswith("punter")]
    assert all(len(rows[wallet]) >= 50 for wallet in sharps)
    assert sum(rate[wallet] > 0.6 and profit[wallet] > 0 for wallet in sharps) >= 12
    losing = [wallet for wallet in punters if profit[wallet] < 0]
    assert len(losing) > len(punters) / 4
    assert any(rate[wallet] > 0.6 for wallet in losing)


def test_tails_are_thin_and_wide_and_forecasts_far_ahead(world: World) -> None:
    by_key = {
        seat.key: market for seat, market in zip(seats_of("large"), world.listings(), strict=False)
    }
    tails = [market for key, market in by_key.items() if key.startswith("tail-")]
    wide = [m for m in tails if (m.top(YES)[1] or PIPS) - (m.top(YES)[0] or 0) >= 400]
    assert len(wide) > len(tails) / 2
    forecasts = [market for key, market in by_key.items() if key.startswith("forecast-")]
    far = [m for m in forecasts if m.spec.end_ms - NOW_MS > 90 * DAY_MS]
    assert len(far) >= 10
    narrow = [m for m in far if (m.top(YES)[1] or PIPS) - (m.top(YES)[0] or 0) <= 400]
    assert len(narrow) > len(far) / 2
    assert all((m.daily_volume() or 0) >= 5_000 * PIPS * 1_000_000 for m in far)


def test_payouts_are_0_half_and_1_and_some_are_disputed() -> None:
    payouts: Counter[int] = Counter()
    for seat in seats_of("large")[:96]:
        at_ms = NOW_MS
        for _ in range(8):
            tenancy = seat.tenancy(SEED, at_ms)
            payouts[tenancy.fair_value(SEED).payout] += 1
            at_ms = tenancy.start_ms - 1
    assert set(payouts) == {0, PIPS // 2, PIPS}
    assert payouts[PIPS // 2] < 0.06 * payouts.total()


def test_the_large_world_is_mostly_quiet() -> None:
    """Two hundred and sixty markets more, but no more than twice the frames of the twenty."""
    counts = {}
    for size in ("small", "large"):
        world = World(SEED, NOW_MS, size="large" if size == "large" else "small")
        counts[size] = len(world.advance(NOW_MS + 120_000))
    assert counts["small"] < counts["large"] < 2 * counts["small"]


async def test_news_is_served_as_newsapi_rss_and_posts(
    feeds: tuple[httpx.AsyncClient, Sandbox],
) -> None:
    client, sandbox = feeds
    world = sandbox.world
    assert world is not None
    seat = seats_of("large")[21]
    tenancy = seat.tenancy(SEED, NOW_MS)
    headlines = tenancy.headlines()
    assert headlines is not None
    jump = tenancy.fair_value(SEED).jumps(tenancy.start_ms, tenancy.end_ms)[0]
    for story in told(tenancy.spec(SEED), jump, headlines):
        world.wire.publish(story)
    refused = await client.get("/newsapi/v2/everything")
    assert (refused.status_code, refused.json()["code"]) == (401, "apiKeyMissing")
    key = {"X-Api-Key": "any"}
    found = (await client.get("/newsapi/v2/everything", headers=key)).json()
    assert found["status"] == "ok"
    assert found["articles"][0]["source"]["name"]
    none = await client.get("/newsapi/v2/everything", params={"q": "zebra"}, headers=key)
    assert none.json()["totalResults"] == 0
    rss = await client.get("/rss/sandbox-wire.xml")
    assert "<item>" in rss.text
    assert "SIMULATED" in rss.text
    same = await client.get("/rss/sandbox-wire.xml", headers={"If-None-Match": rss.headers["ETag"]})
    assert same.status_code == 304
    assert (await client.get("/x/2/tweets/search/recent")).json()["meta"]["result_count"] in (0, 1)
    assert (await client.get("/rss/nobody.xml")).status_code == 404


async def test_matches_are_served_as_pandascore_does(
    feeds: tuple[httpx.AsyncClient, Sandbox],
) -> None:
    client, sandbox = feeds
    token = {"Authorization": "Bearer any"}
    assert (await client.get("/pandascore/matches/upcoming")).status_code == 401
    rows: list[dict[str, Any]] = []
    for which in ("upcoming", "running", "past"):
        rows += (await client.get(f"/pandascore/matches/{which}", headers=token)).json()
    assert len(rows) == 12
    row = rows[0]
    listing = next(
        each for each in sandbox.venue.listings() if f"match-{row['id']}" in each.spec.subjects
    )
    assert tuple(o["opponent"]["name"] for o in row["opponents"]) == listing.spec.outcomes
    assert len(row["ratings"]["elo"]) == 2
    one = (await client.get(f"/pandascore/matches/{row['id']}", headers=token)).json()
    assert one == row
    market = await client.get("/markets/keyset", params={"limit": 500})
    gamma = next(m for m in market.json()["markets"] if m["slug"] == listing.spec.slug)
    assert (gamma["secondsDelay"], gamma["clearBookOnStart"]) == (3, True)
    assert gamma["gameStartTime"] == row["begin_at"]


async def test_estimates_and_attention_are_served(
    feeds: tuple[httpx.AsyncClient, Sandbox],
) -> None:
    client, sandbox = feeds
    rows = (await client.get("/estimates")).json()
    assert len(rows) >= 60
    assert {row["kind"] for row in rows} == {"survey", "own-model", "base-rate"}
    assert all(0 < row["probability"] < 1 for row in rows)
    by_slug = Counter(row["market_id"] for row in rows)
    assert set(by_slug.values()) <= {2, 3}
    slug = sandbox.venue.listings()[0].spec.slug
    key = {"x-api-key": "any"}
    shown = await client.get("/kaito/api/v1/mindshare", params={"token": slug}, headers=key)
    assert all(0 < share <= 1 for share in shown.json()["mindshare"].values())


async def test_wallets_have_a_past_at_the_data_api(
    feeds: tuple[httpx.AsyncClient, Sandbox],
) -> None:
    client, _ = feeds
    leaders = (await client.get("/v2/leaderboard", params={"limit": 20})).json()["data"]
    assert leaders[0]["pnl"] > leaders[-1]["pnl"] > 0
    params = {"user": leaders[0]["user_id"], "status": "CLOSED", "limit": 500}
    closed = (await client.get("/v2/positions", params=params)).json()["data"]
    assert len(closed) >= 20
    assert {row["current_price"] for row in closed} <= {0, 0.5, 1}
    assert all(row["status"] == "CLOSED" for row in closed)
