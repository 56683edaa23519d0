"""The `pets` command line.

Each command imports what it needs when it runs, so that help is quick.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import InfrastructureError, PETSError

app = typer.Typer(
    name="pets",
    help="A Polymarket trading dataflow. Paper money unless told otherwise.",
    epilog="Exit codes: 0 done, 1 failed or not confirmed, 2 wrong usage, 3 refused by the risk "
    "gate or the present state, 4 something needed does not answer. "
    "Completion: pets --install-completion.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
EXIT_FAILED = 1
EXIT_REFUSED = 3
EXIT_UNAVAILABLE = 4


@app.command()
def up(
    source: Annotated[
        str | None, typer.Option(help="world, recorded, both or live; PETS_SOURCE by default.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(help="Session seconds per wall second; 10 with paper money on data not live."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the simulated world.")] = None,
    money: Annotated[
        str | None,
        typer.Option(help="paper, sandbox (orders to the sandbox venue) or live (yours)."),
    ] = None,
) -> None:
    """Run the whole system on this machine; Ctrl-C stops it."""
    from api.cli.up import run_system

    run_system(source, speed, seed, money)


@app.command()
def run(
    stages: Annotated[str, typer.Argument(help="A stage, or several joined by commas.")],
    check: Annotated[
        bool, typer.Option("--check", help="Build the stage, connect to nothing, and end.")
    ] = False,
) -> None:
    """Run stages in this process: sandbox, connector, relay, book, bots, gate and so on."""
    from api.cli.run import run_stages

    run_stages(stages, check)


@app.command()
def replay(
    source: Annotated[
        str,
        typer.Argument(help="An archive; resolvedkit, world, large, quiet; inputs (the log)."),
    ],
    bots: Annotated[str, typer.Option(help="Numbers of the bots to run.")] = "1,5",
    speed: Annotated[str, typer.Option(help="max, or session seconds per wall second.")] = "max",
    seed: Annotated[int, typer.Option(help="Seed of the world and of latency noise.")] = 7,
    hours: Annotated[float, typer.Option(help="Session hours of `world` to play.")] = 6.0,
    log: Annotated[str | None, typer.Option(help="Write the event log to this file.")] = None,
    begin: Annotated[str, typer.Option("--from", help="ISO time; archives only.")] = "",
    end: Annotated[str, typer.Option("--to", help="ISO time; archives only.")] = "",
    config: Annotated[
        list[Path] | None, typer.Option(help="Folder of YAML, repeatable; archives only.")
    ] = None,
    warm_up: Annotated[float, typer.Option(help="Seconds of history before --from.")] = 900.0,
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of an archive's report.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Run the folds over a recording without a broker; an archive gives a report."""
    if Path(source).is_dir():
        from api.cli.backtest import Asked, run_backtest

        asked = Asked(
            bots=bots,
            seed=seed,
            begin=begin,
            end=end,
            configurations=tuple(config or ()),
            warm_up_s=warm_up,
            jobs=jobs,
            out=out,
        )
        run_backtest(Path(source), asked, as_json)
        return
    from api.cli.replay import run_replay

    run_replay(source, bots, speed, seed, hours, log, as_json)


@app.command(name="at-work")
def at_work(
    source: Annotated[str, typer.Argument(help="world, large, quiet or resolvedkit.")] = "large",
    bots: Annotated[str, typer.Option(help="Numbers of the bots to run.")] = "1-10",
    seed: Annotated[int, typer.Option(help="Seed of the world and of latency noise.")] = 7,
    hours: Annotated[float, typer.Option(help="Session hours to play.")] = 4.0,
    after: Annotated[float, typer.Option(help="Hours after 09:00 UTC to start a world at.")] = 0.0,
) -> None:
    """What every bot does on a tape, with each of its reasons counted, as Markdown."""
    from api.cli.at_work import run_at_work

    run_at_work(source, bots, seed, hours, after)


@app.command()
def evidence(
    folder: Annotated[Path, typer.Argument(help="Where the recordings are.")],
) -> None:
    """Import and replay the known recorded sets of a folder; what each bot did, as Markdown."""
    from api.cli.evidence import run_evidence

    run_evidence(folder)


