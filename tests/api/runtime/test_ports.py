import os
import socket
from collections.abc import Iterator

import psutil
import pytest

from api.runtime.ports import LOOPBACK, free_port, holder, is_free, require_free
from schemas.errors import InfrastructureError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def test_a_port_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not is_free(taken)
    assert is_free(free_port())


async def test_a_port_of_an_earlier_server_is_free_although_its_connections_linger() -> None:
    listener = socket.create_server((LOOPBACK, 0))
    port = listener.getsockname()[1]
    client = socket.create_connection((LOOPBACK, port))
    accepted, _ = listener.accept()
    accepted.close()
    client.close()
    listener.close()
    await require_free(port, purpose="a server", setting="PETS_X")


async def test_the_sentence_names_port_process_and_setting(taken: int) -> None:
    with pytest.raises(InfrastructureError) as raised:
        await require_free(taken, purpose="the embedded Kafka", setting="PETS_BROKER_PORT")
    sentence = str(raised.value)
    own = f"process {os.getpid()} ({psutil.Process().name()})"
    for part in (f"Port {taken}", "the embedded Kafka", own, "PETS_BROKER_PORT"):
        assert part in sentence


def test_a_process_that_is_hidden_from_us_is_called_another_process(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(kind: str) -> list[object]:
        raise psutil.AccessDenied()

    monkeypatch.setattr(psutil, "net_connections", refuse)
    assert holder(taken) == "another process"


def test_a_port_that_only_root_may_use_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    assert not is_free(80)
