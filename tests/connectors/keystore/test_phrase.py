import pytest
from eth_account.hdaccount import seed_from_mnemonic

from connectors.keystore.phrase import key_of, new_phrase, read_phrase
from connectors.keystore.secret import Secret
from connectors.polymarket.signer import Signer
from schemas.errors import ConfigurationError

# The first 24-word vector of BIP-39's reference implementation (trezor/python-mnemonic).
ZEROS = "abandon " * 23 + "art"
SEED = (
    "bda85446c68413707090a52022edd26a1c9462295029f2e60cd7c4f2bbd30971"  # pragma: allowlist secret
    "70af7a4d73245cafa9c3cca8d561a7c3de6f5d4a10be8ed2a5e608d68f92fcc8"  # pragma: allowlist secret
)


def test_the_reference_vector() -> None:
    assert seed_from_mnemonic(read_phrase(ZEROS).text(), "TREZOR").hex() == SEED


def test_the_first_accounts_of_a_known_phrase() -> None:
    phrase = read_phrase(ZEROS)
    found = [Signer(key_of(phrase, account).reveal()).address for account in (0, 1)]
    assert found[0] == "0xF278cF59F82eDcf871d630F28EcC8056f25C1cdb"
    assert found[1] != found[0]
    with pytest.raises(ConfigurationError):
        key_of(phrase, -1)


def test_phrases_are_new_and_of_24_words() -> None:
    one, other = new_phrase(), new_phrase()
    assert len(one.text().split()) == 24
    assert one.text() != other.text()
    assert read_phrase(one.text()).text() == one.text()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("abandon " * 12, "received 12"),
        ("abandon " * 22 + "abandonn art", "place 23"),
        ("abandon " * 24, "checksum"),
        ("art " + "abandon " * 23, "checksum"),
    ],
)
def test_a_wrong_phrase_is_told_by_place_and_never_shown(typed: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as failure:
        read_phrase(typed)
    assert "abandon" not in str(failure.value)


def test_typing_may_be_untidy() -> None:
    assert read_phrase("  " + ZEROS.upper().replace(" ", "\n ")).text() == ZEROS


def test_what_is_wiped_is_gone() -> None:
    source = bytearray(b"a secret of bytes")
    secret = Secret(source)
    assert source == bytes(len(source))
    with secret:
        assert secret.reveal() == b"a secret of bytes"
    assert secret.reveal() == bytes(len(source))
    assert "secret of" not in f"{Secret(b'secret of bytes')!r}"
