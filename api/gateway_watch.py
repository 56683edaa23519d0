"""How the gateway is doing: its metrics, and its pulse beside those of the stages."""

import asyncio
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.gateway_parts import Parts
from configs import metrics_gateway as catalogue
from configs.meters import Read, family
from configs.settings import Settings
from schemas.ids import derive_id
from schemas.ops import Heartbeat
from topics.catalog import HEARTBEATS
from topics.producer import FrameProducer

BEAT_S = 1.0
COMPONENT = "gateway"


def gateway_metrics(parts: Parts) -> CollectorRegistry:
    """The gateway's metrics, read when they are asked for."""
    registry = CollectorRegistry()
    sender, asker, gateway, feed = parts.sender, parts.asker, parts.gateway, parts.feed
    now, use = parts.facts.now_ms, parts.budget.use
    registry.register(
        Read(
            {
                catalogue.GATEWAY_SENT: lambda: sender.sent,
                catalogue.GATEWAY_UNKNOWN: lambda: sender.unknown,
                catalogue.GATEWAY_LATE: lambda: sender.late,
                catalogue.GATEWAY_UNREAD: lambda: asker.failures,
                catalogue.GATEWAY_BEATS: lambda: asker.beats,
                catalogue.GATEWAY_CONNECTED: lambda: gateway.connected,
                catalogue.GATEWAY_UNREAD_EVENTS: lambda: feed.unread,
                catalogue.GATEWAY_UNKNOWN_FIELDS: lambda: parts.watch.drift.unknown_fields,
                catalogue.GATEWAY_MAY_OPEN: lambda: not sender.refuses_opening,
                catalogue.GATEWAY_ORDER_BUDGET: lambda: use(now()).orders,
                catalogue.GATEWAY_CANCEL_BUDGET: lambda: use(now()).cancels,
                catalogue.GATEWAY_WAITING: lambda: use(now()).waiting,
            }
        )
    )
    registry.register(_Differences(parts))
    return registry


class _Differences(Collector):
    """The last comparison's differences by subject and kind."""

    def __init__(self, parts: Parts) -> None:
        self._gateway = parts.gateway

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is looked at when it is registered."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """How many there are and how old the oldest is."""
        last = self._gateway.reconciled
        ages: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for each in () if last is None else last.differences:
            ages[each.subject, each.kind].append(each.age_ms)
        counts = family(catalogue.GATEWAY_DIFFERENCES)
        oldest = family(catalogue.GATEWAY_DIFFERENCE_AGE)
        for labels, found in ages.items():
            counts.add_metric(labels, len(found))
            oldest.add_metric(labels, max(found) / 1000)
        yield counts
        yield oldest


async def pulse(settings: Settings, producer: FrameProducer, parts: Parts) -> None:
    """Say once a second that the gateway lives; ends by cancellation."""
    clock = settings.clock()
    while True:
        now = clock.now_ms()
        beat = Heartbeat(
            event_id=derive_id("heartbeat", COMPONENT, os.getpid(), now),
            event_time=now,
            ingest_time=now,
            source=COMPONENT,
            component=COMPONENT,
            status="running" if parts.gateway.connected else "starting",
            processed=parts.facts.told,
            lag=parts.budget.use(now).waiting,
            position=parts.sender.sent,
            pid=os.getpid(),
            detail=f"{parts.sender.sent} orders sent with {settings.money} money",
        )
        await producer.publish(HEARTBEATS, COMPONENT, beat)
        await asyncio.sleep(BEAT_S)