@app.command()
def record(
    archive: Annotated[Path | None, typer.Argument(help="Folder; PETS_ARCHIVE by default.")] = None,
    segment_mib: Annotated[int, typer.Option(min=1, help="A segment's values, MiB.")] = 32,
    segment_s: Annotated[float, typer.Option(min=0, help="A segment's age, seconds.")] = 300.0,
    keep_days: Annotated[int, typer.Option(min=0, help="Delete older segments; 0 keeps all.")] = 0,
    keep_gib: Annotated[
        float, typer.Option(min=0, help="Delete the oldest beyond; 0 is no limit.")
    ] = 0,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="Stop at the log's present end.")
    ] = False,
) -> None:
    """Archive the log's topics as Parquet segments; resumes where it stopped."""
    from api.cli.archive import record_log
    from configs.settings import Settings
    from sinks.archive.recorder import Keeping

    keeping = Keeping(keep_days, int(keep_gib * 2**30))
    record_log(archive or Settings().archive, segment_mib, segment_s, keeping, until_end)


@app.command()
def audit(
    archive: Annotated[
        Path | None, typer.Argument(help="Archive of a run; the broker's log by default.")
    ] = None,
) -> None:
    """Derive every decision of a recorded run again; exit 1 at the first difference."""
    from api.audit import run_audit

    run_audit(archive)


@app.command()
def trace(
    name: Annotated[str, typer.Argument(help="Id of a fill, order, intent or any message.")],
    archive: Annotated[
        Path | None, typer.Option(help="Where to look; the broker's log by default.")
    ] = None,
) -> None:
    """Follow a fill back to order, verdict, intent, signal and the book it was decided on."""
    from api.cli.examine import trace_id

    trace_id(name, archive)


@app.command()
def lookahead(
    archive: Annotated[Path, typer.Argument(help="What to play.")],
    bots: Annotated[str, typer.Option(help="Numbers of the bots to run.")] = "1,5",
    seed: Annotated[int, typer.Option(help="Seed of latency noise.")] = 7,
    begin: Annotated[str, typer.Option("--from", help="ISO time.")] = "",
    end: Annotated[str, typer.Option("--to", help="ISO time.")] = "",
    cuts: Annotated[int, typer.Option(min=1, help="Moments from which the future differs.")] = 3,
) -> None:
    """Change the future and check that no earlier decision changes; exit 1 when one does."""
    from api.cli.examine import look_ahead

    look_ahead(archive, bots, seed, begin, end, cuts)


