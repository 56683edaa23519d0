"""A decision's way as the API shows it."""

from pydantic import Field

from api.models import ApiModel


class TraceStepView(ApiModel):
    """One step: what was seen, wanted, judged, placed or executed."""

    step: str = Field(description="book, signal, intent, verdict, order, end or fill.")
    at: int = Field(description="Session time, ms UTC.")
    after_ms: int = Field(description="Since the first step.")
    message_id: str
    cause_id: str = Field(description="The message that led to it; empty where not kept.")
    topic: str = Field(description="Where the message is on the log; empty where it has none.")
    summary: str
    facts: dict[str, str] = Field(description="Every figure that is kept of it.")


class TraceView(ApiModel):
    """The way of one decision, oldest step first."""

    asked_id: str
    bot_id: str
    market_id: str
    question: str
    steps: list[TraceStepView]
    gaps: list[str] = Field(description="What could not be found, in sentences.")
