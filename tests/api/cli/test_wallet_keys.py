import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.wallet import app
from connectors.keystore.phrase import new_phrase

WORD = "correct horse battery staple"
RECOVERY = "PETS_RECOVERY"


class Wallet:
    """`pets wallet` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {"PETS_HOME": str(home), "PETS_KEYSTORE_PASSPHRASE": WORD}

    def run(self, *args: str, **more: str) -> Result:
        return CliRunner().invoke(app, list(args), env={**self.environ, **more})


@pytest.fixture
def wallet(tmp_path: Path) -> Wallet:
    return Wallet(tmp_path)


def test_a_new_wallet_can_be_proven_and_restored(wallet: Wallet, tmp_path: Path) -> None:
    words = tmp_path / "words"
    made = wallet.run("create", "--phrase-file", str(words))
    assert made.exit_code == 0, made.output
    phrase = words.read_text().strip()
    assert stat.S_IMODE(words.stat().st_mode) == 0o600
    assert len(phrase.split()) == 24
    assert phrase not in made.output
    address = wallet.run("address").output.strip()
    assert address in made.output
    assert address in wallet.run("verify", **{RECOVERY: phrase}).output
    elsewhere = Wallet(tmp_path / "elsewhere")
    restored = elsewhere.run("restore", **{RECOVERY: phrase})
    assert restored.exit_code == 0, restored.output
    assert elsewhere.run("address").output.strip() == address
    rotated = Wallet(tmp_path / "rotated")
    rotated.run("restore", "--account", "1", **{RECOVERY: phrase})
    assert rotated.run("address").output.strip() != address
    assert rotated.run("verify", **{RECOVERY: phrase}).exit_code == 0


def test_another_phrase_is_told_apart_and_never_shown(wallet: Wallet, tmp_path: Path) -> None:
    wallet.run("create", "--phrase-file", str(tmp_path / "words"))
    other = new_phrase().text()
    told = wallet.run("verify", **{RECOVERY: other})
    assert told.exit_code != 0
    assert "another wallet" in str(told.exception)
    assert other not in str(told.exception) + told.output


def test_words_are_not_piped(wallet: Wallet) -> None:
    told = wallet.run("create")
    assert "terminal" in str(told.exception)
    assert list(wallet.home.iterdir()) == []


def test_a_place_that_is_taken_makes_no_wallet(wallet: Wallet, tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_text("something of mine")
    told = wallet.run("create", "--phrase-file", str(words))
    assert "No wallet was made" in str(told.exception)
    assert words.read_text() == "something of mine"
    assert wallet.run("address").exit_code != 0


def test_a_private_key_is_imported_and_not_shown(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "07" * 32
    monkeypatch.setattr("api.cli.wallet_keys.getpass", lambda _: key)
    made = wallet.run("import")
    assert made.exit_code == 0, made.output
    assert key not in made.output + (wallet.home / "keystore.json").read_text()
    again = wallet.run("import")
    assert "never written over" in str(again.exception)
    monkeypatch.setattr("api.cli.wallet_keys.getpass", lambda _: "no key")
    assert "no key" not in str(wallet.run("import").exception)
