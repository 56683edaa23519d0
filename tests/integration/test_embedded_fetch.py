"""Kafka's jars really fetched, by both ways, from an empty cache."""

import shutil
from pathlib import Path

import pytest

from api.runtime.jar_fetchers import Fetch, fetch_with_jgo, fetch_with_maven
from api.runtime.kafka_jars import is_complete, kafka_jars, locked_hashes
from api.runtime.service import silent
from schemas.errors import InfrastructureError
from tests.api.runtime.waiting import names_in
from tests.conftest import unavailable

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.mark.parametrize("fetch", [fetch_with_maven, fetch_with_jgo], ids=["mvn", "jgo"])
async def test_each_way_brings_exactly_the_recorded_files(fetch: Fetch, tmp_path: Path) -> None:
    if fetch is fetch_with_maven and shutil.which("mvn") is None:
        pytest.skip("mvn is not installed; the way by jgo is tested without it")
    try:
        folder = await kafka_jars(tmp_path, silent, (fetch,))
    except InfrastructureError as error:
        unavailable("a package registry", error)
    assert is_complete(folder)
    assert names_in(folder) == sorted({*locked_hashes(), "complete.json"})
