from pathlib import Path

from agents.docs import EVIDENCE, bots_table, reasons, with_bots
from agents.registry import BOTS

PAGE = Path(__file__).parents[2] / "docs" / "bots.md"


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_bots(page) == page, "run make docs"


def test_every_bot_has_a_row_with_its_grade() -> None:
    table = bots_table()
    for bot in BOTS:
        assert f"| {bot.number} {bot.name} |" in table
        assert bot.number in EVIDENCE
    assert "| nothing |" in table  # bot 9


def test_reasons_are_read_from_the_source() -> None:
    found = reasons(["agents.bots.bot_07_reading"])
    assert {"crowd-too-one-sided", "no-exaggeration", "near-the-end", "news"} - {*found} == {"news"}
