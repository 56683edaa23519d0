"""The embedded default: which processes make a running system, and with which settings."""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from api.money.wallet import local_chain, why_off
from api.runtime.kafka import EmbeddedKafka
from api.runtime.postgres import EmbeddedPostgres
from api.runtime.worker import STOP_GRACE_S, Worker
from api.session import Session
from configs.clock import SessionClock
from configs.hosts import hosts
from configs.settings import Settings
from schemas.values import Money

DECIDERS = ("relay,book", "bots", "execution")
"""Stages that share a process, one process each entry; those of the account come to them."""
LEAVE_S = 20.0
"""A gateway that is told to stop cancels everything and waits for the venue to say so."""


class System:
    """Builds the services of one installation; starting them is the supervisor's work.

    Attributes:
        wallet_off: Why no wallet is run, in a sentence; empty when one is.
    """

    def __init__(self, settings: Settings, session: Session) -> None:
        """Describe the installation.

        Args:
            settings: Ports, home, source.
            session: The clock its processes share.
        """
        self._settings = settings
        self._session = session
        self._home = settings.home.resolve()
        self._dsn = ""
        self.wallet_off = why_off(settings, os.environ)

    def broker(self) -> EmbeddedKafka:
        """The embedded log."""
        return EmbeddedKafka(
            self._home,
            port=self._settings.broker_port,
            controller_port=self._settings.broker_controller_port,
        )

    def database(self) -> EmbeddedPostgres:
        """The embedded database."""
        return EmbeddedPostgres(
            self._home,
            port=self._settings.database_port,
            programs=self._settings.postgres_bin,
        )

    def use_database(self, dsn: str) -> None:
        """Tell the workers where the database is, once it runs."""
        self._dsn = dsn

    def sandbox(self) -> Worker:
        """The sandbox venue."""
        return self._worker("sandbox", ready=self._answers(f"{self._sandbox_url}/time"))

    def deciders(self) -> tuple[Worker, ...]:
        """The stages, grouped into processes."""
        account = "gate,ledger" if self.wallet_off else "gate,ledger,wallet"
        return tuple(self._worker(stages) for stages in (*DECIDERS, account))

    def gateway(self) -> tuple[Worker, ...]:
        """What sends orders to the venue; nothing for paper money."""
        if self._settings.money is Money.PAPER:
            return ()
        return (self._worker("gateway", stop_grace_s=LEAVE_S),)

    def wallet(self) -> tuple[Worker, ...]:
        """What signs transactions, and the chain they are for where it is the local one."""
        if self.wallet_off:
            return ()
        sender = self._worker("wallet-sender")
        if self._settings.source == "live":
            return (sender,)
        station = local_chain(self._settings)["gas_station_url"]
        return (self._worker("chain", ready=self._answers(station)), sender)

    def connector(self) -> Worker:
        """The market connector."""
        return self._worker("connector")

    def feeds(self) -> Worker:
        """News, games, other people's wallets, outside estimates."""
        return self._worker("feeds")

    def sinks(self) -> Worker:
        """The database writer."""
        return self._worker("sinks")

    def archive(self) -> Worker:
        """The log's archive."""
        return self._worker("archive")

    def api(self) -> Worker:
        """The API."""
        return self._worker("api", ready=self._answers(f"{self.api_url}/api/v1/health/live"))

    def dashboard(self) -> Worker:
        """The dashboard."""
        health = f"{self.dashboard_url}/_stcore/health"
        return self._worker("dashboard", ready=self._answers(health))

    @property
    def session_clock(self) -> SessionClock:
        """The clock that all processes share."""
        return self._session.clock()

    @property
    def api_url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self._settings.api_port}"

    @property
    def dashboard_url(self) -> str:
        """Where the dashboard answers."""
        return f"http://127.0.0.1:{self._settings.dashboard_port}"

    @property
    def _sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self._settings.sandbox_port}"

    def environment(self) -> dict[str, str]:
        """Settings of this installation's processes."""
        settings = self._settings
        own = {
            "PETS_HOME": str(self._home),
            "PETS_BROKER": f"127.0.0.1:{settings.broker_port}",
            "PETS_DATABASE": self._dsn,
            "PETS_SOURCE": settings.source,
            "PETS_SEED": str(settings.seed),
            "PETS_WORLD": settings.world,
            "PETS_API_URL": self.api_url,
            "PETS_MONEY": settings.money,
            "PETS_LIVE_PHRASE": settings.live_phrase,
            "PYTHONUNBUFFERED": "1",
            **self._session.environment(),
        }
        if settings.source != "live":
            host = f"127.0.0.1:{settings.sandbox_port}"
            own["PETS_GAMMA_URL"] = own["PETS_CLOB_URL"] = f"http://{host}"
            own["PETS_FEEDS_URL"] = f"http://{host}/feeds"
            own["PETS_DATA_URL"] = own["PETS_SITE_URL"] = f"http://{host}"
            own["PETS_MARKET_WS_URL"] = f"ws://{host}/ws/market"
            own["PETS_USER_WS_URL"] = f"ws://{host}/ws/user"
            own |= {f"PETS_{name.upper()}": said for name, said in local_chain(settings).items()}
        else:
            own |= {f"PETS_{name.upper()}": url for name, url in hosts(settings).items()}
        return {**os.environ, **own}

    def _worker(
        self,
        stages: str,
        ready: Callable[[], Awaitable[bool]] | None = None,
        stop_grace_s: float = STOP_GRACE_S,
    ) -> Worker:
        argv = (str(Path(sys.executable).with_name("pets")), "run", stages)
        return Worker(
            stages.replace(",", "-"),
            argv,
            self._home,
            env=self.environment(),
            ready=ready,
            stop_grace_s=stop_grace_s,
        )

    @staticmethod
    def _answers(url: str) -> Callable[[], Awaitable[bool]]:
        async def answers() -> bool:
            try:
                async with httpx.AsyncClient(timeout=2.0) as http:
                    return (await http.get(url)).is_success
            except httpx.HTTPError:
                return False

        return answers
