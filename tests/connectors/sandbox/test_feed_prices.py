"""The live-data socket's conversation, without networking."""

import json
from typing import Any

import pytest

from connectors.polymarket.live_data import LivePrice, Refusal, read_live
from connectors.sandbox.coin import coin_of
from connectors.sandbox.feed_prices import UNAUTHORIZED, PriceSocket, PriceSubscriber
from connectors.sandbox.sandbox import Sandbox
from tests.connectors.sandbox.builders import NOW_MS

KEY = {"apiKey": "k", "secret": "s", "passphrase": "p"}


def said(subscriber: PriceSubscriber) -> list[dict[str, Any]]:
    out = []
    while (text := subscriber.next_message()) is not None:
        out.append(json.loads(text))
    return out


def ask(socket: PriceSocket, subscriber: PriceSubscriber, **request: object) -> None:
    socket.handle(subscriber, json.dumps(request))


def subscription(symbol: str, channel: str = "price.crypto") -> dict[str, object]:
    return {"channel": channel, "filter": {"symbol": symbol}}


@pytest.fixture
def admitted(sandbox: Sandbox) -> tuple[PriceSocket, PriceSubscriber]:
    socket, subscriber = PriceSocket(sandbox, lambda _: True), PriceSubscriber()
    ask(socket, subscriber, op="auth", auth=KEY, rid="1")
    assert said(subscriber) == [{"op": "authed", "rid": "1"}]
    return socket, subscriber


def test_a_stranger_and_a_wrong_key_are_shown_the_door(sandbox: Sandbox) -> None:
    for request in ({"op": "subscribe", "subscriptions": []}, {"op": "auth", "auth": KEY}):
        subscriber = PriceSubscriber()
        ask(PriceSocket(sandbox), subscriber, **request)
        assert subscriber.close_code == UNAUTHORIZED


@pytest.mark.parametrize("channel", ["price.crypto", "price.crypto.twap"])
def test_a_subscription_begins_with_the_last_minute(
    admitted: tuple[PriceSocket, PriceSubscriber], channel: str
) -> None:
    socket, subscriber = admitted
    wanted = [subscription("simusd", channel)]
    ask(socket, subscriber, op="subscribe", subscriptions=wanted, rid="2")
    accepted, snapshot = said(subscriber)
    assert accepted == {"op": "subscribed", "rid": "2", "channel": channel}
    points = snapshot["payload"]["data"]
    times = [point["timestamp"] for point in points]
    last = NOW_MS // 1000 * 1000
    assert times == list(range(last - 59_000, last + 1, 1000))
    coin = coin_of(7)
    value = coin.price(last) if channel == "price.crypto" else coin.twap(last)
    assert float(points[-1]["full_accuracy_value"]) == pytest.approx(float(value))


def test_no_price_is_made_up_for_the_recorded_markets(
    admitted: tuple[PriceSocket, PriceSubscriber],
) -> None:
    socket, subscriber = admitted
    ask(socket, subscriber, op="subscribe", subscriptions=[subscription("btcusd")], rid="3")
    (refused,) = said(subscriber)
    assert refused["code"] == "unknown_symbol"
    assert read_live(json.dumps(refused)) == Refusal("price.crypto", "unknown_symbol")


def test_what_is_read_of_a_frame() -> None:
    payload = {
        "symbol": "BTCUSD",
        "source": "x",
        "timestamp": 1_795_383_383_000,
        "value": 1.5,
        "full_accuracy_value": "1.500000000000000001",
    }
    frame = {"v": 1, "channel": "price.crypto", "seq": 4, "ts": 1, "payload": payload}
    price = LivePrice("btcusd", 1_795_383_383_000, 4, "1.500000000000000001")
    assert read_live(json.dumps(frame)) == price
    carried = {**frame, "payload": {**payload, "is_carried_forward": True}}
    for silent in (carried, {**frame, "v": 2}, {**frame, "snapshot": True}, {"op": "ping"}):
        assert read_live(json.dumps(silent)) is None
