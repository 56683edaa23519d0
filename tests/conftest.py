"""A real Kafka and a real PostgreSQL for integration tests, the same that `make up` starts.

* ``kafka``: bootstrap address of one broker per session (per xdist worker).
* ``topic_prefix``: fresh for every test, so that tests share the broker and no topic.
* ``postgres``: DSN of one server per session, a superuser's.
* ``database``: DSN of a database made for the test and dropped after it.

Where Java, Kafka's jars or PostgreSQL's programs cannot be had, the tests are skipped with the
reason; with ``CI=true`` they fail.
"""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import hypothesis
import pytest

from api.runtime.java import find_java
from api.runtime.kafka import EmbeddedKafka
from api.runtime.kafka_jars import default_cache, kafka_jars
from api.runtime.ports import free_port
from api.runtime.postgres import EmbeddedPostgres
from api.runtime.postgres_files import find_programs, remove_runtime_folder
from api.runtime.service import silent
from schemas.errors import InfrastructureError

hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "default")


@pytest.fixture(scope="session")
def service_loop() -> Iterator[asyncio.Runner]:
    """A loop of its own that starts and stops servers between the tests' loops."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield runner


@pytest.fixture(scope="session")
def kafka_cache(service_loop: asyncio.Runner) -> Path:
    """The cache folder with Kafka's jars in it; skips where Java or the jars cannot be had."""

    async def fetch() -> None:
        await find_java()
        await kafka_jars(default_cache(), silent)

    required(service_loop, fetch(), "a real Kafka")
    return default_cache()


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """The folder with PostgreSQL's programs; skips where there is none."""
    configured = os.environ.get("PETS_POSTGRES_BIN")
    try:
        return find_programs(Path(configured) if configured else None)
    except InfrastructureError as error:
        unavailable("a real PostgreSQL", error)


@pytest.fixture(scope="session")
def kafka(
    kafka_cache: Path, service_loop: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Bootstrap address of this session's broker."""
    broker = EmbeddedKafka(
        tmp_path_factory.mktemp("kafka"),
        port=free_port(),
        controller_port=free_port(),
        cache=kafka_cache,
        heap_mib=256,
        short_lived=True,
    )
    service_loop.run(broker.start(silent))
    yield broker.bootstrap
    service_loop.run(broker.stop())


@pytest.fixture
def topic_prefix() -> str:
    """A prefix no other test uses, ending in a hyphen."""
    return f"t{uuid.uuid4().hex[:10]}-"


@pytest.fixture(scope="session")
def postgres(
    request: pytest.FixtureRequest,
    service_loop: asyncio.Runner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """DSN of this session's server; its user is a superuser.

    ``PETS_TEST_POSTGRES`` names another server than the embedded one, for example a TimescaleDB.
    """
    configured = os.environ.get("PETS_TEST_POSTGRES")
    if configured:
        yield configured
        return
    home = tmp_path_factory.mktemp("postgres")
    programs: Path = request.getfixturevalue("postgres_programs")
    server = EmbeddedPostgres(home, port=free_port(), programs=programs, shared_buffers_mib=32)
    service_loop.run(server.start(silent))
    yield server.dsn
    service_loop.run(server.stop())
    remove_runtime_folder(home)


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[str]:
    """DSN of an empty database of this test's own."""
    name = f"t{uuid.uuid4().hex[:10]}"
    await execute(postgres, f"CREATE DATABASE {name}")
    yield urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def execute(dsn: str, statement: str) -> None:
    """Run one statement on a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def required(loop: asyncio.Runner, work: Coroutine[None, None, None], what: str) -> None:
    """Run `work`; skip, or fail in CI, when it says what is missing."""
    try:
        loop.run(work)
    except InfrastructureError as error:
        unavailable(what, error)


def unavailable(what: str, error: InfrastructureError) -> NoReturn:
    """Skip loudly; with ``CI=true`` fail."""
    reason = f"INTEGRATION TESTS NOT RUN: {what} cannot be had here. {error}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)
