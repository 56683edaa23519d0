"""risk.yaml: shipped values, unknown keys, the mission's own values, what must fit together."""

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from configs.profiles import load_profiles
from configs.risk import BOTS, capital_notes, load_risk, risk_notes
from schemas.errors import ConfigurationError
from schemas.values import IntentKind, Zone

SHIPPED = files("configs").joinpath("risk.yaml").read_text(encoding="utf-8")


def with_line(folder: Path, old: str, new: str) -> Path:
    assert SHIPPED.count(old) == 1
    (folder / "risk.yaml").write_text(SHIPPED.replace(old, new), encoding="utf-8")
    return folder


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(SHIPPED.splitlines(), 1) if text in line)


def test_shipped_values_are_those_of_the_specification() -> None:
    risk = load_risk()
    assert risk.trade.directional == Decimal("0.02")
    assert risk.rate.reserve * risk.rate.orders_burst == 12
    assert risk.permissions.of(1).intents == (IntentKind.ARB,)
    assert risk.permissions.of(3).whitelist == (Zone.ZONE_1, Zone.ZONE_2, Zone.ZONE_3)
    assert risk.permissions.of(9).intents == ()
    assert [risk.permissions.of(n).lambda_max for n in range(1, BOTS + 1)] == [
        Decimal(text)
        for text in ("0.5", "0.25", "0.25", "0.25", "0.5", "0.25", "0.2", "0.25", "0.5", "0.25")
    ]
    assert risk_notes(risk) == ()


def test_profiles_fit_the_shipped_limits() -> None:
    load_profiles(limits=load_risk().standard_limits())


def test_an_unknown_key_is_named_with_its_line_and_what_is_allowed(tmp_path: Path) -> None:
    folder = with_line(tmp_path, "unhedged_leg: 0.01", "unhedged_legs: 0.01")
    with pytest.raises(ConfigurationError) as caught:
        load_risk(folder)
    text = str(caught.value)
    assert f"line {line_of('unhedged_leg')}, unhedged_legs: this key is unknown" in text
    assert "unhedged_leg," in text


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("consecutive_losses: 3 ", "consecutive_losses: 4 ", "consecutive_losses"),
        ("daily_loss: 0.05", "daily_loss: 0.06", "daily_loss"),
        ("bot7: 0.25, bot8: 0.15", "bot7: 0.25, bot8: 0.20", "bot_drawdown.bot8"),
        ("portfolio_drawdown: 0.40", "portfolio_drawdown: 0.50", "portfolio_drawdown"),
        ("bot6: 12", "bot6: 13", "positions.bot6"),
    ],
)
def test_the_missions_values_need_an_explicit_override(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"{key}: this is the mission's value"):
        load_risk(with_line(tmp_path, old, new))
    text = (tmp_path / "risk.yaml").read_text(encoding="utf-8")
    text = text.replace("override_mission: false", "override_mission: true")
    (tmp_path / "risk.yaml").write_text(text, encoding="utf-8")
    assert "override_mission" in risk_notes(load_risk(tmp_path))[0]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("orders_per_s: 40", "orders_per_s: 61", "rate.orders_per_s"),
        ("orders_burst: 60", "orders_burst: 3101", "rate.orders_burst"),
        ("reserve: 0.20", "reserve: 0.99", "rate.reserve"),
        ("mm_side: 0.02", "mm_side: 0.11", "market.default"),
        ("bot8: 0.005}", "bot8: 0.02}", "market.bot8"),
        ("beat_s: 5", "beat_s: 12", "heartbeat.beat_s"),
        (
            "bot7: {intents: [DIRECTIONAL], zones: [1, 2], lambda_max: 0.20}",
            "bot7: {intents: [DIRECTIONAL], zones: [1, 2], lambda_max: 0.51}",
            "permissions.bot7.lambda_max",
        ),
        ("bot_gross: 0.80", "bot_gross: 1.01", "bot_gross"),
    ],
)
def test_values_that_do_not_fit_are_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    with pytest.raises(ConfigurationError, match=f"line [0-9]+, {key}: "):
        load_risk(with_line(tmp_path, old, new))


def test_a_switch_that_loosens_the_zones_is_told(tmp_path: Path) -> None:
    folder = with_line(tmp_path, "allow_arb_out_of_zone: false", "allow_arb_out_of_zone: true")
    assert "outside every zone" in risk_notes(load_risk(folder))[0]


def test_bots_that_could_never_trade_are_named() -> None:
    risk, profile = load_risk(), load_profiles().short_horizon
    capitals = {1: Decimal(99), 5: Decimal(250), 8: Decimal(1000), 9: Decimal(0)}
    notes = capital_notes(risk, profile, Decimal(5), capitals)
    assert len(notes) == 2
    assert notes[0].startswith("Bot 1 has 99 dollars")
    assert "at least 100 to trade" in notes[0]
    assert notes[1].startswith("Bot 5 has 250 dollars; in short-horizon markets")
    rich = {number: Decimal(1000) for number in range(1, BOTS + 1)}
    assert capital_notes(risk, profile, Decimal(5), rich) == ()
