"""Every sentence has a name, every name is used, and languages say the same figures."""

import re
import string
from pathlib import Path

import pytest

from dashboard.texts import ENGLISH as TEXTS
from dashboard.texts import TABLES, text

FOLDER = Path(__file__).parents[2] / "dashboard"
SAID = re.compile(r'say\(\s*(f?)"([^"]+)"', re.S)


def asked() -> set[str]:
    """Names in the source; a figure in one stands for anything."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py"))
    found = set(SAID.findall(source))
    found |= set(re.findall(r'(f)"(rearm\.[^"]+)"', source))
    patterns = {re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(name)) for _, name in found}
    return patterns | {re.escape("rearm.press.bot")}


def test_every_sentence_that_is_asked_for_exists() -> None:
    missing = [each for each in asked() if not any(re.fullmatch(each, name) for name in TEXTS)]
    assert not missing


def test_no_sentence_is_left_over() -> None:
    wanted = "|".join(asked())
    assert [name for name in TEXTS if not re.fullmatch(wanted, name)] == []


def figures(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", sorted(set(TABLES) - {"en"}))
def test_a_language_says_the_same_figures(language: str) -> None:
    table = TABLES[language]
    assert set(table) <= set(TEXTS)
    different = [name for name in table if figures(table[name]) != figures(TEXTS[name])]
    assert not different


def test_what_a_language_lacks_is_said_in_english() -> None:
    assert text("dialog.close", "xx") == "Close"
    with pytest.raises(KeyError):
        text("no.such.sentence")
