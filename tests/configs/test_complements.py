from pathlib import Path

import pytest

from configs.complements import Complement, load_complements
from schemas.errors import ConfigurationError
from schemas.ids import MarketId
from schemas.values import Side

PAIR = """\
pairs:
  - name: a week
    because: the second rule is the first one's negation, same source, same deadline
    legs:
      - {market: "0xa", side: YES}
      - {market: "0xb", side: NO}
"""


def written(text: str, folder: Path) -> Path:
    (folder / "complements.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_list_is_empty() -> None:
    assert load_complements().by_market() == {}


def test_each_market_knows_what_completes_it(tmp_path: Path) -> None:
    a, b = MarketId("0xa"), MarketId("0xb")
    assert load_complements(written(PAIR, tmp_path)).by_market() == {
        a: Complement(Side.YES, b, Side.NO),
        b: Complement(Side.NO, a, Side.YES),
    }


@pytest.mark.parametrize(
    ("old", "new", "line", "expected"),
    [
        ('"0xb"', '"0xa"', 2, "one leg of one pair, received 0xa again"),
        ("side: NO", "side: MAYBE", 6, "'YES' or 'NO'"),
        ('"0xb"', '"b"', 6, "pattern"),
        ("because: the", "because_of: the", 3, "unknown"),
        ('      - {market: "0xb", side: NO}\n', "", 4, "missing"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(
    old: str, new: str, line: int, expected: str, tmp_path: Path
) -> None:
    assert old in PAIR
    folder = written(PAIR.replace(old, new), tmp_path)
    with pytest.raises(ConfigurationError, match=rf"line {line}, .*{expected}"):
        load_complements(folder)
