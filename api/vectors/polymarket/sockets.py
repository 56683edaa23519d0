"""What sockets say and are told (PROTOCOL.md section 6)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.vectors.case import Case, Runner, equal
from api.vectors.compare import difference
from connectors.polymarket import subscriptions
from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.event_fields import Fields, RejectedEventError
from connectors.polymarket.market_events import read_market_event
from connectors.polymarket.subscriptions import MarketSubscription, UserSubscription
from connectors.polymarket.user_events import read_game, read_user_event

Inputs = Mapping[str, Any]
CREDENTIALS = ("11111111-2222-3333-4444-555555555555", "c2VjcmV0", "pp")
"""What the files were made with."""
ALIASES = {
    "market": "condition_id",
    "asset_id": "token_id",
    "asset_ids": "token_ids",
    "winning_asset_id": "winning_token_id",
}
"""The official client gives some fields two names."""


def _event(i: Inputs) -> object:
    channel, raw = i["channel"], i["raw"]
    try:
        if channel == "sports":
            event = msgspec.to_builtins(read_game(raw))
            return {"topic": channel, "type": "sport_result", "payload": event}
        market = channel == "market"
        event = msgspec.to_builtins(
            read_market_event(raw) if market else read_user_event(Fields(raw))
        )
    except RejectedEventError:
        return {"error": "rejected"}
    kind = event.pop("type")
    return {"topic": channel, "type": kind, "payload": _twice(event)}


def _twice(event: dict[str, Any]) -> dict[str, Any]:
    """The fields under both of their names, also of what is inside."""
    for inner in ("price_changes", "maker_orders"):
        if event.get(inner) is not None:
            event[inner] = [_twice(each) for each in event[inner]]
    for name, alias in ALIASES.items():
        if name in event:
            event.setdefault(alias, event[name])
    return event


def _frames(case: Case) -> str | None:
    i = case["input"]
    if i["channel"] == "market":
        before, after = (
            MarketSubscription(frozenset(i[state]["asset_ids"]), i[state]["custom"])
            for state in ("before", "after")
        )
        first = subscriptions.market_first(after)
        change = subscriptions.market_change(before, after)
    else:
        old, new = (
            UserSubscription(i[state]["all"], frozenset(i[state]["markets"]))
            for state in ("before", "after")
        )
        first = subscriptions.user_first(new, ApiCredentials(*CREDENTIALS))
        change = subscriptions.user_change(old, new)
    actual = {"initial_frame_for_after": first, "diff_frames": change}
    return difference(actual, case["expected"])


RUNNERS: dict[str, Runner] = {
    "ws_event_parsing": equal(_event),
    "ws_subscription_frames": _frames,
}
