"""The real order books that ship in the package `resolvedkit`, read into whole pips and shares.

Eighteen settled BTC 15-minute markets of 2026-09-28, 20 levels, at most one snapshot per token and
second. Data: Resolved Markets, CC BY 4.0.
"""

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connectors.sandbox.mirror import NO, YES
from schemas.errors import ConfigurationError
from schemas.values import MICRO, PIPS

CREDIT = "Order books: Resolved Markets (resolvedmarkets.com), CC BY 4.0."

_BATCH = 2_048

Levels = tuple[tuple[int, int], ...]
"""(price in pips, micro-shares), the best first."""


class Snapshot(NamedTuple):
    """One token's book as recorded.

    Attributes:
        at_ms: Recorded time, ms UTC.
        leg: 0 for Up, 1 for Down.
    """

    at_ms: int
    leg: int
    bids: Levels
    asks: Levels


class Window(NamedTuple):
    """One settled market; times in ms UTC as recorded.

    Attributes:
        first_ms: First recorded book.
        last_ms: Last recorded book.
        yes_payout: What an Up token paid, pips.
        rows: First row and number of rows in the recording.
    """

    condition_id: str
    slug: str
    question: str
    category: str
    outcomes: tuple[str, str]
    start_ms: int
    end_ms: int
    first_ms: int
    last_ms: int
    yes_payout: int
    rows: tuple[int, int]


class Recording:
    """The recorded markets, in order of their windows.

    Args:
        folder: Folder with `markets.parquet` and `books.parquet`; that of the package by default.

    Raises:
        ConfigurationError: The folder does not hold the recording.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _package_folder()
        if not (self._folder / "books.parquet").is_file():
            raise ConfigurationError(
                f"Expected books.parquet and markets.parquet in {self._folder}, found none. "
                "Install the package resolvedkit, or choose the source `world`."
            )

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """All markets, the earliest window first."""
        runs = self._runs()
        rows = pq.ParquetFile(self._folder / "markets.parquet").read().to_pylist()
        windows = [self._window(row, runs[row["market_id"]]) for row in rows]
        return tuple(sorted(windows, key=lambda window: window.start_ms))

    def snapshots(self, window: Window) -> list[Snapshot]:
        """The books of one market in order of time."""
        table = self._books.slice(*window.rows)
        legs = [YES if side == "UP" else NO for side in table["side"].to_pylist()]
        bids = _levels(table, "bid_px", "bid_sz")
        asks = _levels(table, "ask_px", "ask_sz")
        return [
            Snapshot(*row) for row in zip(table["ts"].to_pylist(), legs, bids, asks, strict=True)
        ]

    @cached_property
    def _books(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        # Batch by batch: decoding the one row group at once takes three times the memory.
        with pq.ParquetFile(
            self._folder / "books.parquet", read_dictionary=["market_id", "side"]
        ) as file:
            table = pa.Table.from_batches(list(file.iter_batches(_BATCH, use_threads=False)))
        pa.default_memory_pool().release_unused()
        return table

    def _runs(self) -> dict[str, tuple[int, int]]:
        """First row and number of rows of each market; its rows stand together."""
        runs: dict[str, tuple[int, int]] = {}
        for row, market in enumerate(self._books["market_id"].to_pylist()):
            first, count = runs.get(market, (row, 0))
            if first + count != row:
                raise ConfigurationError(
                    f"Expected the rows of market {market} together in {self._folder}, found row "
                    f"{row} apart. Install resolvedkit again."
                )
            runs[market] = (first, count + 1)
        return runs

    def _window(self, row: dict[str, Any], run: tuple[int, int]) -> Window:
        times = self._books["ts"].slice(*run)
        return Window(
            condition_id=row["market_id"],
            slug=row["slug"],
            question=row["question"],
            category=row["category"],
            outcomes=(row["outcome_up"], row["outcome_down"]),
            start_ms=row["start_ts"],
            end_ms=row["end_ts"],
            first_ms=times[0].as_py(),
            last_ms=times[-1].as_py(),
            yes_payout=round(row["payout_up"] * PIPS),
            rows=run,
        )


def _levels(table: Any, prices: str, sizes: str) -> list[Levels]:  # noqa: ANN401
    """Both list columns as whole units, row by row."""
    pips, micro = _whole(table[prices], PIPS), _whole(table[sizes], MICRO)
    out: list[Levels] = []
    start = 0
    for count in pc.list_value_length(table[prices]).to_pylist():
        stop = start + count
        out.append(tuple(zip(pips[start:stop], micro[start:stop], strict=True)))
        start = stop
    return out


def _whole(column: Any, per_one: int) -> list[int]:  # noqa: ANN401
    scaled = pc.round(pc.multiply(pc.list_flatten(column), float(per_one)))
    return list(pc.cast(scaled, pa.int64()).to_pylist())


def _package_folder() -> Path:
    """The folder inside `resolvedkit`; the package itself is not imported, it pulls in HTTP."""
    spec = find_spec("resolvedkit")
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise ConfigurationError(
            "The recorded order books come with the package resolvedkit, which is not installed. "
            "Install it, or choose the source `world`."
        )
    return Path(places[0]) / "sample_data"
