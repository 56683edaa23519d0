"""Orders that came over REST: whose they are, what became of them, how the venue describes them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from connectors.sandbox.frames import Frame
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.orders import Order
from connectors.sandbox.units import price_text, size_text
from schemas.values import Action

LIVE = "LIVE"
DELAYED = "DELAYED"
MATCHED = "MATCHED"
UNMATCHED = "UNMATCHED"
INVALID = "INVALID"


class Caller(NamedTuple):
    """Who makes a private request.

    Attributes:
        api_key: The credential; empty sees the orders of every key.
        address: Its wallet owner; empty where nobody checks.
    """

    api_key: str
    address: str = ""

    def sees(self, api_key: str) -> bool:
        """Whether an order of a credential is this caller's."""
        return self.api_key in ("", api_key)


@dataclass(slots=True)
class Placed:
    """One accepted order and what became of it.

    Attributes:
        api_key: The credential that placed it; only that one sees it.
        signature_type: 0 to 3 (PROTOCOL.md 3.1).
        status: The venue's word.
        matched: Micro-shares filled.
        updated_ms: Last change, ms UTC.
        trades: Ids of its trades.
    """

    order: Order
    spec: MarketSpec
    api_key: str
    signature_type: int = 0
    status: str = LIVE
    matched: int = 0
    updated_ms: int = 0
    trades: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Micro-shares asked for; what the money buys at the limit where a budget binds."""
        return self.order.size or self.order.budget // self.order.pips

    @property
    def asset_id(self) -> str:
        """The token it trades."""
        return self.spec.token_ids[self.order.leg]

    def row(self) -> Frame:
        """The order as `/data/orders` lists it."""
        order = self.order
        return {
            "id": order.order_id,
            "status": self.status,
            "owner": self.api_key,
            "maker_address": order.owner,
            "market": self.spec.condition_id,
            "asset_id": self.asset_id,
            "side": order.action.value,
            "original_size": size_text(self.size),
            "size_matched": size_text(self.matched),
            "price": price_text(order.pips),
            "outcome": self.spec.outcomes[order.leg],
            "expiration": str(order.expires_ms // 1000),
            "order_type": order.time_in_force.value,
            "associate_trades": list(self.trades),
            "created_at": order.placed_ms // 1000,
        }

    def frame(self, kind: str, at_ms: int) -> Frame:
        """The order as the user channel tells of it; `kind` is the frame's `type`."""
        row = self.row()
        row["created_at"] = str(row["created_at"])
        return {
            "event_type": "order",
            "type": kind,
            **row,
            "order_owner": self.api_key,
            "timestamp": str(at_ms),
        }


class Register:
    """All REST orders of this run.

    Attributes:
        by_id: Every order ever accepted.
        live: Those that rest or wait.
    """

    def __init__(self) -> None:
        self.by_id: dict[str, Placed] = {}
        self.live: dict[str, Placed] = {}

    def add(self, placed: Placed) -> None:
        """Keep a new order."""
        self.by_id[placed.order.order_id] = self.live[placed.order.order_id] = placed

    def end(self, placed: Placed, status: str, at_ms: int) -> None:
        """Let an order be over."""
        placed.status, placed.updated_ms = status, at_ms
        self.live.pop(placed.order.order_id, None)

    def open_for(self, caller: Caller) -> Iterator[Placed]:
        """Open orders that a caller sees, the oldest first."""
        return (placed for placed in list(self.live.values()) if caller.sees(placed.api_key))

    def reserved(self, order: Order, condition_id: str) -> int:
        """What the owner's open orders claim of the asset that a new order would spend.

        Returns:
            Money units for a buyer, micro-shares of the token for a seller.
        """
        claims = 0
        for other in self.live.values():
            if other.order.owner != order.owner or other.order.action is not order.action:
                continue
            left = other.size - other.matched
            if order.action is Action.BUY:
                claims += left * other.order.pips
            elif (other.spec.condition_id, other.order.leg) == (condition_id, order.leg):
                claims += left
        return claims
