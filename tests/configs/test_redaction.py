import pytest

from configs.redaction import REDACTED, redact, redact_text

HEX64 = "ab" * 32


@pytest.mark.parametrize(
    "name",
    ["private_key", "api_key", "API-KEY", "clob_secret", "password", "passphrase", "mnemonic"],
)
def test_a_field_with_a_secret_name_is_redacted_whole(name: str) -> None:
    assert redact(name, "anything") == REDACTED
    assert redact(name, ["a", "b"]) == REDACTED


def test_a_count_of_secrets_is_no_secret() -> None:
    assert redact("api_key_count", 3) == 3
    assert redact("password", None) is None


@pytest.mark.parametrize("name", ["market_id", "condition", "transaction", "order_hash"])
def test_ids_and_hashes_stay_whole_in_fields_that_name_them(name: str) -> None:
    assert redact(name, "0x" + HEX64) == "0x" + HEX64


@pytest.mark.parametrize("prefix", ["", "0x"])
def test_sixty_four_hex_digits_in_a_text_are_cut(prefix: str) -> None:
    assert redact_text(f"signed with {prefix}{HEX64}.") == f"signed with {prefix}abababab…."


def test_a_signature_is_cut_too() -> None:
    assert redact_text("0x" + HEX64 * 2) == "0xabababab…"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgresql://pets:hunter22@db:5432/pets", "postgresql://pets:[redacted]@db:5432/pets"),
        ("redis://:hunter22@cache", "redis://:[redacted]@cache"),
        ("Authorization: Bearer abcdefghijklmnop", "Authorization: Bearer [redacted]"),
        ("api_key=k-123456&x=1", "api_key=[redacted]&x=1"),
        ('{"secret": "s-123456"}', '{"secret": "[redacted]"}'),
        ("http://127.0.0.1:8000/health", "http://127.0.0.1:8000/health"),
        ("the market key is a token id", "the market key is a token id"),
    ],
)
def test_secrets_in_texts_are_redacted_and_nothing_else(text: str, kept: str) -> None:
    assert redact_text(text) == kept


def test_a_recovery_phrase_is_redacted() -> None:
    phrase = " ".join(["abandon"] * 11 + ["about"])
    assert redact_text(f"restore {phrase} now?") == f"{REDACTED}?"


def test_a_pem_key_is_redacted() -> None:
    pem = "-----BEGIN EC " + "PRIVATE KEY-----\nMHcCAQ\n-----END EC " + "PRIVATE KEY-----"
    assert "MHcCAQ" not in redact_text(f"loaded {pem}")


def test_containers_are_searched_through() -> None:
    value = {"url": "redis://:hunter22@cache", "inner": [{"api_key": "k"}], "raw": b"secret=abc"}
    assert redact("settings", value) == {
        "url": "redis://:[redacted]@cache",
        "inner": [{"api_key": REDACTED}],
        "raw": f"b'secret={REDACTED}'",
    }


def test_other_objects_are_logged_as_text() -> None:
    assert redact("error", ValueError("password=hunter22")) == f"password={REDACTED}"
