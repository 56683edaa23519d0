"""Small charts as SVG text. Pure; the same data gives the same bytes.

Colours are classes of the page's style sheet, so that a chart follows light and dark.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from math import ceil, floor, log10
from typing import NamedTuple

WIDTH, HEIGHT = 760, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 28
TICKS = 4
DOLLARS = "dollars"
"""A form of its own, because the sign comes before the dollar."""
MINUTE_MS, DAY_MS = 60_000, 86_400_000


class Line(NamedTuple):
    """A curve; (x, y) in the order of x.

    Attributes:
        name: For the legend and for screen readers.
        style: 0 to 5, the colour's number.
        dashed: Drawn with gaps.
    """

    name: str
    points: Sequence[tuple[float, float]]
    style: int
    dashed: bool = False


class Mark(NamedTuple):
    """A point on a chart.

    Attributes:
        up: A triangle upwards, else downwards.
        hollow: Only its outline.
        title: Shown when it is pointed at.
    """

    x: float
    y: float
    up: bool
    hollow: bool
    title: str


class _Frame(NamedTuple):
    """How values become places."""

    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: float) -> float:
        """A place from the left."""
        return LEFT + (value - self.x0) / (self.x1 - self.x0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """A place from the top."""
        return HEIGHT - BOTTOM - (value - self.y0) / (self.y1 - self.y0) * (HEIGHT - TOP - BOTTOM)


def chart(
    title: str,
    lines: Sequence[Line],
    marks: Sequence[Mark] = (),
    form: str = DOLLARS,
    zero: bool = False,
) -> str:
    """Curves over time.

    Args:
        title: What a screen reader says.
        lines: At least one with a point.
        marks: Drawn over them.
        form: How a value is written.
        zero: Whether the axis includes 0.
    """
    points = [point for line in lines for point in line.points]
    points += [(mark.x, mark.y) for mark in marks]
    if not points:
        return "<p class=quiet>Nothing to draw.</p>"
    frame = _frame(points, zero)
    parts = [_axes(frame, form)]
    parts += [_line(frame, line) for line in lines if line.points]
    parts += [_mark(frame, mark) for mark in marks]
    return _svg(title, "".join(parts)) + _legend(lines)


def reliability(title: str, bins: Sequence[tuple[int, float, float]]) -> str:
    """Frequencies over forecasts, beside the diagonal of perfect ones.

    Args:
        title: What a screen reader says.
        bins: (markets, mean forecast, frequency).
    """
    frame = _Frame(0.0, 1.0, 0.0, 1.0)
    most = max((count for count, _, _ in bins), default=1)
    parts = [_grid(frame, "{:.1f}"), _line(frame, Line("", ((0, 0), (1, 1)), 5, dashed=True))]
    for count, forecast, frequency in bins:
        radius = 3 + 7 * (count / most) ** 0.5
        parts.append(
            f'<circle class="f0" cx="{frame.x(forecast):.1f}" cy="{frame.y(frequency):.1f}" '
            f'r="{radius:.1f}"><title>{count} markets: said {forecast:.3f}, came {frequency:.3f}'
            "</title></circle>"
        )
    return _svg(title, "".join(parts))


def bars(title: str, values: Sequence[tuple[str, float]], form: str = "{:,.0f}") -> str:
    """Horizontal bars, one a name; negative ones to the left."""
    if not values:
        return "<p class=quiet>None.</p>"
    least, most = min(0.0, *(v for _, v in values)), max(0.0, *(v for _, v in values))
    span = (most - least) or 1.0
    row, left = 22, 260
    scale = (WIDTH - left - 90) / span
    zero = left - least * scale
    parts = []
    for number, (name, value) in enumerate(values):
        y = number * row
        x, width = min(zero, zero + value * scale), abs(value) * scale
        kind = "f1" if value < 0 else "f0"
        parts.append(
            f'<text class="name" x="{left - 8}" y="{y + 15}">{escape(name)}</text>'
            f'<rect class="{kind}" x="{x:.1f}" y="{y + 4}" width="{max(width, 1):.1f}" '
            'height="14"/>'
            f'<text x="{max(zero, zero + value * scale) + 6:.1f}" y="{y + 15}">'
            f"{escape(_text(form, value))}</text>"
        )
    return _svg(title, "".join(parts), len(values) * row)


def _frame(points: Sequence[tuple[float, float]], zero: bool) -> _Frame:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    low, high = min(ys), max(ys)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
    room = (high - low) * 0.05
    right = max(xs) if max(xs) > min(xs) else min(xs) + 1
    return _Frame(min(xs), right, low - room, high + room)


def _axes(frame: _Frame, form: str) -> str:
    parts = [_grid(frame, form)]
    span = frame.x1 - frame.x0
    day = "%Y-%m-%d" if span > 3 * DAY_MS else "%m-%d %H:%M" if span > DAY_MS else "%H:%M"
    for step in range(TICKS + 1):
        at = frame.x0 + span * step / TICKS
        text = datetime.fromtimestamp(at / 1000, UTC).strftime(day)
        anchor = "start" if step == 0 else "end" if step == TICKS else "middle"
        parts.append(
            f'<text x="{frame.x(at):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{text}</text>'
        )
    return "".join(parts)


def _grid(frame: _Frame, form: str) -> str:
    """Lines at round values."""
    span = frame.y1 - frame.y0
    step = 10 ** floor(log10(span / TICKS))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= TICKS + 1)
    parts = []
    for number in range(ceil(frame.y0 / step), floor(frame.y1 / step) + 1):
        value = number * step
        y = frame.y(value)
        kind = "zero" if number == 0 else "grid"
        parts.append(
            f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="name" x="{LEFT - 6}" y="{y + 4:.1f}">{escape(_text(form, value))}</text>'
        )
    return "".join(parts)


def _line(frame: _Frame, line: Line) -> str:
    places = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in line.points)
    dash = " dashed" if line.dashed else ""
    return f'<polyline class="s{line.style}{dash}" points="{places}"/>'


def _mark(frame: _Frame, mark: Mark) -> str:
    x, y, size = frame.x(mark.x), frame.y(mark.y), 5.0 if mark.up else -5.0
    kind = ("up" if mark.up else "down") + (" hollow" if mark.hollow else "")
    return (
        f'<path class="{kind}" d="M{x:.1f},{y - size:.1f} l{size:.1f},{1.6 * size:.1f} '
        f'h{-2 * size:.1f} z"><title>{escape(mark.title)}</title></path>'
    )


def _text(form: str, value: float) -> str:
    if form != DOLLARS:
        return form.format(value).replace("-", "−")
    return f"{'−' if value < 0 else ''}${abs(value):,.2f}"


def _legend(lines: Sequence[Line]) -> str:
    named = [line for line in lines if line.name]
    if len(named) < 2:
        return ""
    entries = "".join(
        f'<span><i class="b{line.style}{" dashed" if line.dashed else ""}"></i>'
        f"{escape(line.name)}</span>"
        for line in named
    )
    return f"<div class=legend>{entries}</div>"


def _svg(title: str, inner: str, height: int = HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"{inner}</svg>"
    )
