"""A market: its book as depth with our own orders marked, and its price with our fills. Pure."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

from dashboard.answers.markets import Book, Level, PriceBar
from dashboard.answers.trading import Trade
from dashboard.charts.bars import Option
from dashboard.charts.colours import BLUE, ORANGE, SLATE, YELLOW


def depth_chart(book: Book, names: Sequence[str]) -> Option:
    """Shares up to each price from the best outwards, in cents.

    Args:
        book: Best first.
        names: Of bids, asks and our orders.
    """
    bids, asks, ours = names
    own = [level for level in (*book.bids, *book.asks) if level.own_size > 0]
    return {
        "animation": False,
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 16, "top": 34, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "scale": True, "axisLabel": {"formatter": "{value} ¢"}},
        "yAxis": {"type": "value", "splitNumber": 3},
        "series": [
            _steps(bids, book.bids, BLUE),
            _steps(asks, book.asks, ORANGE),
            {
                "name": ours,
                "type": "scatter",
                "symbol": "diamond",
                "symbolSize": 12,
                "color": YELLOW,
                "data": [[_cents(level), float(level.own_size)] for level in own],
            },
        ],
    }


def price_chart(bars: Sequence[PriceBar], fills: Iterable[Trade], names: Sequence[str]) -> Option:
    """The mid over time in cents, with what we bought and sold of the YES token.

    Args:
        bars: Oldest first.
        fills: Ours in this market; prices of NO are shown as their mirror.
        names: Of the mid, of buys and of sells.
    """
    mid, bought, sold = names
    trades = list(fills)
    return {
        "useUTC": True,
        "animation": False,
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0},
        "grid": {"left": 8, "right": 16, "top": 34, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "time", "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value", "scale": True, "axisLabel": {"formatter": "{value} ¢"}},
        "series": [
            {
                "name": mid,
                "type": "line",
                "showSymbol": False,
                "color": SLATE,
                "data": [[bar.bucket, float(bar.close * 100)] for bar in bars],
            },
            _marks(bought, 0, BLUE, (t for t in trades if _rises(t))),
            _marks(sold, 180, ORANGE, (t for t in trades if not _rises(t))),
        ],
    }


def _steps(name: str, levels: Sequence[Level], colour: str) -> Option:
    sums = accumulate(float(level.size) for level in levels)
    return {
        "name": name,
        "type": "line",
        "step": "end",
        "showSymbol": False,
        "color": colour,
        "areaStyle": {"opacity": 0.2},
        "data": [[_cents(level), total] for level, total in zip(levels, sums, strict=True)],
    }


def _marks(name: str, turned: int, colour: str, trades: Iterable[Trade]) -> Option:
    """Triangles, turned by so many degrees."""
    return {
        "name": name,
        "type": "scatter",
        "symbol": "triangle",
        "symbolRotate": turned,
        "symbolSize": 10,
        "color": colour,
        "data": [[trade.executed_at, _yes_cents(trade)] for trade in trades],
    }


def _rises(trade: Trade) -> bool:
    """Whether it is long YES: YES bought, or NO sold."""
    return (trade.side == "YES") is (trade.action == "BUY")


def _yes_cents(trade: Trade) -> float:
    return float((trade.price if trade.side == "YES" else 1 - trade.price) * 100)


def _cents(level: Level) -> float:
    return float(level.price * 100)
