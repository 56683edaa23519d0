"""Dashboards, alerts and documents name metrics of the catalogue; processes count all of them."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry

from agents.shell.metrics import WorkerMetrics
from api.present_metrics import PresentCollector
from api.request_metrics import RequestMetrics
from configs.metric import Kind, Metric
from configs.metrics import (
    API_METRICS,
    ARCHIVE_METRICS,
    CONNECTOR_METRICS,
    METRICS,
    SINK_METRICS,
    WORKER_METRICS,
)
from configs.metrics_docs import metrics_page
from sinks.archive.pulse import ArchiveMetrics
from sinks.metrics import SinkMetrics
from tests.api.running import Running
from tests.architecture.source_tree import ROOT, product

DASHBOARDS = sorted((ROOT / "configs" / "grafana" / "dashboards").glob("*.json"))
RULES = ROOT / "configs" / "prometheus" / "alerts.yml"
NAME = re.compile(r"\bpets_[a-z_]+")
PARTS = ("", "_bucket", "_count", "_sum")


def known() -> set[str]:
    """Every name under which our processes show something."""
    return {
        metric.shown + part
        for metric in METRICS
        for part in (PARTS if metric.kind is Kind.HISTOGRAM else ("",))
    }


def families(registry: CollectorRegistry) -> set[tuple[str, str]]:
    return {(family.name, family.type) for family in registry.collect()}


def named(metrics: tuple[Metric, ...]) -> set[tuple[str, str]]:
    return {(metric.name, str(metric.kind)) for metric in metrics}


def test_names_are_unique_and_follow_the_rules() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    for metric in METRICS:
        assert re.fullmatch(r"pets(_[a-z]+)+", metric.name), metric.name
        assert metric.about.endswith("."), metric.name
        assert metric.unit, metric.name
        assert (metric.unit == "seconds") == metric.name.endswith("_seconds"), metric.name
        assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM), metric.name


def test_every_process_counts_exactly_what_the_catalogue_gives_it() -> None:
    assert families(WorkerMetrics().registry) == named(WORKER_METRICS)
    assert families(SinkMetrics().registry) == named(SINK_METRICS)
    assert families(ArchiveMetrics().registry) == named(ARCHIVE_METRICS)
    api = {(family.name, family.type) for family in PresentCollector(Running().context).collect()}
    requests = {item for item in families(RequestMetrics().registry) if item[0][:5] == "pets_"}
    assert api | requests == named(API_METRICS)
    venue = (ROOT / "api" / "venue.py").read_text(encoding="utf-8")
    assert len(re.findall(r"catalogue\.CONNECTOR_[A-Z]+:", venue)) == len(CONNECTOR_METRICS)


def test_no_metric_is_named_outside_the_catalogue() -> None:
    named_elsewhere = [
        (module.path.name, name)
        for module in product()
        if module.name not in ("configs.metrics",)
        for name in NAME.findall(module.path.read_text(encoding="utf-8"))
        if name in {metric.name for metric in METRICS}
    ]
    assert named_elsewhere == []


def test_the_page_of_metrics_is_up_to_date() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert page == metrics_page(), "Run `make docs` and commit what it changes."


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_shows_only_what_is_counted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    expressions = [
        target["expr"] for panel in json.loads(text)["panels"] for target in panel["targets"]
    ]
    shown = {name for expression in expressions for name in NAME.findall(expression)}
    assert shown, f"{path} shows nothing of ours"
    assert shown <= known(), f"{path}: nobody counts {sorted(shown - known())}"


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_says_what_it_means(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert all(panel["description"] for panel in json.loads(text)["panels"])


def test_alerts_look_at_what_is_counted_and_say_what_to_do() -> None:
    [group] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    assert len(group["rules"]) >= 10
    for rule in group["rules"]:
        looked_at = set(NAME.findall(rule["expr"]))
        assert looked_at, rule["alert"]
        assert looked_at <= known(), rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"].endswith(".")
    prometheus = yaml.safe_load(RULES.with_name("prometheus.yml").read_text(encoding="utf-8"))
    assert prometheus["rule_files"] == [RULES.name]
