"""Alerts as operators see them: one per rule and scope, counted, acknowledged, muted. Pure.

The same alert again is the same entry with a higher count. It opens anew, unacknowledged, when its
cause was gone, when it is louder than before, or when it was silent for an hour.
"""

from collections.abc import Iterator

import msgspec

from schemas.ids import derive_id
from schemas.ops import Alert, AlertHandled, Deed, Severity

REOPEN_MS = 3_600_000
KEPT = 500
"""Entries remembered; the oldest resolved or acknowledged ones go first."""
LOUDNESS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}

Key = tuple[str, str]
"""Rule and scope."""


class AlertEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One alert.

    Attributes:
        alert_id: Derived from rule, scope and the time it opened.
        first_at: When it opened, ms.
        last_at: When it was raised last, ms.
        count: How often it was raised since it opened.
        acknowledged_at: When an operator took note, ms; None while nobody has.
        muted_until: No message goes out before, ms; None when not muted.
        resolved_at: When its cause was gone, ms; None while it stands.
    """

    alert_id: str
    rule: str
    scope: str
    severity: Severity
    detail: str
    first_at: int
    last_at: int
    count: int = 1
    acknowledged_at: int | None = None
    acknowledged_by: str = ""
    muted_until: int | None = None
    resolved_at: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it wants an operator: neither resolved nor acknowledged."""
        return self.resolved_at is None and self.acknowledged_at is None

    def is_muted(self, now: int) -> bool:
        """Whether messages about it are held back at `now`, ms."""
        return self.muted_until is not None and now < self.muted_until


class AlertBook:
    """All alerts, by rule and scope."""

    def __init__(self) -> None:
        """Know none."""
        self._entries: dict[Key, AlertEntry] = {}

    def __iter__(self) -> Iterator[AlertEntry]:
        """Every entry, the one raised last first."""
        return iter(sorted(self._entries.values(), key=lambda entry: -entry.last_at))

    def entry(self, rule: str, scope: str) -> AlertEntry | None:
        """The entry of a rule and scope."""
        return self._entries.get((rule, scope))

    def by_id(self, alert_id: str) -> AlertEntry | None:
        """The entry of an id."""
        return next((e for e in self._entries.values() if e.alert_id == alert_id), None)

    def raised(self, alert: Alert) -> AlertEntry | None:
        """Fold an alert in.

        Returns:
            The entry when it opened or opened anew, and operators are to be told; else None.
        """
        key, at = (alert.rule, alert.scope), alert.event_time
        known = self._entries.get(key)
        if known is not None and not _opens_anew(known, alert):
            self._entries[key] = msgspec.structs.replace(
                known, detail=alert.detail, last_at=max(at, known.last_at), count=known.count + 1
            )
            return None
        entry = AlertEntry(
            alert_id=derive_id("alert-entry", alert.rule, alert.scope, at),
            rule=alert.rule,
            scope=alert.scope,
            severity=alert.severity,
            detail=alert.detail,
            first_at=at,
            last_at=at,
            muted_until=None if known is None else known.muted_until,
        )
        self._entries[key] = entry
        self._forget()
        return entry

    def handled(self, message: AlertHandled) -> None:
        """Fold in what was done about one; nothing where no such alert is known."""
        key, at = (message.rule, message.scope), message.event_time
        known = self._entries.get(key)
        if known is None:
            return
        changes: dict[str, object] = {"resolved_at": at}
        match message.deed:
            case Deed.ACKNOWLEDGED:
                changes = {"acknowledged_at": at, "acknowledged_by": message.by}
            case Deed.MUTED:
                changes = {"muted_until": message.until}
            case Deed.UNMUTED:
                changes = {"muted_until": None}
            case Deed.RESOLVED:
                pass
        self._entries[key] = msgspec.structs.replace(known, **changes)

    def _forget(self) -> None:
        if len(self._entries) <= KEPT:
            return
        oldest = min(self._entries.values(), key=lambda entry: (entry.is_open, entry.last_at))
        del self._entries[oldest.rule, oldest.scope]


def _opens_anew(known: AlertEntry, alert: Alert) -> bool:
    return (
        known.resolved_at is not None
        or LOUDNESS[alert.severity] > LOUDNESS[known.severity]
        or alert.event_time - known.last_at > REOPEN_MS
    )
