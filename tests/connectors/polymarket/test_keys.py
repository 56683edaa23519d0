from pathlib import Path

import pytest

from connectors.polymarket.keys import API, KEY, load_credentials, load_signer
from connectors.polymarket.signer import Signer
from schemas.errors import ConfigurationError

RAW = bytes(range(1, 33))


def test_the_key_comes_from_environment_file_or_prompt(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(RAW.hex() + "\n")
    file.chmod(0o600)
    address = Signer(RAW).address
    assert load_signer({KEY: RAW.hex()}).address == address
    assert load_signer({f"{KEY}_FILE": str(file)}).address == address
    assert load_signer({}, lambda _: "0x" + RAW.hex()).address == address
    with pytest.raises(ConfigurationError, match="paper"):
        load_signer({})


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(RAW.hex())
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600") as told:
        load_signer({f"{KEY}_FILE": str(file)})
    assert RAW.hex() not in str(told.value)
    with pytest.raises(ConfigurationError, match="readable"):
        load_signer({f"{KEY}_FILE": str(tmp_path / "absent")})


def test_the_api_key_is_whole_or_absent() -> None:
    whole = dict(zip(API, ("id", "c2VjcmV0", "phrase"), strict=True))
    found = load_credentials(whole)
    assert found is not None
    assert found.key == "id"
    assert load_credentials({}) is None
    with pytest.raises(ConfigurationError, match=API[1]):
        load_credentials({API[0]: "id"})