@app.command(name="fill-truth")
def fill_truth(
    seeds: Annotated[int, typer.Option(min=1, help="How many worlds.")] = 20,
    first: Annotated[int, typer.Option(help="Seed of the first.")] = 1,
    minutes: Annotated[int, typer.Option(min=5, help="Venue time of each market.")] = 30,
    shares: Annotated[int, typer.Option(min=5, help="Size of every order.")] = 10,
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 is one a core.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the figures to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Hold paper fills against the sandbox venue's true queue; exit 1 where the band misses it."""
    from api.cli.fill_truth import run_fill_truth
    from api.fill_truth.study import Design

    chosen = tuple(range(first, first + seeds))
    design = Design(seeds=chosen, minutes=minutes, shares=shares)
    if not run_fill_truth(design, jobs, out, as_json):
        raise typer.Exit(EXIT_FAILED)


@app.command(name="import")
def import_(
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings of others.")] = None,
    to: Annotated[Path | None, typer.Option(help="Folder of the archive.")] = None,
    formats: Annotated[bool, typer.Option("--formats", help="List the known formats.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Turn recordings of others into an archive; report gaps, crossed books, wrong hashes."""
    from api.cli.archive import import_recordings, list_formats

    if formats:
        list_formats()
    elif files and to is not None:
        import_recordings(files, to, as_json)
    else:
        raise typer.BadParameter("Expected FILE… --to ARCHIVE, or --formats.")


@app.command()
def verify(archive: Annotated[Path, typer.Argument(help="Folder of the archive.")]) -> None:
    """Check an archive's chain, hashes, counts and order; exit 1 when something is wrong."""
    from api.cli.archive import verify_archive

    verify_archive(archive)


@app.command()
def migrate() -> None:
    """Bring topics and database to this version, then end."""
    from api.cli.up import run_migrations

    run_migrations()


@app.command()
def vectors(
    files: Annotated[list[Path], typer.Argument(help="JSON files of vectors.")],
) -> None:
    """Run vector files against the implementation; exit 1 when a case fails."""
    from api.cli.vectors import run_vectors

    run_vectors(files)


def _add_groups() -> None:
    from api.cli.alerts import app as alerts
    from api.cli.bots import app as bots
    from api.cli.commands import app as commands
    from api.cli.config import app as config
    from api.cli.dead_letters import app as dead_letters
    from api.cli.keys import app as keys
    from api.cli.orders import app as orders
    from api.cli.positions import app as positions
    from api.cli.risk import app as risk
    from api.cli.sandbox import app as sandbox
    from api.cli.topics import app as topics
    from api.cli.wallet import app as wallet

    app.add_typer(topics, name="topics", help="The log's topics.")
    app.add_typer(alerts, name="alerts", help="Alerts: list, ack, mute, channels, test.")
    app.add_typer(bots, name="bots", help="The bots: list, show, start, pause, resume, stop, halt.")
    app.add_typer(orders, name="orders", help="Orders: list, show with their story, tail, cancel.")
    app.add_typer(positions, name="positions", help="Holdings: list, closed ones, close one.")
    app.add_typer(risk, name="risk", help="Limits: breakers, exposure, denials, check, rearm.")
    app.add_typer(commands, name="commands", help="What operators asked for; how far it has come.")
    app.add_typer(config, name="config", help="What decides: list, show, set a file.")
    app.add_typer(sandbox, name="sandbox", help="The sandbox venue and its faults.")
    app.add_typer(wallet, name="wallet", help="Keys, and the money they command.")
    app.add_typer(keys, name="keys", help="Keys of the API: create, list, revoke.")
    app.add_typer(dead_letters, name="dead-letters", help="What could not be handled.")


@app.command()
def why(
    bot: Annotated[str, typer.Argument(help="A bot: 5, 05 or bot_05.")],
    hours: Annotated[float, typer.Option(min=0.01, help="How far back, session hours.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say why a bot did not trade: reasons, the gate's denials, limits.

    Example: pets why 05
    """
    from api.cli.why import explain_bot

    explain_bot(bot, hours, as_json)


@app.command()
def graduation(
    bot: Annotated[str | None, typer.Argument(help="A bot, e.g. 05; all of them else.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What each bot's paper record shows and lacks before its orders may be real; kept for that."""
    from api.cli.graduation import show_graduation

    show_graduation(bot, as_json)


@app.command()
def halt(
    reason: Annotated[str, typer.Option(help="Why; kept with the command.")] = "operator",
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Unwind positions passively as well.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Stop all new risk, cancel every order; without the API over the log.

    Example: pets halt
    """
    from api.cli.control import halt_trading

    halt_trading(reason, emergency, as_json)


@app.command()
def resume(
    phrase: Annotated[str, typer.Option(help="Type RESUME.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept with the command.")] = "operator",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """End a halt; refused while a breaker is open.

    Example: pets resume --phrase RESUME
    """
    from api.cli.control import resume_trading

    resume_trading(phrase, reason, as_json)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what runs, on which data and money, and how fresh it is."""
    from api.cli.control import show_status

    show_status(as_json)


@app.command()
def logs(
    component: Annotated[str, typer.Option(help="e.g. gate, connector, api.")] = "",
    level: Annotated[str, typer.Option(help="The least level.")] = "info",
    since: Annotated[str, typer.Option(help="A span such as 10m or 2h, or an ISO time.")] = "1h",
    correlation: Annotated[
        str, typer.Option(help="An id of a request, a command, or a message being applied.")
    ] = "",
    count: Annotated[int, typer.Option("-n", help="The newest so many.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Print what the components logged, also without the API."""
    from api.cli.log_lines import show_logs

    show_logs(component, level, since, correlation, count, as_json)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at everything, also without the API; say what is wrong and what to do."""
    from api.cli.doctor import examine_installation

    examine_installation(as_json)


def main() -> None:
    """Entry point: errors are one sentence, exit codes say which kind."""
    _add_groups()
    try:
        app()
    except InfrastructureError as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_UNAVAILABLE)
    except PETSError as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_FAILED)
