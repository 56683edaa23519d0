"""A client that rebuilds books from frames and checks hashes, written from PROTOCOL.md alone."""

import hashlib
import json
from decimal import Decimal
from typing import Any


class Replica:
    """One token's book as a subscriber sees it; prices and sizes stay texts."""

    def __init__(self) -> None:
        self.head: dict[str, Any] = {}
        self.bids: dict[str, str] = {}
        self.asks: dict[str, str] = {}
        self.last_trade_price = ""
        self.promised = ""

    def wire(self) -> dict[str, Any]:
        rows = {
            "bids": sorted(self.bids, key=Decimal),
            "asks": sorted(self.asks, key=Decimal, reverse=True),
        }
        sizes = {"bids": self.bids, "asks": self.asks}
        return {
            **{name: self.head[name] for name in ("market", "asset_id", "timestamp")},
            "hash": "",
            **{
                name: [{"price": price, "size": sizes[name][price]} for price in prices]
                for name, prices in rows.items()
            },
            **{name: self.head[name] for name in ("min_order_size", "tick_size", "neg_risk")},
            "last_trade_price": self.last_trade_price,
        }

    def hash(self) -> str:
        text = json.dumps(self.wire(), separators=(",", ":"))
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def best(self) -> tuple[str, str]:
        bid = max(self.bids, key=Decimal, default="")
        ask = min(self.asks, key=Decimal, default="")
        return bid, ask

    def crossed(self) -> bool:
        bid, ask = self.best()
        return bool(bid and ask) and Decimal(bid) >= Decimal(ask)


class Follower:
    """All tokens of a stream of frames; `checked` counts verified hashes."""

    def __init__(self) -> None:
        self.books: dict[str, Replica] = {}
        self.checked = 0
        self.prints: list[dict[str, Any]] = []
        self.gates: dict[str, tuple[str, str]] = {}

    def feed(self, frame: dict[str, Any]) -> None:
        match frame["event_type"]:
            case "book":
                self._book(frame)
            case "price_change":
                self._changes(frame)
            case "last_trade_price":
                self.books[frame["asset_id"]].last_trade_price = frame["price"]
                self.prints.append(frame)
            case "tick_size_change":
                self.books[frame["asset_id"]].head["tick_size"] = frame["new_tick_size"]
            case "best_bid_ask":
                self.gates[frame["asset_id"]] = (frame["best_bid"], frame["best_ask"])

    def check(self) -> None:
        """At the end of a batch: every hash that was promised is the hash of what was rebuilt."""
        for replica in self.books.values():
            if replica.promised:
                assert replica.hash() == replica.promised
                replica.promised = ""
                self.checked += 1

    def _book(self, frame: dict[str, Any]) -> None:
        replica = self.books.setdefault(frame["asset_id"], Replica())
        replica.head = dict(frame)
        replica.bids = {row["price"]: row["size"] for row in frame["bids"]}
        replica.asks = {row["price"]: row["size"] for row in frame["asks"]}
        replica.last_trade_price = frame["last_trade_price"]
        replica.promised = frame["hash"]
        assert [row["price"] for row in frame["bids"]] == sorted(replica.bids, key=Decimal)
        assert [row["price"] for row in frame["asks"]] == sorted(
            replica.asks, key=Decimal, reverse=True
        )

    def _changes(self, frame: dict[str, Any]) -> None:
        for entry in frame["price_changes"]:
            replica = self.books[entry["asset_id"]]
            side = replica.bids if entry["side"] == "BUY" else replica.asks
            if entry["size"] == "0":
                side.pop(entry["price"], None)
            else:
                side[entry["price"]] = entry["size"]
            replica.head["timestamp"] = frame["timestamp"]
            replica.promised = entry["hash"]


def follow(frames: list[dict[str, Any]], follower: Follower | None = None) -> Follower:
    """Apply frames and check at the end of every batch, that is when the time changes."""
    follower = follower or Follower()
    moment = ""
    for frame in frames:
        if frame["timestamp"] != moment and frame["event_type"] != "book":
            follower.check()
            moment = frame["timestamp"]
        follower.feed(frame)
    follower.check()
    return follower
