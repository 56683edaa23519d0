"""Equity with its drawdown under it, on one time axis. Pure."""

from datetime import UTC, datetime

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.answers import Equity


def equity_figure(equity: Equity) -> go.Figure:
    """Draw equity in dollars above drawdown in percent.

    Args:
        equity: Times in ms UTC, equity in dollars, drawdown 0 to 1.
    """
    times = [datetime.fromtimestamp(ms / 1000, UTC) for ms in equity.times]
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.04
    )
    figure.add_trace(
        go.Scatter(
            x=times,
            y=[float(value) for value in equity.equity],
            name="Equity",
            mode="lines",
            hovertemplate="%{x|%H:%M:%S} UTC<br>$%{y:,.2f}<extra></extra>",
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
            fill="tozeroy",
            hovertemplate="%{x|%H:%M:%S} UTC<br>%{y:.2f} %<extra></extra>",
        ),
        row=2,
        col=1,
    )
    figure.update_yaxes(tickprefix="$", row=1, col=1)
    figure.update_yaxes(ticksuffix=" %", rangemode="tozero", row=2, col=1)
    figure.update_layout(
        height=380,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        showlegend=False,
        uirevision="equity",
        hovermode="x unified",
    )
    return figure
