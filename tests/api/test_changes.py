"""The changefeed: nothing missed and nothing twice, over reconnects and restarts."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import changes
from api.changes import (
    LETTERS,
    Changes,
    ChangesGoneError,
    InvalidChangeIdError,
    parsed,
    written,
)
from api.routes.changefeed import stream_changes
from tests.api.running import Running
from tests.sinks.messages import canceled, denied, fill, order, placed, top
from topics.catalog import BOOK_TOPS, DECISIONS, FILLS, ORDERS

PLACES = st.dictionaries(
    st.sampled_from(sorted(LETTERS.values())),
    st.tuples(st.integers(0, 10**12), st.integers(0, 500)),
)


@given(PLACES)
def test_an_id_says_how_far_its_reader_has_come(reached: changes.Reached) -> None:
    assert parsed(written(reached)) == reached


@pytest.mark.parametrize("text", ["x", "d1", "d1.2-", "z1.2", "d-1.0", "d1.2 ", "d1.2-d"])
def test_other_texts_are_no_ids(text: str) -> None:
    with pytest.raises(InvalidChangeIdError, match=r"d1204\.3"):
        parsed(text)


def filled(kept: Changes) -> None:
    kept.add(ORDERS, 1, 0, placed(order("o1")))
    kept.add(DECISIONS, 7, 0, denied(order("o2")))
    kept.add(FILLS, 3, 0, fill(order("o1"), 40, "4", "4"))
    kept.add(FILLS, 3, 1, fill(order("o1"), 60, "6", "10"))
    kept.add(BOOK_TOPS, 9, 0, top(1))
    kept.add(ORDERS, 2, 0, canceled(order("o3"), 80))


def test_one_goes_on_from_any_id_and_misses_nothing() -> None:
    kept = Changes({})
    filled(kept)
    everything = list(kept.after("", 100))
    assert len(everything) == 5
    for number, (change_id, _) in enumerate(everything):
        assert list(kept.after(change_id, 100)) == everything[number + 1 :]
    assert everything[-1][0] == kept.now
    assert [change for _, change in kept.after("", 2)] == [c for _, c in everything[:2]]


def test_another_process_that_read_in_another_order_goes_on_all_the_same() -> None:
    here, there = Changes({}), Changes({})
    filled(here)
    there.add(FILLS, 3, 0, fill(order("o1"), 40, "4", "4"))
    there.add(FILLS, 3, 1, fill(order("o1"), 60, "6", "10"))
    there.add(ORDERS, 1, 0, placed(order("o1")))
    there.add(ORDERS, 2, 0, canceled(order("o3"), 80))
    there.add(DECISIONS, 7, 0, denied(order("o2")))
    second = list(here.after("", 2))[-1][0]
    left = {change.place for _, change in there.after(second, 100)}
    assert left == {(3, 0), (3, 1), (2, 0)}


def test_what_is_no_longer_kept_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "KEPT", 3)
    kept = Changes({})
    for offset in range(5):
        kept.add(FILLS, offset, 0, fill(order("o1"), 40, "4", "4"))
    assert [change.place[0] for _, change in kept.after("", 10)] == [2, 3, 4]
    assert [change.place[0] for _, change in kept.after("f1.0", 10)] == [2, 3, 4]
    with pytest.raises(ChangesGoneError, match="Read the lists anew"):
        list(kept.after("f0.0", 10))
    with pytest.raises(ChangesGoneError):
        kept.since(0)
    assert [change.place[0] for change in kept.since(3)] == [3, 4]


def test_what_lies_before_this_process_began_to_read_is_said() -> None:
    kept = Changes({FILLS.name: 50})
    kept.add(FILLS, 50, 0, fill(order("o1"), 40, "4", "4"))
    assert len(list(kept.after("f49.0", 10))) == 1
    with pytest.raises(ChangesGoneError):
        list(kept.after("f48.3", 10))


async def test_pages_of_the_feed(running: Running, client: httpx.AsyncClient) -> None:
    running.read(ORDERS, placed(order("o1")))
    running.read(FILLS, fill(order("o1"), 40, "4", "4"))
    first = (await client.get("/api/v1/changefeed?limit=1")).json()
    assert [(each["type"], each["topic"]) for each in first["changes"]] == [
        ("order-placed", ORDERS.name)
    ]
    second = (await client.get(f"/api/v1/changefeed?after={first['next']}")).json()
    assert [each["message"]["size"] for each in second["changes"]] == ["4"]
    end = (await client.get(f"/api/v1/changefeed?after={second['next']}")).json()
    assert end == {"changes": [], "next": second["next"]}


@pytest.mark.parametrize(("after", "status", "code"), [("x", 422, "invalid-change-id")])
async def test_a_wrong_id_is_refused(
    client: httpx.AsyncClient, after: str, status: int, code: str
) -> None:
    for path in ("/changefeed", "/changefeed/stream"):
        reply = await client.get(f"/api/v1{path}?after={after}")
        assert (reply.status_code, reply.json()["code"]) == (status, code)


async def test_a_stream_goes_on_after_the_last_event(running: Running) -> None:
    running.read(ORDERS, placed(order("o1")))
    reply = await stream_changes(running.context, None, None)
    events = reply.body_iterator.__aiter__()
    assert str(await anext(events), "utf-8").startswith(": from ")  # type: ignore[arg-type]
    running.read(FILLS, fill(order("o1"), 40, "4", "4"))
    event = bytes(await anext(events)).decode()  # type: ignore[arg-type]
    head, data, *_ = event.split("\ndata: ")
    assert head.startswith("id: ")
    assert head.endswith("event: fill")
    assert data.endswith("\n\n")
    again = await stream_changes(running.context, None, head[4:].split("\n")[0])
    more = again.body_iterator.__aiter__()
    await anext(more)
    running.read(FILLS, fill(order("o1"), 60, "6", "10"))
    assert b'"cumulative":"10"' in bytes(await anext(more))  # type: ignore[arg-type]
