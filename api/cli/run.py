"""`pets run`: stages and services in this process."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from configs.hosts import at_hosts
from configs.settings import Settings
from schemas.errors import ApplicationError

SERVICES = (
    "sandbox",
    "chain",
    "connector",
    "gateway",
    "wallet-sender",
    "feeds",
    "sinks",
    "archive",
    "api",
    "dashboard",
)


def run_stages(names: str, check: bool) -> None:
    """Run until SIGTERM or Ctrl-C.

    Args:
        names: A service, or stages joined by commas.
        check: Build everything, connect to nothing, and end.

    Raises:
        ApplicationError: A name is unknown, or a service was mixed with stages.
        ConfigurationError: A configuration file is wrong.
    """
    from configs.logging import configure_logging

    settings = at_hosts(Settings())
    configure_logging(settings.log_level, component=names, secrets=settings.secrets())
    if names in SERVICES:
        start = _service(names, settings)
        if not check:
            with _logging_to_the_log(names, settings):
                start()
        return
    from agents.shell.worker import main
    from api.stages import Stages

    stages = Stages(settings)
    wanted = names.split(",")
    for name in wanted:
        if name not in stages.names:
            raise ApplicationError(
                f"Expected a stage ({', '.join(stages.names)}) or a service "
                f"({', '.join(SERVICES)}), received {name!r}."
            )
    factories = [make for name in wanted for make in stages.named(name)]
    if check:
        for make in factories:
            make(0).snapshot()
        return
    with _logging_to_the_log(names, settings):
        code = main(settings, factories, stages.library)
    raise SystemExit(code)


def _logging_to_the_log(names: str, settings: Settings) -> AbstractContextManager[None]:
    """The dashboard reaches nothing but the API, so its log stays on standard output."""
    from api.log_topic import logs_on_the_log

    return nullcontext() if names == "dashboard" else logs_on_the_log(settings, names)


def _service(name: str, settings: Settings) -> Callable[[], None]:
    """Import a service; calling the result runs it."""
    match name:
        case "api":
            from api.service import run_api

            return partial(run_api, settings)
        case "dashboard":
            from api.dashboard import run_dashboard

            return partial(run_dashboard, settings)
        case "sandbox":
            from api.venue import run_sandbox

            return lambda: asyncio.run(run_sandbox(settings))
        case "chain":
            from api.chain import run_chain

            return lambda: asyncio.run(run_chain(settings))
        case "wallet-sender":
            from api.wallet_sender import run_wallet_sender

            return lambda: asyncio.run(_until_stopped(run_wallet_sender(settings)))
        case "gateway":
            from api.gateway import run_gateway

            return lambda: asyncio.run(run_gateway(settings))
        case "connector":
            from api.venue import run_connector

            return lambda: asyncio.run(_until_stopped(run_connector(settings)))
        case "feeds":
            from api.feeds import run_feeds

            return lambda: asyncio.run(_until_stopped(run_feeds(settings)))
        case "archive":
            from sinks.archive.service import run_archive

            return lambda: asyncio.run(_until_stopped(run_archive(settings, settings.archive)))
        case _:
            from sinks.service import run_sinks

            return lambda: asyncio.run(_until_stopped(run_sinks(settings)))


async def _until_stopped(work: Coroutine[object, object, None]) -> None:
    """Work until SIGTERM or Ctrl-C."""
    from api.runtime.stopping import stop_signals, unless_stopped

    async with stop_signals() as stop:
        await unless_stopped(stop, work)
