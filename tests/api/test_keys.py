"""Keys with roles: kept as digests, compared whole, revoked at once."""

from pathlib import Path

import pytest

from api.callers import dashboard_key, role_needed
from api.keys import FILE, KeyFile, Role, digest_of
from schemas.errors import ApplicationError, ConfigurationError
from tests.api.running import Running

STATUS, HALT, ORDERS = "/api/v1/status", "/api/v1/risk/halt", "/api/v1/orders"


def test_a_key_is_shown_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    token = keys.create("script", Role.READ)
    kept = (tmp_path / FILE).read_text()
    assert token not in kept
    assert digest_of(token) in kept
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    found = keys.find(token)
    assert found is not None
    assert (found.name, found.role) == ("script", Role.READ)
    assert keys.find(token[:-1]) is None
    assert keys.find("") is None


def test_a_revoked_key_opens_nothing_and_its_name_is_free(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    old = keys.create("script", Role.TRADE)
    with pytest.raises(ApplicationError, match="Revoke that one first"):
        keys.create("script", Role.READ)
    other = KeyFile(tmp_path)
    assert other.find(old) is not None
    keys.revoke("script")
    assert other.find(old) is None
    with pytest.raises(ApplicationError, match=r"a good key \(none\)"):
        keys.revoke("script")
    assert keys.create("script", Role.READ) != old
    assert [key.revoked_at is None for key in keys.everything()] == [False, True]


@pytest.mark.parametrize("name", ["", "Big", "a b", "-a", "x" * 41, "ä"])
def test_a_name_is_a_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(ApplicationError, match="Expected a name"):
        KeyFile(tmp_path).create(name, Role.READ)


def test_a_spoiled_file_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(ConfigurationError, match="pets keys create"):
        KeyFile(tmp_path).good()


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/orders", Role.READ),
        ("POST", "/risk/what-if", Role.READ),
        ("POST", "/risk/halt", Role.OPERATE),
        ("POST", "/bots/bot_05/pause", Role.OPERATE),
        ("POST", "/alerts/x/acknowledge", Role.OPERATE),
        ("POST", "/orders", Role.TRADE),
        ("DELETE", "/orders/o1", Role.TRADE),
        ("POST", "/positions/p1/close", Role.TRADE),
        ("POST", "/wallet/topup", Role.TRADE),
        ("PUT", "/bots/bot_05/config", Role.TRADE),
    ],
)
def test_what_each_request_takes(method: str, path: str, role: Role) -> None:
    assert role_needed(method, f"/api/v1{path}") is role


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.READ, (200, 403, 403)),
        (Role.OPERATE, (200, 422, 403)),
        (Role.TRADE, (200, 422, 422)),
    ],
)
async def test_a_key_opens_what_its_role_allows(
    tmp_path: Path, role: Role, statuses: tuple[int, ...]
) -> None:
    token = KeyFile(tmp_path).create("one", role)
    async with Running(home=tmp_path).client(X_API_Key=token) as client:
        replies = (
            await client.get(STATUS),
            await client.post(HALT, json=[]),
            await client.post(ORDERS, json=[]),
        )
    assert tuple(reply.status_code for reply in replies) == statuses
    codes = {reply.json()["code"] for reply in replies if reply.status_code == 403}
    assert codes <= {"role-needed"}


async def test_the_first_key_closes_the_door_and_the_last_revoked_opens_it(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path)
    async with Running(home=tmp_path).client() as client:
        assert (await client.get(STATUS)).status_code == 200
        keys.create("one", Role.READ)
        assert (await client.get(STATUS)).status_code == 401
        keys.revoke("one")
        assert (await client.get(STATUS)).status_code == 200


async def test_the_dashboards_key_without_a_secret_proves_nothing(tmp_path: Path) -> None:
    KeyFile(tmp_path).create("one", Role.READ)
    async with Running(home=tmp_path).client(X_API_Key=dashboard_key("")) as client:
        assert (await client.get(STATUS)).status_code == 401
