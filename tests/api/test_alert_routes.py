"""Alerts over the API: listed with meaning and action, handled with the effect read back."""

import httpx
import pytest

from api.notifier import OFF
from schemas.ops import ClockTick
from tests.api.running import NOW, Running, beats
from tests.sinks.messages import alert, at, listed, top


@pytest.fixture(autouse=True)
def raised(running: Running) -> None:
    running.log.tell(ClockTick(**at(0, "tick")))
    running.tell(listed(0), top(NOW), alert(NOW), *beats(NOW))


async def test_an_alert_is_acknowledged_muted_and_unmuted(client: httpx.AsyncClient) -> None:
    (view,) = (await client.get("/api/v1/alerts?open_only=true")).json()["data"]
    assert (view["open"], view["rule"]) == (True, "stage-silent")
    assert view["action"]
    path = f"/api/v1/alerts/{view['alert_id']}"
    taken = (await client.post(f"{path}/acknowledge", json={"reason": "seen"})).json()
    assert (taken["open"], taken["acknowledged_by"]) == (False, "api")
    assert (await client.get("/api/v1/alerts?open_only=true")).json()["data"] == []
    muted = (await client.post(f"{path}/mute", json={"minutes": 5, "reason": "known"})).json()
    assert muted["muted_until"] > view["first_at"]
    assert (await client.post(f"{path}/unmute", json={})).json()["muted_until"] is None


async def test_an_unknown_alert_is_404(client: httpx.AsyncClient) -> None:
    reply = await client.post("/api/v1/alerts/none/acknowledge", json={})
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown-alert")


async def test_channels_are_off_visibly_without_a_key(client: httpx.AsyncClient) -> None:
    views = (await client.get("/api/v1/alerts/channels")).json()["data"]
    assert {view["name"]: (view["on"], view["detail"]) for view in views} == {
        name: (False, how) for name, how in OFF.items()
    }
    reply = await client.post("/api/v1/alerts/channels/mail/test")
    assert (reply.status_code, reply.json()["code"]) == (409, "channel-off")
    assert "PETS_MAIL_URL" in reply.json()["hint"]
