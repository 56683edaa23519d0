"""Faults on command, modes of the engine and rate limits."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from connectors.sandbox.armed import Armed
from connectors.sandbox.faults import NEW_FIELD, WRONG_HASH, FrameFaults
from connectors.sandbox.frames import Dispatch
from connectors.sandbox.hub import Subscriber
from connectors.sandbox.limits import AddressLimits, SignerLimits, Window
from connectors.sandbox.mirror import YES
from connectors.sandbox.mode import EngineMode, Mode
from connectors.sandbox.sandbox import Sandbox
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.rest_bodies import KEY, MAKER, buy, wide_market

OWNER = {"POLY_API_KEY": KEY, "POLY_ADDRESS": MAKER}


async def arm(client: httpx.AsyncClient, **command: Any) -> Any:
    answer = await client.post("/sandbox/faults", json=command)
    assert answer.status_code == 200, answer.text
    return answer.json()


def dispatches(count: int) -> list[Dispatch]:
    frame = {"event_type": "book", "bids": [{"price": "0.4", "size": "1"}]}
    return [Dispatch(n, {**frame, "n": n}, ("t",)) for n in range(count)]


def through(faults: FrameFaults[Dispatch], count: int = 6) -> list[object]:
    return [out.frame["n"] for one in dispatches(count) for out in faults.disturb(one)]


def test_frames_are_lost_doubled_and_swapped() -> None:
    faults: FrameFaults[Dispatch] = FrameFaults(7)
    faults.drop.arm(2)
    assert through(faults) == [2, 3, 4, 5]
    faults.double.arm(1)
    assert through(faults, 3) == [0, 0, 1, 2]
    faults.swap.arm(1)
    assert through(faults, 3) == [1, 0, 2]
    assert faults.armed() == {}


def test_a_changed_schema_has_a_field_more_or_other_names() -> None:
    faults: FrameFaults[Dispatch] = FrameFaults(7)
    faults.extend.arm(1)
    faults.reshape.arm(1)
    (one,) = faults.disturb(dispatches(1)[0])
    assert one.frame[NEW_FIELD] == 2
    assert one.frame["buys"] == [{"px": "0.4", "qty": "1"}]


def test_a_share_strikes_the_same_occasions_for_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        armed = Armed(seed, "drop")
        armed.arm(5, 0.3)
        return [armed.strikes() for _ in range(60)]

    assert struck(7) == struck(7) != struck(8)
    assert sum(struck(7)) == 5


@pytest.mark.parametrize("channel", ["market", "user"])
@pytest.mark.parametrize(
    ("command", "sent"),
    [
        ({"kind": "lose"}, [1, 2]),
        ({"kind": "duplicate"}, [0, 0, 1, 2]),
        ({"kind": "reorder"}, [1, 0, 2]),
        ({"kind": "schema_change"}, [(0, NEW_FIELD), 1, 2]),
        ({"kind": "schema_change", "breaking": True}, [(0, "buys"), 1, 2]),
    ],
)
async def test_frames_of_a_channel_go_wrong_on_command_until_it_is_over(
    client: httpx.AsyncClient,
    sandbox: Sandbox,
    channel: str,
    command: dict[str, object],
    sent: list[object],
) -> None:
    armed = await arm(client, channel=channel, **command)
    assert set(armed) == {channel}
    chosen: Any = {"market": sandbox.faults, "user": sandbox.user_faults}[channel]
    seen: list[object] = []
    for one in dispatches(3):
        for out in chosen.disturb(one):
            odd = out.frame.keys() & {NEW_FIELD, "buys"}
            seen.append((out.frame["n"], *odd) if odd else out.frame["n"])
    assert seen == sent
    assert (await client.delete("/sandbox/faults")).json() == {}


async def test_a_hash_is_wrong_once_on_command(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    await arm(client, kind="wrong_hash")
    book: dict[str, object] = {"event_type": "book", "hash": "aa"}
    sent = [Dispatch(n, book, ("t",)) for n in range(2)]
    seen = [out for one in sent for out in sandbox.faults.apply(one, sandbox.venue)]
    assert [each.frame["hash"] for each in seen] == [WRONG_HASH, "aa"]


async def test_a_banned_owner_trades_no_more(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    await arm(client, kind="ban", address=MAKER)
    sent = buy(wide_market(sandbox), YES, 100, 10)
    refused = await client.post("/order", json=sent, headers=OWNER)
    assert refused.json() == {"error": f"'{MAKER}' address banned"}


async def test_statuses_strike_the_paths_they_are_armed_for(client: httpx.AsyncClient) -> None:
    await arm(client, kind="status", status=500, path="/order", count=1)
    assert (await client.get("/time")).status_code == 200
    assert (await client.post("/order", json={})).status_code == 500
    assert (await client.post("/order", json={})).status_code == 400
    await arm(client, kind="status", status=429, path="/time")
    limited = await client.get("/time")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "1")


async def test_an_order_is_accepted_and_its_reply_comes_too_late(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    await arm(client, kind="timeout_after_acceptance", ms=400)
    sent = buy(wide_market(sandbox), YES, 100, 10)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.post("/order", json=sent, headers=OWNER), 0.1)
    (row,) = (await client.get("/data/orders", headers=OWNER)).json()["data"]
    again = await client.post("/order", json=sent, headers=OWNER)
    assert again.json() == {"error": f"order {row['id']} is invalid. Duplicated."}


async def test_stale_books_wrong_ids_and_skewed_clocks(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing = wide_market(sandbox)
    params = {"token_id": listing.spec.token_ids[YES]}
    before = (await client.get("/book", params=params)).json()
    await arm(client, kind="stale_book")
    await arm(client, kind="wrong_order_id")
    pips = (listing.top(YES)[0] or 0) + listing.tick
    placed = (await client.post("/order", json=buy(listing, YES, pips, 20), headers=OWNER)).json()
    (row,) = (await client.get("/data/orders", headers=OWNER)).json()["data"]
    assert placed["orderID"] != row["id"]
    assert (await client.get("/book", params=params)).json() == before
    assert (await client.get("/book", params=params)).json() != before
    await arm(client, kind="clock_skew", ms=-4_000)
    assert (await client.get("/time")).json() == (NOW_MS - 4_000) // 1000
    cleared = await client.delete("/sandbox/faults")
    assert cleared.json() == {}
    assert (await client.get("/time")).json() == NOW_MS // 1000


async def test_sockets_are_dropped_and_frozen(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    socket = Subscriber()
    sandbox.hub.join(socket)
    silent = []
    for kind in ("freeze", "thaw"):
        await arm(client, kind=kind)
        silent.append(socket.frozen)
    assert silent == [True, False]
    await arm(client, kind="drop")
    assert socket.close_code == 1012


async def test_unknown_faults_are_refused_with_what_is_known(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sandbox/faults", json={"kind": "earthquake"})
    assert answer.status_code == 400
    assert "earthquake" in answer.json()["error"]
    assert "ghost_fill, retry_fill" in answer.json()["error"]
    share = await client.post("/sandbox/faults", json={"kind": "lose", "share": 2})
    assert "above 0 and up to 1" in share.json()["error"]
    token = await client.post("/sandbox/faults", json={"kind": "cross_book", "token_id": "7"})
    assert "clobTokenIds" in token.json()["error"]


async def test_a_restart_answers_425_and_then_takes_post_only_orders(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    listing, clock = wide_market(sandbox), sandbox.clock
    await arm(client, kind="restart")
    sent = buy(listing, YES, 100, 10)
    shut = await client.post("/order", json=sent, headers=OWNER)
    assert (shut.status_code, shut.content, shut.headers["Retry-After"]) == (425, b"", "90")
    clock.now = NOW_MS + 91_000  # type: ignore[attr-defined]
    crossing = await client.post("/order", json=sent, headers=OWNER)
    assert crossing.status_code == 503
    assert crossing.json()["code"] == "post_only_mode"
    assert crossing.json()["retry_after_seconds"] == 119
    resting = await client.post("/order", json={**sent, "postOnly": True}, headers=OWNER)
    assert resting.status_code == 200
    assert (await client.delete("/cancel-all", headers=OWNER)).status_code == 200
    clock.now = NOW_MS + 211_000  # type: ignore[attr-defined]
    again = buy(listing, YES, 100, 10, salt=5)
    assert (await client.post("/order", json=again, headers=OWNER)).status_code == 200


async def test_restricted_owners_may_not_open(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    await arm(client, kind="closed_only", address=MAKER)
    await arm(client, kind="geoblock")
    shown = await client.get("/auth/ban-status/closed-only", headers=OWNER)
    assert shown.json() == {"closed_only": True}
    assert (await client.get("/api/geoblock")).json()["blocked"] is True
    refused = await client.post(
        "/order", json=buy(wide_market(sandbox), YES, 100, 10), headers=OWNER
    )
    assert refused.json() == {"error": f"address {MAKER} in closed only mode"}


async def test_a_signer_runs_out_of_tokens(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    listing = wide_market(sandbox)
    batches = [
        [buy(listing, YES, 100, 5, salt=15 * batch + n) for n in range(15)] for batch in range(5)
    ]
    answers = [await client.post("/orders", json=batch, headers=OWNER) for batch in batches]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert answers[0].headers["Poly-RateLimit-Remaining"] == "45"
    assert answers[0].headers["Poly-RateLimit-Tier"] == "standard"
    assert answers[4].headers["Retry-After"] == "1"
    swept = await client.delete("/cancel-all", headers=OWNER)
    assert (len(swept.json()["canceled"]), swept.headers["Poly-RateLimit-Remaining"]) == (60, "59")


def test_only_cancels_overdraw_and_buckets_fill_with_time() -> None:
    signers = SignerLimits()
    assert signers.charge("a", 200, 0, cancels=True).remaining == -80
    late = signers.charge("a", 1, 0, cancels=True)
    assert (late.passed, late.wait_ms) == (False, 1_012)
    assert signers.charge("a", 1, 1_013, cancels=True).passed
    assert not signers.charge("a", 61, 0, cancels=False).passed
    assert signers.charge("b", 60, 0, cancels=False).passed


def test_windows_slide() -> None:
    limits = AddressLimits({"GET /book": (Window(2, 1_000),)})
    asked = [limits.wait_ms("ip", "GET /book", at) for at in (0, 400, 900, 1_000)]
    assert asked == [0, 0, 100, 0]
    assert limits.wait_ms("other", "GET /book", 900) == 0


def test_an_engine_that_is_closed_says_how() -> None:
    mode = EngineMode()
    mode.enter(Mode.CANCEL_ONLY, 1_000)
    shut = mode.refusal(0, cancels=False, post_only=True)
    assert shut is not None
    assert "cancel-only" in json.dumps(shut.body)
    assert mode.refusal(0, cancels=True, post_only=False) is None
    mode.enter(Mode.DISABLED, 2_000)
    assert mode.refusal(0, cancels=True, post_only=False) is not None
    assert mode.refusal(2_000, cancels=False, post_only=False) is None
