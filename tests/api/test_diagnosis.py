"""Which database `pets doctor` asks."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from api.diagnosis import database_dsn
from api.runtime.postgres_files import password_path
from configs.settings import Settings

KEPT = "kept-by-the-first-start"  # pragma: allowlist secret
ELSEWHERE = "postgresql://somebody@elsewhere/pets"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PETS_DATABASE", raising=False)


def installed(home: Path) -> Settings:
    path = password_path(home)
    path.parent.mkdir(parents=True)
    path.write_text(KEPT, encoding="ascii")
    return Settings(home=home, database_port=15_999)


def test_an_embedded_database_is_asked_with_its_kept_password(tmp_path: Path) -> None:
    dsn = database_dsn(installed(tmp_path))
    assert dsn == f"postgresql://pets:{KEPT}@127.0.0.1:15999/pets"


def test_a_configured_database_is_asked_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path)
    monkeypatch.setenv("PETS_DATABASE", ELSEWHERE)
    assert database_dsn(Settings(home=tmp_path)) == ELSEWHERE


def test_a_home_that_never_started_has_the_defaults(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert SecretStr(database_dsn(settings)) == settings.database
