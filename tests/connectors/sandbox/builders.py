"""Short ways to build what the sandbox's tests need."""

from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Accepted, Event, Filled, LevelChanged, Rejected
from connectors.sandbox.fees import FeeRate
from connectors.sandbox.frames import Frame
from connectors.sandbox.market import MarketSpec, VenueEvent
from connectors.sandbox.mirror import YES
from connectors.sandbox.orders import Order
from schemas.values import MICRO, Action, TimeInForce

NOW_MS = 1_795_383_383_123
FEE = FeeRate(400, 2500)


def engine(tick: int = 100) -> MatchingEngine:
    return MatchingEngine(tick, 5 * MICRO, FEE)


def order(
    order_id: str,
    action: Action,
    pips: int,
    shares: float,
    leg: int = YES,
    owner: str = "",
    kind: TimeInForce = TimeInForce.GTC,
    post_only: bool = False,
    expires_ms: int = 0,
    budget: int = 0,
) -> Order:
    return Order(
        order_id=order_id,
        owner=owner or order_id,
        leg=leg,
        action=action,
        pips=pips,
        size=round(shares * MICRO),
        time_in_force=kind,
        budget=budget,
        post_only=post_only,
        expires_ms=expires_ms,
        placed_ms=NOW_MS,
    )


def fills(events: list[Event]) -> list[Filled]:
    return [event for event in events if isinstance(event, Filled)]


def levels(events: list[Event]) -> list[LevelChanged]:
    return [event for event in events if isinstance(event, LevelChanged)]


def reason(events: list[Event]) -> str:
    (only,) = events
    assert isinstance(only, Rejected)
    return only.reason


def accepted(events: list[Event]) -> bool:
    return isinstance(events[0], Accepted)


def spec(condition_id: str = "0x" + "ab" * 32, tick: int = 100) -> MarketSpec:
    return MarketSpec(
        condition_id=condition_id,
        slug="a-question",
        question="Is this a question?",
        description="SIMULATED.",
        outcomes=("Yes", "No"),
        category="politics",
        label="simulated",
        listed_ms=NOW_MS - 1000,
        end_ms=NOW_MS + 86_400_000,
        event=VenueEvent(slug="a-question", title="Is this a question?"),
        tick=tick,
        min_size=5 * MICRO,
        fee=FEE,
    )


def texts(value: object) -> list[dict[str, str]]:
    assert isinstance(value, list)
    return value


def kinds(frames: list[Frame]) -> list[object]:
    return [frame["event_type"] for frame in frames]
