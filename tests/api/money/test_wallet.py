from pathlib import Path
from typing import Any

import pytest

from api.money.wallet import cold_of, local_chain, why_off
from api.session import open_session
from api.system import System
from configs.settings import Settings
from connectors.sandbox.chain.known import COLD

LIVE = {"source": "live", "money": "live", "chain_id": 137}
KEY = {"PETS_PRIVATE_KEY": "0x" + "11" * 32}  # pragma: allowlist secret


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, **{"home": tmp_path, **given})


@pytest.mark.parametrize(
    ("given", "environ", "words"),
    [
        ({"source": "world"}, {}, ""),
        ({"source": "both", "chain_id": 137, "money": "sandbox"}, {}, ""),
        ({"source": "live"}, KEY, "paper money"),
        (LIVE | {"chain_id": 31337}, KEY, "PETS_CHAIN_ID"),
        (LIVE, {}, "pets wallet create"),
        (LIVE, KEY, ""),
        (LIVE, {"PETS_PRIVATE_KEY_FILE": "key"}, ""),  # pragma: allowlist secret
    ],
)
def test_a_wallet_runs_where_money_can_be_moved(
    tmp_path: Path, given: dict[str, Any], environ: dict[str, str], words: str
) -> None:
    why = why_off(settings(tmp_path, **given), environ)
    assert words in why
    assert bool(why) is bool(words)


def test_a_keystore_needs_somebody_to_open_it(tmp_path: Path) -> None:
    (tmp_path / "keystore.json").write_text("{}")
    live = settings(tmp_path, **LIVE)
    assert "PETS_KEYSTORE_PASSPHRASE" in why_off(live, {})
    assert why_off(live, {"PETS_KEYSTORE_PASSPHRASE_FILE": "secret"}) == ""


def test_the_cold_wallet_of_live_money_is_never_the_local_one(tmp_path: Path) -> None:
    assert cold_of(settings(tmp_path, **LIVE)) == ""
    assert cold_of(settings(tmp_path, **LIVE, cold_address="0x1")) == "0x1"
    assert cold_of(settings(tmp_path, cold_address="0x1")) == COLD


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"source": "world"}, ["gate-ledger-wallet", "chain", "wallet-sender"]),
        ({"source": "live"}, ["gate-ledger"]),
    ],
)
def test_make_up_starts_the_wallet_with_played_data_alone(
    tmp_path: Path, given: dict[str, Any], names: list[str]
) -> None:
    chosen = settings(tmp_path, **given)
    system = System(chosen, open_session(tmp_path, 1.0, live=given["source"] == "live"))
    account = [worker.name for worker in system.deciders() if "gate" in worker.name]
    assert account + [worker.name for worker in system.wallet()] == names


def test_processes_on_played_data_never_see_the_real_chain(tmp_path: Path) -> None:
    chosen = settings(tmp_path, source="world", chain_id=137, polygon_rpc="https://real/key")
    given = System(chosen, open_session(tmp_path, 1.0, live=False)).environment()
    assert given["PETS_CHAIN_ID"] == "31337"
    assert given["PETS_POLYGON_RPC"] == local_chain(chosen)["polygon_rpc"]
    assert "real" not in given["PETS_POLYGON_RPC"]


def test_addresses_of_nodes_are_secrets_unless_they_are_local(tmp_path: Path) -> None:
    keyed = "https://node.example/v2/abcdef"
    chosen = settings(tmp_path, polygon_rpc=f"{keyed}, http://127.0.0.1:1/rpc")
    assert chosen.rpc_urls == (keyed, "http://127.0.0.1:1/rpc")
    assert keyed in chosen.secrets()
    assert "http://127.0.0.1:1/rpc" not in chosen.secrets()
    assert keyed not in repr(chosen)
