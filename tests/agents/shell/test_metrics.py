import re

from prometheus_client import generate_latest

from agents.shell.metrics import WorkerMetrics
from configs.metrics import WORKER_METRICS


def test_every_metric_of_the_catalogue_is_exposed_with_its_stage() -> None:
    metrics = WorkerMetrics()
    stage = metrics.of("gate")
    stage.messages.inc(3)
    stage.latency.observe(0.004)

    text = generate_latest(metrics.registry).decode()

    exposed = set(re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram)$", text, re.MULTILINE))
    wanted = {metric.shown for metric in WORKER_METRICS}
    created = {name for name in exposed if name.endswith("_created")}
    assert exposed - created == wanted
    assert 'pets_stage_messages_total{stage="gate"} 3.0' in text
    assert 'pets_stage_latency_seconds_bucket{le="0.005",stage="gate"} 1.0' in text
    assert 'pets_stage_lag{stage="gate"} 0.0' in text


def test_two_workers_in_one_process_do_not_share_counts() -> None:
    first, second = WorkerMetrics(), WorkerMetrics()
    first.of("gate").messages.inc()
    second.of("gate")

    assert (
        'pets_stage_messages_total{stage="gate"} 0.0' in generate_latest(second.registry).decode()
    )
