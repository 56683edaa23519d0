"""What keeps an API from serving is one sentence."""

import socket

import pytest

from api.service import _listening, run_api
from configs.settings import Settings
from schemas.errors import ConfigurationError


def settings(**overrides: object) -> Settings:
    return Settings(_env_file=None, **{"api_key": "", **overrides})  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "::"])
def test_serving_beyond_this_machine_needs_a_key(host: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PETS_API_KEY to be set to serve on {host}"):
        run_api(settings(api_host=host))


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"cannot listen on 127\.0\.0\.1:{port}"):
            run_api(settings(api_port=port))


def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"cannot listen on 192\.0\.2\.1"):
        run_api(settings(api_host="192.0.2.1", api_port=0, api_key="k"))


def test_answers_are_sent_at_once() -> None:
    """asyncio switches Nagle's waiting off only where the socket says that it is TCP."""
    with _listening(settings(api_port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
