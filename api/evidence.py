"""What the bots make of recorded data: each set imported, replayed, and counted.

Nothing is chosen afterwards: the sets and the bots that they are for are listed here, the bots run
with the shipped configuration, and what a set lacks is said beside what came of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from agents.registry import choose_bots
from agents.replay.run_result import BotResult, HorizonMean
from api.backtest import SHIPPED, Plan, backtest
from api.importing import import_files
from configs.settings import Settings
from connectors.recordings.fold import Findings
from schemas.ids import BotId

ENOUGH_FILLS = 200
"""Fewer say nothing of a bot's result (STRATEGIES.md E.6)."""
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
REASONS = 6
"""Reasons shown, the most frequent first."""


class DataSet(NamedTuple):
    """Files that describe one another, and the bots they are for.

    Attributes:
        bots: Numbers of the bots.
        lacks: What the recording does not have, so that a reader can weigh the result.
        hours: Only so much of it, from its first item on; None for all.
    """

    name: str
    files: tuple[str, ...]
    bots: str
    lacks: str
    hours: float | None = None


SETS = (
    DataSet(
        "BTC 15 minutes, 20 levels, 2026-09-28",
        ("btc15m_books20_2026-09-28.parquet", "btc15m_markets_2026-09-28.parquet"),
        "1,5,8",
        "prints: fills by crossing alone, a lower bound; twelve windows of one morning",
    ),
    DataSet(
        "BTC 15 minutes, 5 levels, 2026-02-21",
        ("btc15m_books5_2026-02-21.parquet",),
        "1,5,8",
        "prints but for changes of the last trade; five windows, two of them partial",
    ),
    DataSet(
        "BTC and SOL, books and trades, 2026-03-10",
        (
            "updown_books5_2026-03-10.parquet",
            "updown_trades_2026-03-10.parquet",
            "updown_markets_2026-03-10.parquet",
        ),
        "1,5,8",
        "deltas: its books are samples; twenty minutes, most windows too short for any profile",
    ),
    DataSet(
        "Up or Down, books and trades, 2025-12-11",
        ("updown_l2_2025-12-11.jsonl.gz",),
        "1,5,8",
        "books of all but one market; fifteen minutes",
    ),
    DataSet(
        "Trades of all wallets, 90 s of 2026-02-28",
        ("data_api_trades_2026-02-28.jsonl.gz",),
        "3",
        "resolved positions of these wallets, without which nobody is followed; books",
    ),
    DataSet(
        "CS2 matches, four weeks from 2025-09-24",
        ("esports_cs2_markets.parquet",),
        "2",
        "ratings of the teams, states of a running map, and books: one price a second before the "
        "start, without sizes, so that nothing may be opened",
        hours=24 * 28,
    ),
    DataSet(
        "Headlines of 2026-02 and the markets of then",
        ("gamma_markets_2026-02.jsonl.gz", "news_headlines_2026-02.jsonl.gz"),
        "4",
        "books, so it shows scoring and matching only; outlets that are more than aggregators; "
        "bodies",
    ),
    DataSet(
        "Best prices of all markets, half an hour of 2026-08-01",
        ("quotes_all_2026-08-01.parquet", "quotes_markets.parquet"),
        "6",
        "sizes, and which markets exclude each other: without an event there is no set of outcomes",
        hours=0.5,
    ),
    DataSet(
        "Daily closes, twelve weeks from 2022-11-18",
        (
            "history_candles_1d.parquet",
            "history_markets.parquet",
            "history_outcomes.parquet",
            "history_resolutions.parquet",
        ),
        "7,10",
        "quarters of an hour (bot 7), outside estimates (bot 10), sizes and trades (both)",
        hours=24 * 84,
    ),
)


