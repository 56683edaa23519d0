"""Signals, verdicts and traces as the API shows them: why there was a trade, or none."""

from typing import Generic, TypeVar

from pydantic import Field

from api.models import Amount, ApiModel

T = TypeVar("T")


class PageView(ApiModel, Generic[T]):
    """A page of a list, newest first."""

    items: list[T]
    next_cursor: str | None = Field(description="Give it back for the next page; null at the end.")


class SignalView(ApiModel):
    """What a bot saw and decided, traded or not."""

    signal_id: str
    at: int
    bot_id: str
    market_id: str
    token_id: str | None
    decision: str
    reason: str
    fair_value: float | None
    sigma: float | None
    mid: float | None
    edge: float | None
    limit_price: Amount | None
    sizing_lambda: float | None
    shrinkage: float | None
    features: dict[str, float]


class SignalCountView(ApiModel):
    """How often a bot decided something for one reason."""

    bot_id: str
    decision: str
    reason: str
    count: int
    last_at: int


class DecisionView(ApiModel):
    """The gate's verdict on one order, or on one merge or split of pairs."""

    decision_id: str
    leg: int
    decided_at: int
    intent_id: str
    bot_id: str
    market_id: str
    verdict: str = Field(description="APPROVED or DENIED.")
    subject: str = Field(description="ORDER, MERGE or SPLIT.")
    order_id: str | None
    side: str | None
    action: str | None
    kind: str | None
    zone: str | None
    price: Amount | None
    size: Amount
    ordered_at: int | None
    code: str | None = Field(description="Why it was denied; docs/reason-codes.md says more.")
    rule: str | None
    limit_value: str | None
    value: str | None


class DecisionCountView(ApiModel):
    """How often the gate gave one answer to a bot, with what decided the last time."""

    bot_id: str
    verdict: str
    code: str | None
    count: int
    last_at: int
    rule: str | None
    limit_value: str | None
    value: str | None
