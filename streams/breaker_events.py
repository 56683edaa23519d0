"""What the breaker fold reads and what it says (STRATEGIES.md C.5)."""

from decimal import Decimal

import msgspec

from schemas.ids import BotId
from schemas.risk import BreakerKind


class BreakerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the account's stream.

    Attributes:
        event_id: The message that led to it; a trip's id is derived from it.
        sequence: Position in the stream; an event at or before the last applied is a repeat.
        t: When, ms UTC.
    """

    event_id: str
    sequence: int
    t: int


class Tick(BreakerEvent, frozen=True, kw_only=True):
    """Time went on."""


class EquityChanged(BreakerEvent, frozen=True, kw_only=True):
    """A bot's bid-marked equity is now `equity` dollars, without a flow."""

    bot_id: BotId
    equity: Decimal


class EpisodeEnded(BreakerEvent, frozen=True, kw_only=True):
    """An episode closed with `pnl` dollars (D-10)."""

    bot_id: BotId
    pnl: Decimal


class CapitalMoved(BreakerEvent, frozen=True, kw_only=True):
    """Capital came to a bot (or, `bot_id` None, to the unallocated cash); negative: it went."""

    bot_id: BotId | None
    amount: Decimal


class Rearmed(BreakerEvent, frozen=True, kw_only=True):
    """An operator re-armed a bot's drawdown stop or, `bot_id` None, the portfolio's."""

    bot_id: BotId | None


class BreakerTripped(msgspec.Struct, frozen=True):
    """A breaker opened.

    Attributes:
        trip_id: Derived from kind, scope and event, so that telling it twice is telling it once.
        bot_id: The bot in scope; None for all.
        affected: Bots that may not open positions because of it.
    """

    trip_id: str
    kind: BreakerKind
    bot_id: BotId | None
    threshold: Decimal
    value: Decimal
    affected: tuple[BotId, ...]


class BreakerReset(msgspec.Struct, frozen=True):
    """A breaker closed; `by` is "time", "midnight" or "operator"."""

    kind: BreakerKind
    bot_id: BotId | None
    by: str


class LevelReached(msgspec.Struct, frozen=True):
    """A loss reached `level` (0.5 or 0.8) of a breaker's limit."""

    kind: BreakerKind
    bot_id: BotId | None
    level: Decimal
    threshold: Decimal
    value: Decimal


Outcome = BreakerTripped | BreakerReset | LevelReached
