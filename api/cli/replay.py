"""`pets replay`: a backtest with the live bots, gate and ledger, and the P&L as a band."""

import json
import time
from pathlib import Path

import typer

from agents.registry import choose_bots
from agents.replay.tally import BotTally
from api.replay import Run, replay_band
from api.report.words import band
from api.tape import Tape
from configs.paper import QueueKind
from configs.settings import Settings
from schemas.errors import ApplicationError
from schemas.ids import AccountId

REASONS = 8
"""How many of a bot's reasons are shown, the most frequent first."""
TAPES = ("resolvedkit", "world", "large", "quiet")
CREDIT = "Books: Resolved Markets, CC BY 4.0. Snapshots without prints: fills are a lower bound."


def run_replay(
    source: str, bots: str, speed: str, seed: int, hours: float, log: str | None, as_json: bool
) -> None:
    """Replay a tape under every queue model and print what came of it."""
    if source == "inputs":
        from api.audit import run_audit

        run_audit(None)
        return
    if source not in TAPES:
        raise ApplicationError(
            f"Expected an archive's folder or one of {', '.join((*TAPES, 'inputs'))}, "
            f"received {source!r}."
        )
    settings = Settings().model_copy(update={"seed": seed, "bots": bots})
    chosen = [bot.bot_id for bot in choose_bots(bots)]
    tape = Tape(source, seed, hours, AccountId(settings.account))
    pace = _Pace(tape.start_ms, tape.duration_ms, speed, quiet=as_json)
    others = [queue for queue in QueueKind if queue is not QueueKind.RISK_AVERSE]
    queues = [QueueKind.RISK_AVERSE, *others]
    runs = replay_band(settings, tape, chosen, queues, Path(log) if log else None, pace)
    if as_json:
        typer.echo(json.dumps({str(run.queue): _figures(run) for run in runs}, indent=2))
        return
    if source == "resolvedkit":
        typer.echo(CREDIT)
    _print(runs)


class _Pace:
    """Progress on one line, and a brake where a speed was asked for."""

    def __init__(self, start_ms: int, duration_ms: int, speed: str, quiet: bool) -> None:
        self._start_ms = start_ms
        self._duration_ms = duration_ms
        self._speed = None if speed == "max" else float(speed)
        self._quiet = quiet
        self._began = time.monotonic()

    def __call__(self, inputs: int, now_ms: int) -> None:
        """Show inputs, rate and time left; sleep when ahead of the asked speed."""
        done_ms = max(1, now_ms - self._start_ms)
        elapsed = time.monotonic() - self._began
        if self._speed is not None:
            time.sleep(max(0.0, done_ms / 1000 / self._speed - elapsed))
            elapsed = time.monotonic() - self._began
        if not self._quiet:
            left = elapsed * (self._duration_ms - done_ms) / done_ms
            typer.echo(
                f"\r{inputs:,} events, {inputs / elapsed:,.0f}/s, "
                f"{100 * done_ms / self._duration_ms:.0f} %, {left:.0f} s left   ",
                nl=False,
                err=True,
            )


def _print(runs: list[Run]) -> None:
    typer.echo("", err=True)
    typer.echo(f"{'bot':8} {'queue':18} {'orders':>7} {'fills':>6} {'shares':>10} {'P&L $':>10} DD")
    for run in runs:
        for bot_id, bot in sorted(run.tally.bots.items()):
            typer.echo(
                f"{bot_id:8} {run.queue:18} {bot.placed:7} {bot.fills:6} "
                f"{bot.filled_shares:10.2f} {bot.pnl:10.2f} {bot.max_drawdown:.2%}"
            )
    for bot_id in sorted(runs[0].tally.bots):
        values = [run.tally.bots[bot_id].pnl for run in runs if bot_id in run.tally.bots]
        typer.echo(f"{bot_id} P&L band {band(values)}")
        _say_why(bot_id, runs[0].tally.bots[bot_id])


def _say_why(bot_id: str, bot: BotTally) -> None:
    """What a bot came to under the first queue model, and why it did nothing else."""
    signals = sum(bot.signals.values())
    typer.echo(
        f"{bot_id} signals {signals}, intents {bot.intents}, denied {bot.denied}, "
        f"fills {bot.fills}, positions closed {bot.episodes}"
    )
    for word, counts in (("said", bot.signals), ("denied", bot.denials)):
        listed = ", ".join(f"{reason} {count}" for reason, count in counts.most_common(REASONS))
        if listed:
            typer.echo(f"{bot_id} {word}: {listed}")


def _figures(run: Run) -> dict[str, object]:
    return {
        "inputs": run.inputs,
        "messages": run.tally.events,
        "bots": {bot_id: _bot(bot) for bot_id, bot in sorted(run.tally.bots.items())},
    }


def _bot(bot: BotTally) -> dict[str, object]:
    return {
        "intents": bot.intents,
        "approved": bot.approved,
        "denied": dict(bot.denials),
        "orders": bot.placed,
        "fills": bot.fills,
        "filled_shares": str(bot.filled_shares),
        "pnl": str(bot.pnl),
        "max_drawdown": str(bot.max_drawdown),
        "signals": dict(bot.signals),
    }
