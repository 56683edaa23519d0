from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from configs.bots import (
    BotParameters,
    MarketMakerParameters,
    RebalancingParameters,
    least_capital,
    load_bot,
)
from configs.yaml_file import parse_yaml
from schemas.errors import ConfigurationError

FILES: list[tuple[type[BotParameters], str]] = [
    (RebalancingParameters, "bot_01_rebalancing.yaml"),
    (MarketMakerParameters, "bot_05_market_maker.yaml"),
]
BOTS = files("configs").joinpath("bots")


@pytest.mark.parametrize(("model", "file"), FILES)
def test_the_shipped_files_are_valid(model: type[BotParameters], file: str) -> None:
    loaded = load_bot(model, file)
    assert loaded.bot_id == file[:6]
    assert loaded.lambda_max == Decimal("0.5")


@pytest.mark.parametrize(("model", "file"), FILES)
@pytest.mark.parametrize("value", ["0.51", "1", "0", "-0.1", ".nan"])
def test_full_kelly_cannot_be_configured(
    model: type[BotParameters], file: str, value: str, tmp_path: Path
) -> None:
    (tmp_path / "bots").mkdir()
    shipped = BOTS.joinpath(file).read_text(encoding="utf-8")
    text = shipped.replace("lambda_max: 0.50", f"lambda_max: {value}")
    (tmp_path / "bots" / file).write_text(text)
    line = 1 + [each.partition(":")[0] for each in text.splitlines()].index("lambda_max")
    with pytest.raises(ConfigurationError, match=rf"{file}, line {line}, lambda_max"):
        load_bot(model, file, tmp_path)


@pytest.mark.parametrize(("model", "file"), FILES)
def test_an_unknown_key_is_an_error(model: type[BotParameters], file: str) -> None:
    text = BOTS.joinpath(file).read_text(encoding="utf-8") + "lambda_maximum: 0.2\n"
    with pytest.raises(ConfigurationError, match="lambda_maximum: this key is unknown"):
        parse_yaml(model, text, file)


@pytest.mark.parametrize(
    ("model", "file", "old", "new", "key"),
    [
        (*FILES[0], "leg_reprice_s: 30 ", "leg_reprice_s: 120 ", "leg_reprice_s"),
        (*FILES[0], "focus: [0.20, 0.50]", "focus: [0.50, 0.20]", "focus"),
        (*FILES[0], "fill_prob: 0.60", "fill_prob: 1", "fill_prob"),
        (*FILES[0], "ttl_s: 30 ", "ttl_s: 0 ", "ttl_s"),
        (*FILES[1], "spread: [0.005, 0.02]", "spread: [0.02, 0.02]", "spread"),
        (*FILES[1], "sigma: [0.02, 1.0]", "sigma: [0, 1.0]", "sigma"),
        (*FILES[1], "tox_half: 0.6", "tox_half: 0.8", "tox_half"),
        (*FILES[1], "base: 0.01 ", "base: 0.03 ", "base"),
        (*FILES[1], "min_mid: 0.20", "min_mid: 0.5", "min_mid"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(
    model: type[BotParameters], file: str, old: str, new: str, key: str
) -> None:
    text = BOTS.joinpath(file).read_text(encoding="utf-8")
    assert old in text
    line = 1 + text[: text.index(old)].count("\n")
    with pytest.raises(ConfigurationError, match=rf"{file}, line {line}, {key}[:.]"):
        parse_yaml(model, text.replace(old, new), file)


def test_least_capital_is_the_minimum_over_the_share() -> None:
    assert least_capital(Decimal("0.02"), Decimal(5)) == 250
    assert least_capital(Decimal("0.005"), Decimal(5)) == 1000