class Outcome(NamedTuple):
    """One set's run.

    Attributes:
        inputs: Messages played.
        bots: Results of each bot under each queue model, the cautious one first.
        passed: What came from outside and led to no market, by bot and reason.
        problem: Why there is no run; empty otherwise.
    """

    data: DataSet
    found: Findings | None
    inputs: int
    bots: Mapping[BotId, Sequence[BotResult]]
    problem: str = ""
    passed: Mapping[str, Mapping[str, int]] = {}


def evidence(folder: Path, settings: Settings, sets: Sequence[DataSet] = SETS) -> Iterator[Outcome]:
    """Import and replay every set whose files are there.

    Args:
        folder: Where the recordings are.
        settings: Account, capital and seed.
        sets: Which ones.
    """
    for data in sets:
        missing = [name for name in data.files if not (folder / name).exists()]
        if missing:
            yield Outcome(data, None, 0, {}, f"not there: {', '.join(missing)}")
            continue
        with TemporaryDirectory() as place:
            yield _played(data, folder, Path(place) / "archive", settings)


def _played(data: DataSet, folder: Path, archive: Path, settings: Settings) -> Outcome:
    span_ms = None if data.hours is None else round(data.hours * HOUR_MS)
    found = import_files([folder / name for name in data.files], archive, span_ms=span_ms)
    plan = Plan(archive=archive, bots=data.bots, seed=settings.seed, configurations={SHIPPED: None})
    runs = [each.run for each in backtest(plan, settings, lambda done, part: None).runs]
    ids = [bot.bot_id for bot in choose_bots(data.bots)]
    bots = {each: [run.bots[each] for run in runs if each in run.bots] for each in ids}
    return Outcome(data, found, runs[0].inputs, bots, passed=runs[0].passed)


def markdown(outcomes: Iterator[Outcome]) -> Iterator[str]:
    """A section for each set, line by line."""
    for outcome in outcomes:
        data = outcome.data
        yield f"## {data.name}"
        yield ""
        yield f"Files: {', '.join(f'`{name}`' for name in data.files)}."
        if outcome.found is None:
            yield f"No run: {outcome.problem}."
            yield ""
            continue
        yield (
            f"{outcome.found.items:,} items, {outcome.found.markets:,} markets, "
            f"{outcome.inputs:,} inputs. It lacks {data.lacks}."
        )
        yield ""
        for bot_id, runs in outcome.bots.items():
            yield _bot(bot_id, runs, outcome.passed.get(bot_id, {}))
        yield ""


def _bot(bot_id: BotId, runs: Sequence[BotResult], passed: Mapping[str, int]) -> str:
    outside = f"; led to no market: {_listed(Counter(passed))}" if passed else ""
    if not runs:
        return f"* **{bot_id}**: no signal{outside or '; nothing in the set concerns it'}."
    first = runs[0]
    low, high = min(run.pnl for run in runs), max(run.pnl for run in runs)
    said = _listed(Counter(first.signals)) or "none"
    denied = _listed(Counter(first.denied)) or "none"
    band = f"P&L ${low:,.2f} to ${high:,.2f}"
    if first.fills < ENOUGH_FILLS:
        band += f" (insufficient: {first.fills} fills of {ENOUGH_FILLS})"
    return (
        f"* **{bot_id}**: {sum(first.signals.values()):,} signals ({said}){outside}; "
        f"{first.intents:,} intents, denied: {denied}; {first.orders:,} orders, "
        f"{first.fills:,} fills of which {first.inferred_fills:,} inferred; {band}; "
        f"{_markout(first.markouts)}"
    )


def _markout(horizons: Sequence[HorizonMean]) -> str:
    """The mean markout after a minute, with its error where there are two markets."""
    minute = next((each for each in horizons if each.after_ms == MINUTE_MS), None)
    if minute is None or minute.mean is None:
        return "no markout."
    error = "one market" if minute.error is None else f"± {minute.error:.4f}"
    return f"markout after 60 s {minute.mean:+.4f} a share ({error})."


def _listed(counts: Counter[str]) -> str:
    shown = counts.most_common(REASONS)
    return ", ".join(f"{word} {count:,}" for word, count in shown)
