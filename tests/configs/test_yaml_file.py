from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import Field

from configs.rules import Strict, TradingRules, load_rules
from configs.yaml_file import load_yaml, parse_yaml
from schemas.errors import ConfigurationError


class Inner(Strict):
    depth: int = Field(ge=1, le=5)


class Outer(Strict):
    name: str
    inner: Inner
    sizes: tuple[int, int] = (1, 2)


GOOD = "name: a\ninner:\n  depth: 3\n"


def refuse(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_yaml(Outer, text, "some.yaml")
    return str(caught.value)


def test_a_good_file_is_read() -> None:
    assert parse_yaml(Outer, GOOD, "some.yaml") == Outer(name="a", inner=Inner(depth=3))


def test_an_unknown_key_is_named_with_its_line_and_the_allowed_ones() -> None:
    sentence = refuse(GOOD + "  width: 4\n")
    assert sentence == "some.yaml, line 4, inner.width: this key is unknown. Allowed here: depth."
    assert "Allowed here: name, inner, sizes." in refuse(GOOD + "nam: b\n")


def test_a_value_out_of_range_is_named_with_its_line_and_its_bound() -> None:
    sentence = refuse("name: a\ninner:\n  depth: 9\n")
    assert sentence.startswith("some.yaml, line 3, inner.depth: It should be less than or equal")
    assert "to 5" in sentence
    assert "Received 9." in sentence


def test_an_element_of_a_list_has_a_line_of_its_own() -> None:
    assert "line 6, sizes.1" in refuse(GOOD + "sizes:\n  - 1\n  - x\n")


def test_a_missing_key_is_named_where_it_belongs() -> None:
    assert refuse("name: a\ninner: {}\n") == (
        "some.yaml, line 2, inner.depth: this key is missing. Add it."
    )


def test_all_faults_are_told_at_once() -> None:
    assert len(refuse("inner:\n  depth: 0\n  width: 1\n").splitlines()) == 3


def test_a_key_written_twice_is_an_error() -> None:
    assert "line 4, name: this key is already set in line 1" in refuse(GOOD + "name: b\n")


@pytest.mark.parametrize("text", ["", "- a\n", "name: [\n", "just words\n"])
def test_what_is_no_mapping_is_one_sentence(text: str) -> None:
    assert refuse(text).startswith("some.yaml")


def test_rules_between_keys_are_told_with_the_line_of_their_key() -> None:
    with pytest.raises(ConfigurationError, match=r"some.yaml, line 3, inner.depth: too deep"):
        parse_yaml(Outer, GOOD, "some.yaml", lambda outer: [("inner.depth", "too deep")])


def test_the_operators_file_wins_and_a_missing_one_falls_back(tmp_path: Path) -> None:
    assert load_rules(tmp_path) == load_rules()
    shipped = files("configs").joinpath("rules.yaml").read_text(encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(shipped.replace("lot: 0.01", "lot: 0.10"))
    assert load_yaml(TradingRules, "rules.yaml", tmp_path).lot != load_rules().lot


def test_a_file_that_nobody_ships_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"bots/bot_11\.yaml"):
        load_yaml(Outer, "bots/bot_11.yaml", tmp_path)
