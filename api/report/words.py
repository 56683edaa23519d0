"""Figures as a report writes them: bands, insufficient samples, times."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from html import escape

from streams.run_statistics import Luck
from streams.statistics import MIN_DAYS

MIN_MARKETS = 30
"""Resolved markets below which a calibration is shown as insufficient."""
MIN_FILLS = 30
"""Answered fills below which a markout is shown as insufficient."""


def dollars(value: Decimal | float) -> str:
    """An amount with its sign before the dollar."""
    sign = "−" if value < 0 else ""
    return f"{sign}${abs(value):,.2f}"


def band(values: Iterable[Decimal]) -> str:
    """From the lowest to the highest queue model; a band over 0 says that the sign is unknown."""
    found = list(values)
    low, high = min(found), max(found)
    unknown = "; sign unknown" if low < 0 < high else ""
    return f"{dollars(low)} to {dollars(high)}{unknown}"


def cents(value: float | None, count: int, of: str = "fills") -> str:
    """A markout in cents per share, the mean of a number of fills or orders."""
    if value is None:
        return "–"
    return f"{100 * value:+.2f} ¢" if count >= MIN_FILLS else f"insufficient ({count} {of})"


def percent(share: float | None) -> str:
    """A share of something, or that there was nothing."""
    return "–" if share is None else f"{share:.1%}"


def seconds(ms: float | None) -> str:
    """A length of time, or that there is none."""
    return "–" if ms is None else f"{ms / 1000:,.1f} s"


def ratio(value: float | None) -> str:
    """A ratio, or that there is none."""
    return "undefined" if value is None else f"{value:.2f}"


def luck_words(found: Luck) -> str:
    """What the returns are worth, in a sentence."""
    runs = f"{found.tried:,} run{'s' if found.tried > 1 else ''} ever made on this data"
    if found.sharpe is None:
        return (
            f"insufficient: {found.days} daily returns, {MIN_DAYS} are the least "
            f"({runs} would be deducted)"
        )
    deflated = "undefined" if found.deflated is None else f"{found.deflated:.1%}"
    return (
        f"Sharpe {found.sharpe:.2f}, Sortino {ratio(found.sortino)}; deflated for {runs}: "
        f"{deflated} (95 % is the least for a bot to leave paper)"
    )


def moment(at_ms: int) -> str:
    """A time, UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of texts."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<div class=wide><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )
