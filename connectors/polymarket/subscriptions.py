"""What is said to the sockets (PROTOCOL.md section 6): first frames and changes. Pure."""

from typing import NamedTuple

from connectors.polymarket.auth import ApiCredentials

Frame = dict[str, object]


class MarketSubscription(NamedTuple):
    """What a market socket follows.

    Attributes:
        assets: Token ids.
        custom: Whether best prices, new markets and resolutions come too.
    """

    assets: frozenset[str] = frozenset()
    custom: bool = True


class UserSubscription(NamedTuple):
    """What a user socket follows: all markets, or some."""

    every: bool = True
    markets: frozenset[str] = frozenset()


def market_first(wanted: MarketSubscription) -> Frame:
    """The first frame of a market socket."""
    return {
        "type": "market",
        "assets_ids": sorted(wanted.assets),
        "custom_feature_enabled": wanted.custom,
    }


def market_change(before: MarketSubscription, after: MarketSubscription) -> list[Frame]:
    """The frames that turn one subscription of a live socket into another."""
    frames: list[Frame] = []
    added = sorted(after.assets - before.assets)
    if not added and before.custom != after.custom and after.assets:
        # Naming any active asset again switches the flag of the whole socket.
        added = sorted(after.assets)[:1]
    if added:
        frames.append(
            {
                "operation": "subscribe",
                "assets_ids": added,
                "custom_feature_enabled": after.custom,
            }
        )
    removed = sorted(before.assets - after.assets)
    if removed:
        frames.append({"operation": "unsubscribe", "assets_ids": removed})
    return frames


def user_first(wanted: UserSubscription, credentials: ApiCredentials) -> Frame:
    """The first frame of a user socket; it carries the secret and is never logged."""
    frame: Frame = {
        "type": "user",
        "auth": {
            "apiKey": credentials.key,
            "secret": credentials.secret_text,
            "passphrase": credentials.passphrase,
        },
    }
    if not wanted.every:
        frame["markets"] = sorted(wanted.markets)
    return frame


def user_change(before: UserSubscription, after: UserSubscription) -> list[Frame]:
    """The frames that turn one subscription of a live socket into another."""
    old = frozenset() if before.every else before.markets
    new = frozenset() if after.every else after.markets
    frames: list[Frame] = []
    added, removed = sorted(new - old), sorted(old - new)
    if added:
        frames.append({"operation": "subscribe", "markets": added})
    if removed:
        frames.append({"operation": "unsubscribe", "markets": removed})
    return frames


def rtds_change(operation: str, topic: str, kind: str, filters: str = "") -> Frame:
    """Subscribe to or unsubscribe from a topic of the real-time data service.

    Args:
        operation: subscribe or unsubscribe.
        topic: For example activity.
        kind: For example trades.
        filters: A JSON object as text, or nothing.
    """
    subscription: Frame = {"topic": topic, "type": kind}
    if filters:
        subscription["filters"] = filters
    return {"action": operation, "subscriptions": [subscription]}
