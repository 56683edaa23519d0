"""Breakers, exposure, breaches and the gate's judgement, as the API answers."""

from decimal import Decimal

import msgspec


class Breaker(msgspec.Struct, frozen=True):
    """How close one breaker is to its limit."""

    scope: str
    kind: str
    value: Decimal
    limit: Decimal
    open: bool
    until: int | None


class Cell(msgspec.Struct, frozen=True):
    """What is at risk in one group: cost of what is held, and of buy orders that rest."""

    key: str
    held: Decimal
    resting: Decimal
    positions: int
    orders: int
    unrealised_pnl: Decimal


class Exposure(msgspec.Struct, frozen=True):
    """Exposure seen from several sides, the greatest first."""

    by_zone: list[Cell]
    by_bot: list[Cell]
    by_market: list[Cell]
    by_category: list[Cell]
    by_bot_and_zone: list[Cell]
    worst_case: Decimal | None


class EventPosition(msgspec.Struct, frozen=True):
    """What is held in one venue event; `exclusive` when exactly one of its YES wins."""

    venue_event_id: str
    questions: list[str]
    markets: int
    bots: list[str]
    exclusive: bool
    positions: int
    orders: int
    cost: Decimal
    pairs: Decimal
    unrealised_pnl: Decimal
    worst_loss: Decimal


class Breach(msgspec.Struct, frozen=True):
    """A breaker tripped or reset, a warning, an emergency halt."""

    breach_id: str
    at: int
    scope: str
    event: str
    breaker: str | None
    threshold_value: Decimal | None
    current_value: Decimal | None
    affected: list[str]
    reason: str
    actor: str


class Judgement(msgspec.Struct, frozen=True):
    """What the risk gate says of an order."""

    accepted: bool
    code: str | None
    rule: str
    limit: str
    value: str
    kind: str | None
    zone: str | None


class Ticket(msgspec.Struct, frozen=True):
    """An operator's order with the gate's verdict, read back."""

    order_id: str
    judgement: Judgement
    price: Decimal
    size: Decimal


class DenialBucket(msgspec.Struct, frozen=True):
    """Denials of one code in a step of time that begins at `at`, ms UTC."""

    at: int
    code: str
    count: int


class DenialHistory(msgspec.Struct, frozen=True):
    """Denials over time; a step that is not among the buckets had none."""

    since: int
    until: int
    step_ms: int
    buckets: list[DenialBucket]
