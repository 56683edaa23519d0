"""Reports on recorded sets: what came of them, and what is too little to say anything."""

from pathlib import Path

import pytest

from api.evidence import SETS, evidence, markdown
from configs.settings import Settings
from schemas.ids import BotId

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "polymarket"


def test_a_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    text = "\n".join(markdown(evidence(tmp_path, Settings())))
    assert text.count("No run: not there:") == len(SETS)
    assert SETS[0].files[0] in text


@pytest.mark.skipif(not RECORDED.exists(), reason=f"no recorded data at {RECORDED}")
def test_a_set_is_imported_replayed_and_told() -> None:
    (data,) = [each for each in SETS if each.bots == "3"]
    (outcome,) = evidence(RECORDED, Settings(), [data])
    assert outcome.found is not None
    assert outcome.found.items == 1_495
    text = "\n".join(markdown(iter([outcome])))
    assert "**bot_03**: 0 signals" in text
    assert "insufficient: 0 fills of 200" in text
    (half,) = evidence(RECORDED, Settings(), [data._replace(hours=0.01)])
    assert half.found is not None
    assert 0 < half.found.items < 1_000
    ignored = outcome._replace(
        bots={BotId("bot_04"): []}, passed={"bot_04": {"no-market": 3, "not-english": 1}}
    )
    text = "\n".join(markdown(iter([ignored])))
    assert "**bot_04**: no signal; led to no market: no-market 3, not-english 1." in text
