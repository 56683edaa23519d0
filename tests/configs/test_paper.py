from decimal import Decimal
from pathlib import Path

import pytest

from configs.paper import FILE, PaperConfig, QueueKind, load_paper
from configs.risk import load_risk
from configs.rules import load_rules
from configs.yaml_file import parse_yaml
from schemas.errors import ConfigurationError
from streams.paper_rules import PaperRules
from streams.queue_models import PowerProbability, RiskAverse

SHIPPED = (Path(__file__).parents[2] / "configs" / FILE).read_text(encoding="utf-8")


def test_the_shipped_file_holds_the_numbers_of_the_specification() -> None:
    config = load_paper()
    assert config.exchange_rules(load_rules(), seed=7) == PaperRules()
    assert (config.redeem_delay_s, config.gas_usdc) == (7200, Decimal("0.01"))


def test_the_simulated_venue_has_the_limits_that_the_account_obeys() -> None:
    config, risk = load_paper(), load_risk()
    for name, value in config.venue_rate.model_dump().items():
        assert getattr(risk.rate, name) == value
    assert config.heartbeat_lapse_s == risk.heartbeat.lapse_s


def test_the_queue_model_can_be_chosen_for_a_band() -> None:
    config = load_paper()
    assert isinstance(config.queue_model(), RiskAverse)
    assert isinstance(config.queue_model(QueueKind.POWER_PROBABILITY), PowerProbability)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("queue: risk_averse", "queue: optimistic", "queue"),
        ("feed_ms: 100", "feed_ms: -1", "feed_ms"),
        ("max_level_share: 0.25", "max_level_share: 1", "max_level_share"),
        ("orders_per_s: 40", "orders_per_s: 0", "orders_per_s"),
        ("gas_usdc: 0.01", "gas_usdc: 0.01\nspread: 3", "spread"),
        ("prob_n: 3", "prob_m: 3", "prob_m"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(old: str, new: str, key: str) -> None:
    assert old in SHIPPED
    with pytest.raises(ConfigurationError, match=key):
        parse_yaml(PaperConfig, SHIPPED.replace(old, new), FILE)


def test_the_operator_s_file_wins(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SHIPPED.replace("feed_ms: 100", "feed_ms: 40"), encoding="utf-8")
    assert load_paper(tmp_path).feed_ms == 40
