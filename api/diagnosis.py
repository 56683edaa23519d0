"""Looks at an installation from outside, without the API: files, ports, broker, log, database."""

import asyncio
import shutil
import socket
from pathlib import Path

import msgspec

from agents.shell.checkpoints import read_checkpoints
from api.live import RECENT, WHOLE, LiveState
from api.live_reader import LiveReader
from api.runtime.lock import running_pid
from api.runtime.postgres import EmbeddedPostgres
from api.runtime.process_record import living_records
from api.session import Session
from api.stages import Stages
from api.symptoms import LogView, Pulse, View
from configs.clock import SessionClock, machine_ms
from configs.settings import Settings
from schemas.errors import ConfigurationError, InfrastructureError
from schemas.ids import AccountId
from sinks.pool import open_pool
from topics.admin import check_topics
from topics.reader import open_reader

READ_S = 15.0
ANSWER_S = 3.0


async def look(settings: Settings) -> View:
    """Look at everything; what cannot be reached becomes a sentence."""
    home = settings.home.resolve()
    running = await asyncio.to_thread(running_pid, home)
    leftovers = await asyncio.to_thread(living_records, home / "run")
    clock = session_clock(settings, home)
    broker, topics = await _topics(settings)
    return View(
        configuration=_configuration(settings),
        running=running,
        leftovers=[] if running else [record.name for record in leftovers],
        taken_ports=[] if running or leftovers else _taken(settings),
        free_bytes=_free(home),
        jumped_s=(machine_ms() - clock.wall()) / 1000,
        broker=broker,
        topics=topics,
        database=await _database(settings),
        log=None if broker else await _log(settings, clock),
    )


def session_clock(settings: Settings, home: Path) -> SessionClock:
    """The clock of the session that runs in this home, or the settings' own."""
    path = home / "session.json"
    if settings.anchor_wall_ms or not path.exists():
        return settings.clock()
    return msgspec.json.decode(path.read_bytes(), type=Session).clock()


def database_dsn(settings: Settings) -> str:
    """The configured database, else the embedded one of this home with its kept password."""
    if "database" not in settings.model_fields_set:
        embedded = EmbeddedPostgres(settings.home.resolve(), port=settings.database_port)
        if embedded.use_kept_password():
            return embedded.dsn
    return settings.database.get_secret_value()


def _configuration(settings: Settings) -> str:
    try:
        Stages(settings)
    except ConfigurationError as error:
        return str(error)
    return ""


def _taken(settings: Settings) -> list[str]:
    """Ports that answer though nothing of ours runs."""
    ports = {
        "PETS_BROKER_PORT": settings.broker_port,
        "PETS_DATABASE_PORT": settings.database_port,
        "PETS_SANDBOX_PORT": settings.sandbox_port,
        "PETS_CHAIN_PORT": settings.chain_port,
        "PETS_API_PORT": settings.api_port,
        "PETS_DASHBOARD_PORT": settings.dashboard_port,
    }
    return [f"Port {port} ({name}) is taken." for name, port in ports.items() if _answers(port)]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free(home: Path) -> int:
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    return shutil.disk_usage(there).free


async def _topics(settings: Settings) -> tuple[str, list[str]]:
    try:
        reports = await check_topics(settings.broker, settings.topic_prefix, settings.shards)
    except InfrastructureError as error:
        return str(error), []
    problems = [problem for report in reports for problem in report.problems]
    missing = [f"{report.topic.name} is missing." for report in reports if not report.exists]
    return "", problems + missing


async def _database(settings: Settings) -> str:
    try:
        async with (
            asyncio.timeout(ANSWER_S),
            open_pool(await asyncio.to_thread(database_dsn, settings), 1) as pool,
        ):
            await pool.fetchval("select count(*) from sink_offsets")
    except InfrastructureError as error:
        return str(error)
    except TimeoutError:
        return f"The database does not answer within {ANSWER_S:g} s."
    return ""


async def _log(settings: Settings, clock: SessionClock) -> LogView | None:
    state = LiveState(AccountId(settings.account))
    prefix = settings.topic_prefix
    reader = LiveReader(settings.broker, prefix, settings.shards, WHOLE, RECENT, state.apply)
    reading = asyncio.create_task(reader.run())
    try:
        await asyncio.wait_for(reader.caught_up.wait(), READ_S)
    except TimeoutError:
        return None
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    saved: dict[str, int] = {}
    async with open_reader(settings.broker) as checkpoints:
        for name in state.heartbeats:
            for checkpoint in (await read_checkpoints(checkpoints, prefix, name, [0])).values():
                saved[name] = checkpoint.offset + 1
    pulses = [
        Pulse(beat, max(0.0, clock.wall_age_s(beat.ingest_time)), saved.get(name))
        for name, beat in sorted(state.heartbeats.items())
    ]
    data_at = state.market_data_at
    return LogView(
        pulses=pulses,
        data_age_s=max(0.0, clock.wall_age_s(data_at)) if data_at else None,
        trading=state.risk.trading_state if state.risk else None,
        reason=state.risk.reason if state.risk else "the risk gate has not spoken yet.",
        letters=state.dead_letters,
        ahead_s=-clock.wall_age_s(state.now) if state.now else 0.0,
    )
