import json
import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from agents.shell.metrics import WorkerMetrics
from sinks.metrics import SinkMetrics
from tests.architecture.source_tree import ROOT

DASHBOARDS = sorted((ROOT / "configs" / "grafana" / "dashboards").glob("*.json"))
NAME = re.compile(r"\bpets_[a-z_]+")


def counted() -> set[str]:
    """Every name under which our processes count something."""
    worker, sink = WorkerMetrics(), SinkMetrics()
    worker.of("any").latency.observe(0.1)
    registries: tuple[CollectorRegistry, ...] = (worker.registry, sink.registry)
    text = "".join(generate_latest(registry).decode() for registry in registries)
    return {line.split("{")[0].split()[0] for line in text.splitlines() if line[:1] != "#"}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_shows_only_what_is_counted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expressions = [
        target["expr"] for panel in json.loads(text)["panels"] for target in panel["targets"]
    ]
    shown = {name for expression in expressions for name in NAME.findall(expression)}
    assert shown, f"{path} shows nothing of ours"
    assert shown <= counted(), f"{path}: nobody counts {sorted(shown - counted())}"


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_says_what_it_means(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert all(panel["description"] for panel in json.loads(text)["panels"])
