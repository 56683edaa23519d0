"""Equity with its drawdown under it, on one time axis. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.answers import Equity

BLUE, ORANGE, ORANGE_SHADE = "#3b82f6", "#f97316", "rgba(249,115,22,0.25)"
"""Seen on light and on dark, and by the colour-blind."""
LEAST_RANGE = Decimal(10)
"""Dollars that the axis spans at least, so that cents do not look like cliffs."""
ROOM = Decimal("0.08")
"""Part of the range left free above and below."""


def equity_figure(equity: Equity) -> go.Figure:
    """Draw equity in dollars above drawdown in percent.

    Args:
        equity: Times in ms UTC, equity and P&L in dollars, drawdown 0 to 1; two points at least.
    """
    times = [datetime.fromtimestamp(ms / 1000, UTC) for ms in equity.times]
    results = without_deposits(equity)
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.06
    )
    figure.add_trace(
        go.Scatter(
            x=times,
            y=[float(value) for value in results],
            customdata=[float(value) for value in equity.pnl],
            name="Equity",
            mode="lines",
            line={"color": BLUE, "width": 2},
            hovertemplate="$%{y:,.2f}<br>P&L $%{customdata:,.2f}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=times,
            y=[-100 * float(value) for value in equity.drawdown],
            name="Drawdown",
            mode="lines",
            line={"color": ORANGE, "width": 1.5},
            fill="tozeroy",
            fillcolor=ORANGE_SHADE,
            hovertemplate="%{y:.2f} %<extra></extra>",
        ),
        row=2,
        col=1,
    )
    figure.update_xaxes(hoverformat="%H:%M:%S UTC")
    figure.update_yaxes(
        tickprefix="$",
        tickformat=",.2~f",
        range=[float(bound) for bound in dollar_range(results)],
        row=1,
        col=1,
    )
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero", nticks=4, row=2, col=1)
    figure.update_layout(
        height=340,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        uirevision="equity",
        hovermode="x unified",
    )
    return figure


def without_deposits(equity: Equity) -> list[Decimal]:
    """Equity as if what was deposited by now had been there from the start; ends at equity."""
    capital = equity.equity[-1] - equity.pnl[-1]
    return [capital + pnl for pnl in equity.pnl]


def dollar_range(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Lower and upper end of the dollar axis."""
    low, high = min(values), max(values)
    missing = max(Decimal(0), LEAST_RANGE - (high - low)) / 2
    room = max(high - low, LEAST_RANGE) * ROOM
    return low - missing - room, high + missing + room
