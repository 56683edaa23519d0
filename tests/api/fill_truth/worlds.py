"""A session built by hand: what participants do, at which second, and what the public saw."""

from collections.abc import Sequence

from api.fill_truth.market import Played, play_market
from api.fill_truth.orders import Planned
from connectors.sandbox.events import Accepted, Cancelled, Ending
from connectors.sandbox.flow import Command
from connectors.sandbox.mirror import ASK, BID, NO, YES
from connectors.sandbox.orders import Order
from schemas.values import MICRO, PIPS, Action, TimeInForce

SHARES = 10
Said = tuple[float, Accepted | Cancelled]
"""Seconds after the start, and what was told."""


def template() -> Played:
    """A real market's metadata and start."""
    return play_market(3, "ether", 1, 100)


def rests(name: str, side: int, pips: int, shares: int) -> Order:
    return Order(
        order_id=name,
        owner=name,
        leg=YES if side == BID else NO,
        action=Action.BUY,
        pips=pips if side == BID else PIPS - pips,
        size=shares * MICRO,
        post_only=True,
    )


def sells(name: str, pips: int, shares: int) -> Order:
    """Takes bids down to a price and drops the rest."""
    return Order(
        order_id=name,
        owner=name,
        leg=YES,
        action=Action.SELL,
        pips=pips,
        size=shares * MICRO,
        time_in_force=TimeInForce.FAK,
    )


def taken_out(order: Order, shares: int) -> Cancelled:
    return Cancelled(order, shares * MICRO, Ending.CANCELED)


def session(base: Played, told: Sequence[Said]) -> Played:
    """Commands by their second after the start; without messages."""
    commands = [Command(base.start_ms + int(at * 1000), each) for at, each in told]
    return base._replace(commands=commands, messages=[])


def bid(base: Played, second: float, until: float, pips: int) -> Planned:
    """One bid of ours, reaching the venue at a second and gone at another."""
    arrives, gone = (base.start_ms + int(at * 1000) for at in (second, until))
    return Planned(
        number=0,
        side=BID,
        pips=pips,
        size=SHARES * MICRO,
        decided_ms=arrives - 250,
        arrives_ms=arrives,
        cancelled_ms=gone - 150,
        gone_ms=gone,
    )


FIRST = rests("first", BID, 5000, 100)
OPENING: tuple[Said, ...] = (
    (0.0, Accepted(rests("ask", ASK, 6000, 500))),
    (0.0, Accepted(FIRST)),
    (0.0, Accepted(rests("deep", BID, 4900, 500))),
)
