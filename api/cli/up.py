"""`pets up`: the whole system on this machine, from nothing to a living dashboard and back."""

import asyncio
import time
from pathlib import Path

import typer

from api.first_start import start_bots
from api.money.choice import keep_to, money_of, with_money
from api.runtime.lock import only_run
from api.runtime.process_record import stop_leftovers
from api.runtime.processes import Supervisor, supervised
from api.runtime.service import Service
from api.runtime.stopping import stop_signals, unless_stopped
from api.seeding import seed_configuration
from api.session import Session, open_session, write_session
from api.stages import Stages
from api.system import System
from api.watchdog import watch
from configs.clock import SessionClock
from configs.settings import Settings, Source
from schemas.errors import ConfigurationError, InfrastructureError
from schemas.values import Money
from sinks.migrate import migrate
from topics.admin import ensure_topics

SIMULATED_SPEED = 10.0
SESSION_WRITE_S = 5.0
READY_S = 60.0
SOURCES: tuple[Source, ...] = ("world", "recorded", "both", "live")


def run_system(
    source: str | None, speed: float | None, seed: int | None, money: str | None = None
) -> None:
    """Run until Ctrl-C."""
    settings = with_money(_settings(source, speed, seed, money))
    for note in Stages(settings).notes():
        _say(note)
    asyncio.run(_run(settings))


def run_migrations() -> None:
    """Create or verify topics and migrate the database that the settings name."""
    settings = Settings()
    asyncio.run(_migrate(settings, settings.database.get_secret_value(), settings.clock()))


def _settings(
    source: str | None, speed: float | None, seed: int | None, money: str | None
) -> Settings:
    """The settings with the command's options over them."""
    if source is not None and source not in SOURCES:
        raise ConfigurationError(
            f"Expected --source to be one of {', '.join(SOURCES)}, received {source!r}."
        )
    settings = Settings()
    changed: dict[str, object] = {}
    if money is not None:
        changed["money"] = money_of(money)
    if source is not None:
        changed["source"] = source
    if seed is not None:
        changed["seed"] = seed
    kind = changed.get("source", settings.source)
    paper = changed.get("money", settings.money) is Money.PAPER
    if speed is not None:
        changed["speed"] = speed
    elif kind != "live" and paper and "speed" not in settings.model_fields_set:
        changed["speed"] = SIMULATED_SPEED
    return settings.model_copy(update=changed)


def _say(sentence: str) -> None:
    """One line of progress with the time it took so far."""
    typer.echo(f"  {time.monotonic() - _started:5.1f} s  {sentence}")


_started = time.monotonic()


async def _run(settings: Settings) -> None:
    home = settings.home.resolve()
    async with only_run(home), stop_signals() as stop:
        keep_to(home, settings.money)
        await stop_leftovers(home / "run", _say)
        session = open_session(home, settings.speed, live=settings.source == "live")
        system = System(settings, session)
        async with supervised(_say) as supervisor:
            if not await unless_stopped(stop, _start(supervisor, system, settings)):
                return
            keeper = asyncio.create_task(_keep(home, session))
            address = system.environment()["PETS_BROKER"]
            watchdog = asyncio.create_task(watch(supervisor, address, settings.topic_prefix))
            typer.echo(_summary(system, settings, home))
            try:
                await supervisor.run_until(stop)
            finally:
                keeper.cancel()
                watchdog.cancel()
                _remember(home, session)
    typer.echo("Stopped. The next start finds everything as it is now.")


async def _start(supervisor: Supervisor, system: System, settings: Settings) -> None:
    database = system.database()
    await supervisor.start(system.broker(), database)
    system.use_database(database.dsn)
    broker = system.environment()["PETS_BROKER"]
    settings = settings.model_copy(update={"broker": broker})
    await _migrate(settings, database.dsn, system.session_clock)
    if settings.source != "live":
        sandbox = system.sandbox()
        await supervisor.start(sandbox)
        await _until_ready(sandbox)
    archive = (system.archive(),) if "archive" in settings.model_fields_set else ()
    await supervisor.start(*system.deciders(), system.sinks(), *archive)
    feeds = (system.feeds(),) if _has_feeds(settings) else ()
    await supervisor.start(system.connector(), *feeds, system.api(), system.dashboard())
    await supervisor.start(*system.gateway(), *system.wallet())
    if system.wallet_off and settings.money is Money.LIVE:
        _say(system.wallet_off)
    await start_bots(settings, system.session_clock)
    for service in supervisor.services:
        await _until_ready(service)


def _has_feeds(settings: Settings) -> bool:
    """Whether there is an outside: the live one, or a simulated world's, its price at least."""
    return settings.source != "recorded"


async def _migrate(settings: Settings, dsn: str, clock: SessionClock) -> None:
    await ensure_topics(settings.broker, settings.topic_prefix, settings.shards)
    await migrate(dsn)
    if await seed_configuration(settings, clock):
        _say("The configuration files are taken over by the stages (`pets config list`).")


async def _until_ready(service: Service) -> None:
    """Wait until a service answers.

    Raises:
        InfrastructureError: It does not, in a minute.
    """
    deadline = time.monotonic() + READY_S
    while not await service.is_healthy():
        if time.monotonic() > deadline:
            raise InfrastructureError(
                f"Expected {service.name} to answer within {READY_S:g} s, it does not. "
                f"Its log is logs/{service.name}.log in PETS_HOME."
            )
        await asyncio.sleep(0.1)


async def _keep(home: Path, session: Session) -> None:
    """Remember how far the session clock has come."""
    while True:
        await asyncio.sleep(SESSION_WRITE_S)
        _remember(home, session)


def _remember(home: Path, session: Session) -> None:
    """Write how far it came; a full disk is said and tried again, it ends nothing."""
    try:
        write_session(home, session)
    except OSError as error:
        _say(f"The session cannot be remembered in {home} ({error.strerror}): free space there.")


def _summary(system: System, settings: Settings, home: Path) -> str:
    """At most eight lines: modes, addresses, how to halt, how to stop, where the logs are."""
    kind = {"world": "simulated", "recorded": "recorded", "both": "recorded and simulated"}
    source = "live" if settings.source == "live" else kind[settings.source]
    speed = "" if settings.source == "live" else f" {settings.speed:g}x"
    credit = "" if settings.source in ("live", "world") else "  books: Resolved Markets, CC BY 4.0"
    return "\n".join(
        (
            "",
            f"PETS runs on {source} data{speed} with {settings.money} money.{credit}",
            f"Dashboard  {system.dashboard_url}",
            f"API        {system.api_url}/docs",
            "Halt       .venv/bin/pets halt, or the button on the dashboard",
            "Stop       Ctrl-C",
            f"Logs       {home / 'logs'}",
        )
    )
