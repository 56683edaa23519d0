"""Exposure and breaches as the API shows them."""

from pydantic import Field

from api.models import Amount, ApiModel


class ExposureCellView(ApiModel):
    """What is at risk in one group: money paid for what is held, and for orders that rest."""

    key: str
    held: Amount = Field(description="Cost of open positions, dollars.")
    resting: Amount = Field(description="Cost of open buy orders, dollars.")
    positions: int
    orders: int
    unrealised_pnl: Amount


class ExposureView(ApiModel):
    """Exposure seen from several sides, the greatest first."""

    by_zone: list[ExposureCellView]
    by_bot: list[ExposureCellView]
    by_market: list[ExposureCellView]
    by_category: list[ExposureCellView]
    by_bot_and_zone: list[ExposureCellView] = Field(description="Keys are bot/zone.")
    worst_case: Amount | None = Field(
        description="The account's loss if everything resolves against us, as the ledger says."
    )


class EventPositionView(ApiModel):
    """What is held in one venue event."""

    venue_event_id: str
    questions: list[str] = Field(description="Of its markets that are held and known.")
    markets: int = Field(description="Markets that are held.")
    bots: list[str]
    exclusive: bool = Field(description="Exactly one of the event's YES wins.")
    positions: int
    orders: int = Field(description="Orders that rest in it.")
    cost: Amount = Field(description="Of what is held, dollars.")
    pairs: Amount = Field(description="YES and NO of one market and bot: one dollar each.")
    unrealised_pnl: Amount
    worst_loss: Amount = Field(
        description="Loss if it resolves against us, orders in their worst subset, dollars; each "
        "bot for itself."
    )


class BreachView(ApiModel):
    """A breaker tripped or reset, a warning, an emergency halt."""

    breach_id: str
    at: int
    scope: str
    event: str
    breaker: str | None
    threshold_value: Amount | None
    current_value: Amount | None
    level: Amount | None
    affected: list[str]
    reason: str
    actor: str


class DenialBucketView(ApiModel):
    """Denials of one code in one step of time."""

    at: int = Field(description="Where the step begins, ms UTC.")
    code: str
    count: int


class DenialHistoryView(ApiModel):
    """Denials over time; a step that is not among the buckets had none."""

    since: int = Field(description="Where the first step begins, ms UTC.")
    until: int = Field(description="Session time of the question, ms UTC.")
    step_ms: int
    buckets: list[DenialBucketView] = Field(description="Oldest first.")
