"""Commands as the API shows them: what was asked, and how far it has come."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from api.models import Amount, ApiModel
from schemas.values import Action, IntentKind, Side, TimeInForce

NUMBER = r"^-?[0-9]{1,8}(\.[0-9]{1,6})?$"


def _exact(value: object) -> object:
    """Let numbers in as strings only: JSON's own are floats on their way, and lose cents."""
    if not isinstance(value, str) or not re.fullmatch(NUMBER, value, re.ASCII):
        raise ValueError("a decimal number written as a string, with at most six places")
    return value


_WRITTEN = (BeforeValidator(_exact), WithJsonSchema({"type": "string", "pattern": NUMBER}))
Price = Annotated[Decimal, *_WRITTEN, Field(gt=0, lt=1)]
"""Dollars a share, strictly between 0 and 1."""
Size = Annotated[Decimal, *_WRITTEN, Field(gt=0, le=10_000_000)]
"""Shares."""
Edge = Annotated[Decimal, *_WRITTEN, Field(gt=-1, lt=1)]
"""Dollars a share; negative is a loss."""


class StepView(ApiModel):
    """One part of a command's effect, read back."""

    name: str
    done: int
    of: int


class CommandProgressView(ApiModel):
    """How far a command has come."""

    command_id: str
    stage: str = Field(
        description="accepted: on the log. applied or denied: the risk gate answered. "
        "confirmed: applied, and its whole effect has been read back."
    )
    verb: str | None = Field(description="Null while only the answer has been read.")
    bot_id: str | None
    reason: str
    by: str
    sent_at: int | None
    answered_at: int | None
    detail: str = Field(description="The gate's sentence; empty before it answered.")
    steps: list[StepView]
    advice: str = Field(description="What to do when it stays so; empty when it is done.")


class OrderBody(ApiModel):
    """An operator's order. It is post-only; the risk gate judges it like a bot's."""

    bot_id: str = Field(description="Whose capital and limits.")
    market_id: str
    side: Side
    action: Action
    price: Price = Field(description="Dollars a share, as a string.")
    size: Size = Field(description="Shares, as a string.")
    kind: IntentKind = Field(
        IntentKind.DIRECTIONAL, description="REDUCE lessens a position and passes most checks."
    )
    fair_value: Price | None = Field(None, description="Your win probability of the token.")
    edge: Edge | None = Field(None, description="Net, dollars a share.")
    time_in_force: TimeInForce = Field(TimeInForce.GTC, description="GTC or GTD.")
    ttl_s: int = Field(600, ge=1, le=30 * 86_400, description="Life of a GTD order, seconds.")
    reason: str = Field("operator", min_length=1, max_length=200)


class CloseBody(ApiModel):
    """Closing a position: a passive SELL of what is held, as REDUCE."""

    price: Price | None = Field(
        None, description="Dollars a share; the token's best ask when left out."
    )
    size: Size | None = Field(None, description="Shares; all when left out.")
    reason: str = Field("operator", min_length=1, max_length=200)


class JudgementView(ApiModel):
    """What the risk gate says of an order."""

    accepted: bool
    code: str | None = Field(description="Why it is denied; null when it passes.")
    rule: str
    limit: str
    value: str
    kind: IntentKind | None = Field(description="The verified kind; null when denied.")
    zone: str | None


class OrderTicketView(ApiModel):
    """An operator's order with the gate's verdict, read back."""

    order_id: str
    intent_id: str
    judgement: JudgementView
    price: Amount
    size: Amount


class CancelView(ApiModel):
    """A cancel that is on the log."""

    order_id: str
    bot_id: str
    status: str = Field(description="PENDING while it rests; what ended it when it is gone.")
    confirmed: bool = Field(description="The venue has said that it rests no more.")
