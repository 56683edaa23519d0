"""The embedded Kafka's server.properties: one node, loopback, light on memory and threads."""

from dataclasses import dataclass
from pathlib import Path

from api.runtime.ports import LOOPBACK

NODE_ID = 1
MIB = 1024 * 1024
CLEANING_MS = 60_000


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """What may differ between two embedded brokers.

    Attributes:
        log_dir: Folder of the log, on disk.
        port: Port for clients.
        controller_port: Port the controller listens on; only the broker itself connects to it.
        segment_bytes: Size at which a partition's file is rolled; only rolled files are deleted
            or compacted.
        retention_bytes: What a partition keeps unless its topic says otherwise.
        cleaning_ms: How often it looks for what may be deleted or compacted.
    """

    log_dir: Path
    port: int
    controller_port: int
    segment_bytes: int = 32 * MIB
    retention_bytes: int = 1024 * MIB
    cleaning_ms: int = CLEANING_MS

    @property
    def bootstrap(self) -> str:
        """Address for clients."""
        return f"{LOOPBACK}:{self.port}"

    def properties(self) -> dict[str, str]:
        """The settings by Kafka's names.

        Single node: every internal topic has one replica and few partitions. A group's first
        member waits for no other, and clients may choose sessions as short as a second, so that a
        killed worker is replaced quickly. The broker's own session is short because the controller
        lets a killed broker register again only when its session has ended: with Kafka's default
        of 9 s a restart after kill -9 took 12 s, with 1 s it takes 3 to 4 s, and neither a broker
        that was suspended nor one starved of the processor lost its place (all measured). The log
        cleaner's buffer and the indexes are small, since their defaults are made for servers with
        many gigabytes.
        """
        listeners = f"PLAINTEXT://{self.bootstrap}"
        controller = f"{LOOPBACK}:{self.controller_port}"
        values: dict[str, str | int] = {
            "process.roles": "broker,controller",
            "node.id": NODE_ID,
            "controller.quorum.voters": f"{NODE_ID}@{controller}",
            "listeners": f"{listeners},CONTROLLER://{controller}",
            "advertised.listeners": listeners,
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": str(self.log_dir),
            "auto.create.topics.enable": "false",
            "num.partitions": 1,
            "default.replication.factor": 1,
            "min.insync.replicas": 1,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "offsets.topic.segment.bytes": 8 * MIB,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 2,
            "transaction.state.log.segment.bytes": 8 * MIB,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "group.initial.rebalance.delay.ms": 0,
            "broker.session.timeout.ms": 1000,
            "broker.heartbeat.interval.ms": 250,
            "group.min.session.timeout.ms": 1000,
            "num.network.threads": 2,
            "num.io.threads": 4,
            "background.threads": 2,
            "log.segment.bytes": self.segment_bytes,
            "log.index.size.max.bytes": 2 * MIB,
            "log.retention.bytes": self.retention_bytes,
            "log.retention.check.interval.ms": self.cleaning_ms,
            "log.cleaner.backoff.ms": min(15_000, self.cleaning_ms),
            "log.segment.delete.delay.ms": 10_000,
            "log.cleaner.threads": 1,
            "log.cleaner.dedupe.buffer.size": 8 * MIB,
            "log.cleaner.io.buffer.size": MIB // 2,
            "metadata.log.segment.bytes": 16 * MIB,
            "metadata.max.retention.bytes": 32 * MIB,
            "metadata.max.idle.interval.ms": 5000,
        }
        return {name: str(value) for name, value in values.items()}

    def render(self) -> str:
        """The content of ``server.properties``; backslashes are escaped as Java reads them."""
        lines = (
            f"{name}={value.replace(chr(92), chr(92) * 2)}\n"
            for name, value in self.properties().items()
        )
        return "".join(lines)
