"""Alerts as the API shows them."""

from pydantic import Field

from api.models import ApiModel
from schemas.ops import Severity


class AlertView(ApiModel):
    """One alert: one rule and scope, however often it was raised."""

    alert_id: str
    rule: str
    scope: str
    severity: Severity
    detail: str
    meaning: str
    action: str = Field(description="What to do; docs/runbook.md says the same.")
    first_at: int
    last_at: int
    count: int
    open: bool = Field(description="Neither acknowledged nor resolved.")
    acknowledged_at: int | None
    acknowledged_by: str
    muted_until: int | None
    resolved_at: int | None


class AlertEntryView(ApiModel):
    """One line of the history: an alert was raised, or something was done about it."""

    entry_id: str
    at: int
    rule: str
    scope: str
    deed: str
    detail: str
    by: str
    severity: str | None
    until: int | None


class ChannelView(ApiModel):
    """One way out of the house for alerts."""

    name: str
    on: bool
    detail: str = Field(description="Where it sends to, without secrets, or how to switch it on.")
    last_sent_at: int | None
    last_error: str
    waiting: int = Field(description="Alerts that wait to be taken.")


class MuteBody(ApiModel):
    """How long nothing is sent about an alert."""

    minutes: int = Field(60, ge=1, le=7 * 24 * 60, description="Wall minutes.")
    reason: str = Field("operator", min_length=1, max_length=200)


class SentView(ApiModel):
    """What became of a test."""

    channel: str
    sent: bool
    detail: str
