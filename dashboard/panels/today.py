"""What the account and the bots earned today, asked for a little less often than the present."""

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import Today, Trend
from dashboard.panels.frame import Fetched, api, fetch

EVERY_S = 10.0
TREND_H, TREND_POINTS = 6.0, 40
PORTFOLIO = "portfolio"


def today() -> Fetched[Today]:
    """Results since midnight UTC."""
    return fetch("today", lambda: api().get("/performance/today", Answer[Today]), every_s=EVERY_S)


def trends() -> Fetched[list[Trend]]:
    """Each bot's P&L over the last hours."""
    return fetch(
        "trends",
        lambda: api().get("/metrics/bots", Answer[list[Trend]], hours=TREND_H, points=TREND_POINTS),
        every_s=EVERY_S,
    )
