from importlib.resources import files
from pathlib import Path

import pytest

from agents.registry import BOTS, choose_bots, make_bots
from configs.rules import load_rules
from schemas.errors import ConfigurationError


def test_every_bot_has_its_file_and_every_file_its_bot() -> None:
    shipped = {path.name for path in files("configs").joinpath("bots").iterdir()}
    assert {bot.file for bot in BOTS} == shipped
    assert [bot.number for bot in BOTS] == sorted({bot.number for bot in BOTS})


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: str(bot.bot_id))
def test_a_bot_is_who_its_file_says(bot: object) -> None:
    entry = next(each for each in BOTS if each is bot)
    made = entry.make(None, load_rules()).bot
    assert (made.bot_id, made.number) == (entry.bot_id, entry.number)
    assert entry.load(None).name == entry.name


def test_bots_are_chosen_by_number_in_the_registrys_order() -> None:
    assert [bot.number for bot in choose_bots(" 5, 1 ")] == [1, 5]
    assert [each.bot.number for each in make_bots("5", load_rules())] == [5]
    assert [bot.number for bot in choose_bots("9,1-3,2")] == [1, 2, 3, 9]
    assert choose_bots("") == ()


@pytest.mark.parametrize("numbers", ["100", "1,x", "bot_01", "-1", "3-1", "1-", "1-2-3"])
def test_a_bot_that_does_not_exist_is_named(numbers: str) -> None:
    existing = ", ".join(str(bot.number) for bot in BOTS)
    with pytest.raises(ConfigurationError, match=rf"bots that exist \({existing}\)"):
        choose_bots(numbers)


def test_a_number_that_is_not_the_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bots").mkdir()
    name = "bot_01_rebalancing.yaml"
    shipped = files("configs").joinpath("bots", name).read_text(encoding="utf-8")
    (tmp_path / "bots" / name).write_text(shipped.replace("number: 1", "number: 2"))
    with pytest.raises(ConfigurationError, match="expected 1, received 2"):
        make_bots("1", load_rules(), tmp_path)
