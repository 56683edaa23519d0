import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.stages import Stages
from configs.settings import Settings
from schemas.values import Money
from tests.deploy.compose_files import environment, ours

PETS = Path(sys.executable).with_name("pets")


@pytest.mark.parametrize("name", sorted(ours()))
def test_the_command_of_a_service_starts(name: str, tmp_path: Path) -> None:
    service = ours()[name]
    # Whatever runs for ever builds everything, connects to nothing and ends.
    last = "--help" if service["restart"] == "no" else "--check"
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PETS_")}
    started = subprocess.run(
        [str(PETS), *service["command"], last],
        cwd=tmp_path,
        env={**inherited, **environment(service), "PETS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode == 0, started.stdout + started.stderr


@pytest.mark.parametrize(("money", "stage"), [("paper", "paper"), ("sandbox", "execution")])
def test_orders_go_where_the_money_is(money: Money, stage: str) -> None:
    [make] = Stages(Settings(_env_file=None, money=money)).named("execution")
    assert make(0).name == stage


def test_a_stage_that_there_is_not_is_refused(tmp_path: Path) -> None:
    started = subprocess.run(
        [str(PETS), "run", "no-such-stage", "--check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert started.returncode != 0
    assert "no-such-stage" in started.stdout + started.stderr
    assert "Traceback" not in started.stderr
