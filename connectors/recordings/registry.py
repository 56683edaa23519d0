"""Every reader there is, and which one a file is for."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import NamedTuple

from connectors.recordings.bars import BAR_OUTCOMES, BAR_RESOLUTIONS, BAR_TITLES, BARS
from connectors.recordings.facts import Facts
from connectors.recordings.files import shape_of
from connectors.recordings.gamma_documents import DOCUMENTS, GAMMA_WINDOWS
from connectors.recordings.item import Item
from connectors.recordings.matches import CS2_MARKETS, CS2_RESULTS, DOTA_MATCH
from connectors.recordings.outside import COPIED, HEADLINES, OLD_HEADLINES, WALLET_TAPE
from connectors.recordings.quotes import QUOTE_LABELS, QUOTE_TITLES, QUOTES
from connectors.recordings.raw_frames import RawFrames
from connectors.recordings.reader import Reader
from connectors.recordings.stream_books import LEVELS, STREAM
from connectors.recordings.wide_books import WIDE
from connectors.recordings.window_books import BOOKS20, DISCOVERED, SAMPLED, TOP, TRADED, WINDOWS
from schemas.errors import ApplicationError

READERS: tuple[Reader, ...] = (
    RawFrames(),
    BOOKS20,
    WINDOWS,
    WIDE,
    TOP,
    SAMPLED,
    TRADED,
    DISCOVERED,
    STREAM,
    LEVELS,
    DOCUMENTS,
    GAMMA_WINDOWS,
    QUOTES,
    QUOTE_TITLES,
    QUOTE_LABELS,
    BARS,
    BAR_RESOLUTIONS,
    BAR_OUTCOMES,
    BAR_TITLES,
    WALLET_TAPE,
    COPIED,
    HEADLINES,
    OLD_HEADLINES,
    CS2_MARKETS,
    CS2_RESULTS,
    DOTA_MATCH,
)
NOTHING_SAID: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"datetime", "event_type", "best_bid", "best_ask", "bid_depth", "answer"}),
        "its recorder dropped the sizes and kept the worst levels as best ones, so there is no "
        "book and no trade in it",
    ),
    (
        frozenset({"rank_combined", "address", "pnl", "num_trades"}),
        "a leaderboard only says whose histories to read; import their trades instead",
    ),
    (
        frozenset({"feed_ts_ms", "value", "full_accuracy_value"}),
        "no topic carries a spot price; the outcomes it settles are in the file of the windows",
    ),
    (
        frozenset({"volume_1s", "trades_1s", "depth_bid_1c"}),
        "sums over a book say nothing that the book's levels do not; import those",
    ),
)
"""Formats that are known and hold nothing that one of our connectors would say, and why."""


class Source(NamedTuple):
    """A file and its reader."""

    path: Path
    reader: Reader


def sources(paths: Iterable[Path]) -> list[Source]:
    """Find the reader of each file.

    Raises:
        ApplicationError: A file is missing, unknown, or holds nothing that a topic carries.
    """
    return [Source(path, reader_of(path)) for path in paths]


def reader_of(path: Path) -> Reader:
    """The reader that knows most of a file's fields.

    Raises:
        ApplicationError: It is missing, unknown, or holds nothing that a topic carries.
    """
    shape = shape_of(path)
    for fields, why in NOTHING_SAID:
        if fields <= shape.fields:
            raise ApplicationError(f"Nothing of {path.name} can be imported: {why}.")
    best = max(READERS, key=lambda reader: reader.fits(shape))
    if not best.fits(shape):
        shown = ", ".join(sorted(shape.fields)[:8])
        raise ApplicationError(
            f"Expected a recording of a known form, {path.name} has the fields {shown}. "
            "`pets import --formats` lists what is known."
        )
    return best


def items(found: Sequence[Source], facts: Facts) -> Iterator[Item]:
    """All that the files say, in one order of time; equal times in the order of the files.

    Args:
        found: Files and their readers.
        facts: Empty; knows afterwards what the files say about markets.
    """
    for path, reader in found:
        reader.learn(path, facts)
    played = [reader.play(path, facts) for path, reader in found]
    yield from merge(facts.listings(), *played, facts.resolutions(), key=lambda item: item.at)
