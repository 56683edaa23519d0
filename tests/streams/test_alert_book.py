"""Alerts are one per rule and scope: counted, acknowledged, muted, open anew when they return."""

import pytest

from schemas.ops import Alert, Deed, Severity
from streams.alerts import REOPEN_MS, AlertBook
from tests.sinks.messages import T0, alert, alert_handled

KEY = ("stage-silent", "book")


@pytest.fixture
def book() -> AlertBook:
    return AlertBook()


def test_the_same_alert_again_is_counted_and_told_once(book: AlertBook) -> None:
    opened = book.raised(alert(0))
    assert opened is not None
    assert book.raised(alert(10)) is None
    (entry,) = book
    assert (entry.count, entry.first_at, entry.last_at) == (2, T0, T0 + 10)
    assert book.by_id(opened.alert_id) == entry


def test_other_scopes_are_other_alerts(book: AlertBook) -> None:
    assert book.raised(alert(0)) is not None
    assert book.raised(alert(1, scope="gate")) is not None
    assert [entry.scope for entry in book] == ["gate", "book"]


def test_an_acknowledged_alert_is_not_open_and_stays_so(book: AlertBook) -> None:
    book.raised(alert(0))
    book.handled(alert_handled(5, Deed.ACKNOWLEDGED))
    assert book.raised(alert(10)) is None
    entry = book.entry(*KEY)
    assert entry is not None
    assert (entry.is_open, entry.acknowledged_by) == (False, "cli")


@pytest.mark.parametrize("again", [alert(REOPEN_MS + 6), alert(20, severity=Severity.CRITICAL)])
def test_it_opens_anew_after_long_silence_or_when_it_is_louder(
    book: AlertBook, again: Alert
) -> None:
    book.raised(alert(0, severity=Severity.WARNING))
    book.handled(alert_handled(5, Deed.ACKNOWLEDGED))
    opened = book.raised(again)
    assert opened is not None
    assert opened.is_open


def test_it_opens_anew_after_its_cause_was_gone(book: AlertBook) -> None:
    first = book.raised(alert(0))
    book.handled(alert_handled(5, Deed.RESOLVED))
    second = book.raised(alert(10))
    assert first is not None
    assert second is not None
    assert first.alert_id != second.alert_id


def test_muting_ends_by_itself_and_by_hand(book: AlertBook) -> None:
    book.raised(alert(0))
    book.handled(alert_handled(5, Deed.MUTED, until=T0 + 100))
    entry = book.entry(*KEY)
    assert entry is not None
    assert [entry.is_muted(T0 + ms) for ms in (50, 100)] == [True, False]
    book.handled(alert_handled(60, Deed.UNMUTED))
    entry = book.entry(*KEY)
    assert entry is not None
    assert not entry.is_muted(T0 + 70)


def test_what_is_done_about_an_unknown_alert_changes_nothing(book: AlertBook) -> None:
    book.handled(alert_handled(5, Deed.RESOLVED))
    assert list(book) == []
