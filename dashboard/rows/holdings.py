"""Holdings by venue event, and whether the outside agrees, as rows. Pure."""

from collections.abc import Sequence

from dashboard.answers.overview import Position
from dashboard.answers.risk import EventPosition
from dashboard.rows.columns import Row, number
from dashboard.rows.overview import position_rows
from dashboard.words import NOTHING, age, clock, shares

MATCHES = "matches"
UNCHECKED = "not compared"


def event_rows(found: Sequence[EventPosition]) -> list[Row]:
    """One row an event."""
    return [
        {
            "Event": _title(each),
            "Bot": ", ".join(number(bot) for bot in each.bots),
            "Positions": each.positions,
            "Orders": each.orders,
            "Cost": each.cost,
            "Pairs": each.pairs,
            "Unrealised": each.unrealised_pnl,
            "Worst loss": each.worst_loss,
            "Outcomes": "one wins" if each.exclusive else "independent",
            "Id": each.venue_event_id,
        }
        for each in found
    ]


def checked_rows(positions: Sequence[Position], now: int) -> list[Row]:
    """Every holding with the badge of its last check."""
    rows = position_rows(positions, now)
    return [
        row | {"Check": badge(position, now)} for row, position in zip(rows, positions, strict=True)
    ]


def badge(position: Position, now: int) -> str:
    """Whether the outside agreed, and how long ago it was asked."""
    truth = position.truth
    if truth is None:
        return UNCHECKED
    return f"{truth.state}, {age(max(0, now - truth.checked_at) / 1000)} ago"


def differing(positions: Sequence[Position]) -> list[Position]:
    """Holdings of which something else is said outside, or nothing."""
    return [each for each in positions if each.truth and each.truth.state != MATCHES]


def difference_rows(positions: Sequence[Position]) -> list[Row]:
    """What each says of tokens that do not match."""
    return [
        {
            "Market": each.question,
            "Bot": number(each.bot_id),
            "Side": each.side,
            "Kind": each.truth.state,
            "For": age(each.truth.since_s),
            "We say": shares(each.truth.ours),
            "Venue": NOTHING if each.truth.venue is None else shares(each.truth.venue),
            "Data API": NOTHING if each.truth.data_api is None else shares(each.truth.data_api),
            "Chain": NOTHING if each.truth.chain is None else shares(each.truth.chain),
            "Checked": clock(each.truth.checked_at),
        }
        for each in differing(positions)
        if each.truth is not None
    ]


def _title(event: EventPosition) -> str:
    if not event.questions:
        return event.venue_event_id
    more = event.markets - 1
    return f"{event.questions[0]} (+{more})" if more else event.questions[0]
