import re
from pathlib import Path

from api.runtime.kafka_settings import KafkaSettings

SETTINGS = KafkaSettings(Path("/home/me/.pets/data/kafka/log"), port=19092, controller_port=19093)


def test_every_address_is_loopback() -> None:
    addresses = re.findall(r"([\w.]+):(\d{2,5})\b", SETTINGS.render())
    assert {host for host, _ in addresses} == {"127.0.0.1"}
    assert {port for _, port in addresses} == {"19092", "19093"}


def test_one_node_can_hold_every_internal_topic() -> None:
    properties = SETTINGS.properties()
    factors = {
        name: value
        for name, value in properties.items()
        if name.endswith(("replication.factor", "min.isr", "min.insync.replicas"))
    }
    assert len(factors) >= 7
    assert set(factors.values()) == {"1"}


def test_the_brokers_session_holds_several_heartbeats() -> None:
    properties = SETTINGS.properties()
    session = int(properties["broker.session.timeout.ms"])
    assert session >= 3 * int(properties["broker.heartbeat.interval.ms"])


def test_backslashes_survive_javas_reading() -> None:
    odd = KafkaSettings(Path("C:\\pets"), port=1, controller_port=2)
    assert "log.dirs=C:\\\\pets\n" in odd.render()
