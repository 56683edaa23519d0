"""Daily bars of resolved markets, with their outcomes: prices that were looked at, never traded on.

A bar counts from the moment it was released, as its authors ask.
"""

from collections.abc import Iterator
from decimal import Decimal
from heapq import merge

import msgspec

from connectors.recordings.facts import Facts, derived_id, recorded_market, resolved_frame
from connectors.recordings.files import PARQUET
from connectors.recordings.item import Item, Listing
from connectors.recordings.quotes import FINE, indicative, ticks_of_quote
from connectors.recordings.reader import RowReader
from schemas.market import Market

PAYOUTS = (0.0, 0.5, 1.0)


class _Bar(msgspec.Struct):
    market_id: str
    outcome_label: str
    token_id: str | None
    released_at: int
    close: float


class _Resolution(msgspec.Struct):
    market_id: str
    winning_outcome_label: str | None
    resolution_source: str | None
    released_at: int


class _Outcome(msgspec.Struct):
    market_id: str
    label: str
    payoff_on_resolve: float | None
    sort_order: int


class _Title(msgspec.Struct):
    market_id: str
    title: str | None
    category: str | None
    market_kind: str | None


def _learn_titles(rows: Iterator[_Title], facts: Facts) -> None:
    for row in rows:
        facts.titles[row.market_id] = (row.title or "", row.category or "")


def _learn_outcomes(rows: Iterator[_Outcome], facts: Facts) -> None:
    for row in rows:
        if row.sort_order == 0:
            facts.firsts[row.market_id] = row.label
            if row.payoff_on_resolve in PAYOUTS:
                facts.labels[row.market_id] = Decimal(str(row.payoff_on_resolve))


def _learn_resolutions(rows: Iterator[_Resolution], facts: Facts) -> None:
    for row in rows:
        facts.ends[row.market_id] = row.released_at * 1_000


def _play(rows: Iterator[_Bar], facts: Facts) -> Iterator[Item]:
    return merge(_closes(rows, facts), _ends(facts), key=lambda item: item.at)


def _closes(rows: Iterator[_Bar], facts: Facts) -> Iterator[Item]:
    """One outcome of a market speaks for both; the other one's bars are its mirror."""
    speaker: dict[str, str] = {}
    for row in rows:
        if speaker.setdefault(row.market_id, row.outcome_label) != row.outcome_label:
            continue
        first = facts.firsts.get(row.market_id, "Yes")
        ticks = ticks_of_quote(row.close if row.outcome_label == first else 1.0 - row.close)
        if ticks is None:
            continue
        market, at = _market(row.market_id, facts), row.released_at * 1_000
        yield Listing(at, market)
        yield from indicative(
            market, at, ticks_of_quote((ticks - 1) / 1000), ticks_of_quote((ticks + 1) / 1000)
        )


def _ends(facts: Facts) -> Iterator[Item]:
    known = (name for name in facts.ends if name in facts.labels)
    for name in sorted(known, key=facts.ends.__getitem__):
        yield resolved_frame(_market(name, facts), facts.ends[name], facts.labels[name])


def _market(name: str, facts: Facts) -> Market:
    known = facts.by_slug.get(name)
    if known is not None:
        return facts.markets[known]
    question, category = facts.titles.get(name, ("", ""))
    market = recorded_market(
        derived_id(name), name, question=question, category=category, tick=FINE
    )
    facts.add(market)
    return market


BARS = RowReader(
    "daily-bars",
    "Daily closes as books a tick around them, from their release on; nothing opens on them.",
    _Bar,
    PARQUET,
    "released_at",
    plays=_play,
)
BAR_RESOLUTIONS = RowReader(
    "bar-resolutions",
    "When such markets were resolved; give it together with their bars and outcomes.",
    _Resolution,
    PARQUET,
    learns=_learn_resolutions,
)
BAR_OUTCOMES = RowReader(
    "bar-outcomes",
    "What each outcome of such markets paid.",
    _Outcome,
    PARQUET,
    learns=_learn_outcomes,
)
BAR_TITLES = RowReader(
    "bar-markets",
    "Titles and categories of such markets.",
    _Title,
    PARQUET,
    learns=_learn_titles,
)
