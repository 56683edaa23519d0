"""Values changed in a YAML text: nothing else moves, and it says exactly what was asked for."""

from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from configs.documents import read_documents
from configs.yaml_edit import with_values

TEXT = """# Of the bot.
gamma: 0.5   # risk aversion
side_cap: 0.02
spread: [0.005, 0.02]  # dollars
tags: [macro,
  policy]
name: 'market maker'
weights:            # by source
  wire: 1.0         # best
  major: 0.9
# The end.
"""
NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(allow_nan=False, allow_infinity=False))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)


def test_only_the_value_moves() -> None:
    edited = with_values(TEXT, {"gamma": 0.75, "side_cap": "0.03", "spread": [0.01, 0.03]})
    assert edited == TEXT.replace("gamma: 0.5 ", "gamma: 0.75 ").replace(
        "0.02\n", "0.03\n"
    ).replace("[0.005, 0.02]", "[0.01, 0.03]")


def test_a_value_over_several_lines_goes_and_comments_around_it_stay() -> None:
    edited = with_values(TEXT, {"tags": ["a"], "weights": {"wire": 0.5}})
    assert yaml.safe_load(edited) == {
        **yaml.safe_load(TEXT),
        "tags": ["a"],
        "weights": {"wire": 0.5},
    }
    assert "# by source" in edited
    assert edited.endswith("# The end.\n")


def test_a_new_key_comes_last() -> None:
    assert with_values("a: 1", {"b": "x"}) == "a: 1\nb: x\n"


def test_nothing_to_change_changes_nothing() -> None:
    assert with_values(TEXT, {}) == TEXT


@pytest.mark.parametrize("text", ["0.1234567890123456789012345", "1e5", "7_5", "0x1F", ".5"])
def test_a_number_keeps_every_digit(text: str) -> None:
    """What YAML would read as another number, or as a text, is written as a text."""
    said = yaml.safe_load(with_values(TEXT, {"gamma": text}))["gamma"]
    assert said == text or Decimal(str(said)) == Decimal(text)


def test_what_cannot_be_edited_is_written_anew() -> None:
    text = "a: &one [1, 2]  # said once\nb: *one\n"
    assert yaml.safe_load(with_values(text, {"b": [3]})) == {"a": [1, 2], "b": [3]}


@given(
    st.dictionaries(
        st.sampled_from([*yaml.safe_load(TEXT), "new"]),
        st.one_of(NUMBERS, WORDS, st.booleans(), st.lists(st.one_of(NUMBERS, WORDS), max_size=3)),
    )
)
def test_it_says_what_was_asked_for(values: dict[str, object]) -> None:
    said = yaml.safe_load(with_values(TEXT, values))
    wanted = {**yaml.safe_load(TEXT), **values}
    assert said.keys() == wanted.keys()
    for name, value in wanted.items():
        assert said[name] == value or str(said[name]) == str(value), name


def test_every_bots_file_can_be_edited_in_place() -> None:
    for name, text in read_documents(None).texts.items():
        if name.startswith("bots/"):
            edited = with_values(text, {"lambda_max": "0.125"})
            assert "0.125" in edited
            assert edited.count("#") == text.count("#"), name
