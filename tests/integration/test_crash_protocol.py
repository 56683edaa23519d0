"""kill -9 at random points over all deciding stages, compared with an undisturbed run."""

import logging
import os
import time
from pathlib import Path

import pytest

from configs.settings import Settings
from tests.integration.crash_run import Kills, differences, run_script
from tests.integration.crash_script import script
from topics.catalog import FILLS, ORDERS

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(600)]

MESSAGES = int(os.environ.get("PETS_CRASH_MESSAGES", "400"))
POINTS = int(os.environ.get("PETS_CRASH_POINTS", "500"))
SEED = int(os.environ.get("PETS_CRASH_SEED", "1"))
BATCH = 20


async def test_a_run_killed_at_random_points_leaves_what_an_undisturbed_one_leaves(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    calm, killed = (
        Settings(
            _env_file=None, broker=kafka, topic_prefix=f"{topic_prefix}{name}-", checkpoint_ms=5
        )
        for name in ("calm", "killed")
    )
    for folder in ("calm", "killed"):
        (tmp_path / folder).mkdir()
    batches = list(script(calm, MESSAGES, BATCH))
    started = time.monotonic()
    wanted, _, turns = await run_script(calm, batches, tmp_path / "calm", Kills(0, 0, 1))
    calm_s = time.monotonic() - started
    kills = Kills(SEED, POINTS, turns)
    found, system, _ = await run_script(killed, batches, tmp_path / "killed", kills)
    seconds = time.monotonic() - started
    logging.getLogger(__name__).warning(
        "%d turns; %d points, %d kills, %d repeated records; %.0f s undisturbed, %.0f s with kills",
        turns,
        kills.done,
        system.kills,
        found.repeats,
        calm_s,
        seconds - calm_s,
    )

    assert wanted.messages[FILLS.name]
    assert len(wanted.messages[ORDERS.name]) > 10
    told = differences(wanted, found)
    assert not told, "\n\n".join(f"{where}: {what}" for where, what in told.items())
