import re

from pydantic import SecretStr

from configs.settings import Settings
from tests.architecture.source_tree import ROOT, none

COMPOSE_ONLY = {
    "PETS_DB_PASSWORD",
    "PETS_GRAFANA_PASSWORD",
    "PETS_PORT_DIGIT",
    "PETS_VERSION",
}


def test_env_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#(PETS_[A-Z_]+)=", text, re.M))
    settings = {f"PETS_{name.upper()}" for name in Settings.model_fields}
    none([entry(name) for name in sorted(settings - named)], "Add to .env.example:")
    none(sorted(named - COMPOSE_ONLY - settings), "Delete from .env.example:")


def test_env_example_shows_the_defaults() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    wrong = [
        f"#PETS_{name.upper()}={default(name)}"
        for name in Settings.model_fields
        if f"#PETS_{name.upper()}={default(name)}\n" not in text
    ]
    none(wrong, "Correct in .env.example:")


def default(name: str) -> str:
    value: object = Settings.model_fields[name].default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value is None else str(getattr(value, "value", value))


def entry(setting: str) -> str:
    name = setting.removeprefix("PETS_").lower()
    return f"# {Settings.model_fields[name].description}\n#{setting}={default(name)}\n"


def test_env_example_sets_nothing_by_itself() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
