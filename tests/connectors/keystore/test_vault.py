import copy
import pickle
import stat
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.keystore.phrase import key_of, new_phrase
from connectors.keystore.secret import Secret
from connectors.keystore.source import OPENED_BY, PLACE, unlock
from connectors.keystore.vault import Cost, Header, Kind, Vault
from connectors.polymarket.keys import KEY
from connectors.polymarket.signer import Signer
from schemas.errors import ConfigurationError

CHEAP = Cost(n=2**10)
WORD = "correct horse battery"
NOW = 1_700_000_000_000
RAW = bytes(range(1, 33))


def made(path: Path, kind: Kind = Kind.KEY, secret: bytes = RAW) -> Header:
    return Vault(path).create(Secret(secret), kind, Secret.of_text(WORD), NOW, cost=CHEAP)


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "keystore.json"
    header = made(path)
    assert header.address == Signer(RAW).address
    assert Vault(path).open(Secret.of_text(WORD)).reveal() == RAW
    assert Vault(path).signer(Secret.of_text(WORD)).address == header.address
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_phrase_signs_with_its_account(tmp_path: Path) -> None:
    phrase = new_phrase()
    vault = Vault(tmp_path / "k")
    secret = Secret.of_text(WORD)
    header = vault.create(phrase, Kind.PHRASE, secret, NOW, account=3, cost=CHEAP)
    assert header.address == Signer(key_of(phrase, 3).reveal()).address
    assert vault.signer(secret).address == header.address


def test_the_file_tells_nothing_of_the_secret(tmp_path: Path) -> None:
    phrase = new_phrase()
    path = tmp_path / "k"
    made(path, Kind.PHRASE, phrase.reveal())
    content = path.read_text()
    assert key_of(phrase).reveal().hex() not in content
    words = phrase.text().split()
    assert not any(f"{one} {next_}" in content for one, next_ in pairwise(words))
    other = tmp_path / "other"
    made(other, Kind.PHRASE, phrase.reveal())
    assert msgspec.json.decode(content)["sealed"] not in other.read_text()


def test_a_wrong_passphrase_opens_nothing_and_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "k"
    made(path)
    with pytest.raises(ConfigurationError, match="passphrase") as told:
        Vault(path).open(Secret.of_text("another passphrase"))
    assert "another" not in str(told.value).replace("received another", "")
    assert told.value.__suppress_context__


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_file_does_not_open(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("vault") / "k"
    made(path)
    content = msgspec.json.decode(path.read_bytes())
    changed = copy.deepcopy(content)
    place = data.draw(st.sampled_from(("sealed", "salt", "nonce", "address", "created_at", "r")))
    if place == "sealed":
        changed["sealed"] = flipped(changed["sealed"], data)
    elif place == "r":
        changed["header"]["cost"]["r"] = 4
    elif place == "created_at":
        changed["header"]["created_at"] += 1
    else:
        head = "0x" if place == "address" else ""
        text = changed["header"][place].removeprefix(head)
        changed["header"][place] = head + flipped(text, data)
    path.write_bytes(msgspec.json.encode(changed))
    with pytest.raises(ConfigurationError):
        Vault(path).open(Secret.of_text(WORD))


def flipped(digits: str, data: st.DataObject) -> str:
    place = data.draw(st.integers(0, len(digits) - 1))
    new = data.draw(st.sampled_from([c for c in "0123456789abcdef" if c != digits[place].lower()]))
    return digits[:place] + new + digits[place + 1 :]


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "k"
    made(path)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="never written over"):
        made(path)
    assert path.read_bytes() == before


def test_a_file_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k"
    made(path)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        Vault(path).header()
    with pytest.raises(ConfigurationError, match="wallet create"):
        Vault(tmp_path / "absent").header()


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="at least 12"):
        Vault(tmp_path / "k").create(Secret(RAW), Kind.KEY, Secret.of_text("short"), NOW)
    assert not (tmp_path / "k").exists()


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(RAW))


def test_a_bare_key_goes_before_the_keystore(tmp_path: Path) -> None:
    made(tmp_path / "keystore.json")
    other = bytes(range(2, 34))
    assert unlock(tmp_path, {OPENED_BY: WORD}).signer.address == Signer(RAW).address
    assert unlock(tmp_path, {OPENED_BY: WORD}).keyed_at == NOW
    assert unlock(tmp_path, {KEY: other.hex()}).signer.address == Signer(other).address
    place = {PLACE: str(tmp_path / "keystore.json")}
    asked = unlock(tmp_path / "elsewhere", place, lambda _: WORD)
    assert asked.signer.address == Signer(RAW).address
    with pytest.raises(ConfigurationError, match="passphrase of the keystore"):
        unlock(tmp_path, {})
