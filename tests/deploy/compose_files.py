"""The compose files as the tests read them."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from tests.architecture.source_tree import ROOT

BASE = "docker-compose.yml"
OVERLAYS = ("compose.dev.yml", "compose.test.yml")
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?:(?P<or>:?-)(?P<default>[^}]*)|:\?[^}]*)?\}")

Service = dict[str, Any]


@cache
def load(name: str) -> dict[str, Any]:
    """One compose file with its anchors merged, as compose reads it."""
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return content


def services(name: str = BASE) -> dict[str, Service]:
    """The services of a compose file, by name."""
    found: dict[str, Service] = load(name)["services"]
    return found


def ours() -> dict[str, Service]:
    """The services that run this project's image."""
    return {name: service for name, service in services().items() if "build" in service}


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the compose specification, as check-jsonschema ships it."""
    path = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def setting(text: str) -> str:
    """A value with its variables at their defaults; one that has none gets a made-up value."""
    return VARIABLE.sub(lambda found: found["default"] or ("" if found["or"] else "made-up"), text)


def environment(service: Service) -> dict[str, str]:
    """What compose gives to a service's process, with nothing set but what must be."""
    return {key: setting(str(value)) for key, value in service.get("environment", {}).items()}
