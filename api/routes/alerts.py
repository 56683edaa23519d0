"""`/alerts`: what an operator should know; acknowledge, mute, send a test."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from api.alert_models import AlertEntryView, AlertView, ChannelView, MuteBody, SentView
from api.callers import asked_by
from api.context import Context, answered, context_of, database
from api.decision_models import PageView
from api.freshness import Known, known
from api.models import CommandBody, Envelope
from api.notifier import OFF
from api.periods import Cursor, Hours, Limit, last
from api.problems import ApiError
from api.tables import CSV, Form, listed, paged
from schemas.alert_rules import rule_of
from schemas.ops import Deed, Severity
from sinks.queries.alerts import alert_history
from streams.alerts import AlertEntry

router = APIRouter(prefix="/alerts", tags=["alerts"])
MINUTE_MS = 60_000
ChannelName = Literal["webhook", "telegram", "mail"]


@router.get("", response_model=Envelope[list[AlertView]], responses=CSV)
async def list_alerts(
    context: Annotated[Context, Depends(context_of)],
    open_only: bool = False,
    severity: Severity | None = None,
    form: Form = "json",
) -> Envelope[list[AlertView]] | Response:
    """Alerts, one per rule and scope, the one raised last first."""
    views = [
        alert_view(entry)
        for entry in context.state.alerts
        if (entry.is_open or not open_only) and severity in (None, entry.severity)
    ]
    return listed(context, views, _known(context), form)


@router.get("/history", response_model=Envelope[PageView[AlertEntryView]], responses=CSV)
async def list_alert_history(
    context: Annotated[Context, Depends(context_of)],
    rule: str | None = None,
    hours: Hours = 24.0 * 7,
    limit: Limit = 50,
    cursor: Cursor = None,
    form: Form = "json",
) -> Envelope[PageView[AlertEntryView]] | Response:
    """What was raised, acknowledged, muted and resolved, newest first."""
    period = last(context, hours)._asdict()
    page = await answered(
        alert_history(database(context), **period, rule=rule, limit=limit, cursor=cursor)
    )
    newest = max((record.at for record in page.items), default=0)
    views = [AlertEntryView.model_validate(record) for record in page.items]
    return paged(context, views, page.next_cursor, known(context.state, ("sinks",), newest), form)


@router.get("/channels")
async def list_channels(
    context: Annotated[Context, Depends(context_of)],
) -> Envelope[list[ChannelView]]:
    """Where alerts are sent to, and how the others are switched on."""
    return context.envelope([_channel(context, name) for name in OFF], _known(context))


@router.post("/channels/{name}/test")
async def send_test_alert(
    name: ChannelName, context: Annotated[Context, Depends(context_of)]
) -> SentView:
    """Send a test over one channel and say what became of it."""
    notifier = context.notifier
    delivery = notifier.deliveries.get(name)
    if delivery is None:
        raise ApiError(409, "channel-off", f"Expected the channel {name} to be on.", OFF[name])
    error = await delivery.test(notifier.test_notice())
    detail = error or f"Sent to {delivery.channel.target}."
    return SentView(channel=name, sent=not error, detail=detail)


@router.post("/{alert_id}/acknowledge")
async def acknowledge_alert(
    alert_id: str,
    body: CommandBody,
    request: Request,
    context: Annotated[Context, Depends(context_of)],
) -> AlertView:
    """Take note of an alert: it is no longer open. It opens anew when it comes back."""
    entry = _entry(context, alert_id)
    by = asked_by(request)
    await context.alerting.handle(entry, Deed.ACKNOWLEDGED, by, note=body.reason)
    return await _read_back(context, entry)


@router.post("/{alert_id}/mute")
async def mute_alert(
    alert_id: str,
    body: MuteBody,
    request: Request,
    context: Annotated[Context, Depends(context_of)],
) -> AlertView:
    """Send nothing about an alert for a while; it stays on the list."""
    entry = _entry(context, alert_id)
    by = asked_by(request)
    ahead = int(body.minutes * MINUTE_MS * context.clock.speed)
    until = context.clock.now_ms() + ahead
    await context.alerting.handle(entry, Deed.MUTED, by, until, body.reason)
    return await _read_back(context, entry)


@router.post("/{alert_id}/unmute")
async def unmute_alert(
    alert_id: str,
    body: CommandBody,
    request: Request,
    context: Annotated[Context, Depends(context_of)],
) -> AlertView:
    """Send again what is raised of it."""
    entry = _entry(context, alert_id)
    if entry.muted_until is None:
        return alert_view(entry)
    by = asked_by(request)
    await context.alerting.handle(entry, Deed.UNMUTED, by, note=body.reason)
    return await _read_back(context, entry)


def alert_view(entry: AlertEntry) -> AlertView:
    """An alert with its meaning."""
    rule = rule_of(entry.rule)
    return AlertView(
        alert_id=entry.alert_id,
        rule=entry.rule,
        scope=entry.scope,
        severity=entry.severity,
        detail=entry.detail,
        meaning=rule.meaning,
        action=rule.action,
        first_at=entry.first_at,
        last_at=entry.last_at,
        count=entry.count,
        open=entry.is_open,
        acknowledged_at=entry.acknowledged_at,
        acknowledged_by=entry.acknowledged_by,
        muted_until=entry.muted_until,
        resolved_at=entry.resolved_at,
    )


def _known(context: Context) -> Known:
    """The API itself watches, so that what it shows is as fresh as what it reads."""
    return Known(context.state.now, "Nothing has come over the log since.")


def _entry(context: Context, alert_id: str) -> AlertEntry:
    """An alert that is known.

    Raises:
        ApiError: None has this id.
    """
    entry = context.state.alerts.by_id(alert_id)
    if entry is None:
        raise ApiError(
            404,
            "unknown-alert",
            f"Expected the id of an alert, received {alert_id[:80]!r}.",
            "GET /api/v1/alerts lists them.",
        )
    return entry


async def _read_back(context: Context, before: AlertEntry) -> AlertView:
    """The alert as the log says it is now.

    Raises:
        GateSilentError: What was written has not been read in time.
    """
    return alert_view(await context.alerting.read_back(before))


def _channel(context: Context, name: str) -> ChannelView:
    delivery = context.notifier.deliveries.get(name)
    return ChannelView(
        name=name,
        on=delivery is not None,
        detail=OFF[name] if delivery is None else delivery.channel.target,
        last_sent_at=None if delivery is None else delivery.sent_at,
        last_error="" if delivery is None else delivery.error,
        waiting=0 if delivery is None else delivery.waiting,
    )
