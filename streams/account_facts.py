"""What the account fold says about a message it folded in."""

import msgspec

from schemas.ids import BotId, OrderId
from streams.breaker_events import BreakerReset, BreakerTripped, LevelReached
from streams.episodes import ClosedEpisode
from streams.ledger_state import HoldingChange
from streams.orders import OpenOrder


class OrderEnded(msgspec.Struct, frozen=True):
    """An order of ours rests no more; `entry` is as it was at its end."""

    entry: OpenOrder


class CancelFailed(msgspec.Struct, frozen=True):
    """The venue found nothing to cancel."""

    order_id: OrderId
    reason: str


class RearmRefused(msgspec.Struct, frozen=True):
    """A re-arm changed nothing; `reason` is a sentence."""

    bot_id: BotId | None
    reason: str


class CapitalRefused(msgspec.Struct, frozen=True):
    """A flow changed nothing: a repeat, or a withdrawal above the cash there is."""

    bot_id: BotId | None


Fact = (
    HoldingChange
    | ClosedEpisode
    | BreakerTripped
    | BreakerReset
    | LevelReached
    | OrderEnded
    | CancelFailed
    | RearmRefused
    | CapitalRefused
)
