import re
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from configs.profiles import StandardLimits, load_profiles
from configs.rules import load_rules
from schemas.errors import ConfigurationError

SHIPPED = files("configs").joinpath("profiles.yaml").read_text(encoding="utf-8")
Refusal = Callable[[str, str], str]


@pytest.fixture
def refuse(tmp_path: Path) -> Refusal:
    """Load the shipped file with one thing changed, and return the sentence."""

    def load(old: str, new: str) -> str:
        assert SHIPPED.count(old) == 1, old
        (tmp_path / "profiles.yaml").write_text(SHIPPED.replace(old, new))
        with pytest.raises(ConfigurationError) as caught:
            load_profiles(tmp_path)
        return str(caught.value)

    return load


def test_the_shipped_profile_is_that_of_the_specification() -> None:
    profile = load_profiles().short_horizon
    assert profile.match.window_s == (900, 3600)
    assert profile.common.stop_s == load_rules().gtd_life_s + 25
    assert profile.bots == (1, 5)
    assert profile.trades(5)
    assert not profile.trades(8)
    assert profile.paper_only


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("stop_s: 150", "stop_s: 149", "common.stop_s"),
        ("reduce_until_s: 60", "reduce_until_s: 150", "common.reduce_until_s"),
        ("window_s: [900, 3600]", "window_s: [779, 3600]", "match.window_s"),
        ("ttl_s: 10", "ttl_s: 126", "common.ttl_s"),
        ("leg_reprice_s: 5", "leg_reprice_s: 15", "bot1.leg_abort_s"),
        ("leg_abort_s: 15", "leg_abort_s: 90", "bot1.leg_abort_s"),
        ("carry_s: 10", "carry_s: 60", "risk.mark.carry_s"),
        ("base: 0.005", "base: 0.02", "risk.same_end"),
        ("mm_side: 0.01 ", "mm_side: 0.03 ", "risk.mm_side"),
        ("market: 0.02 ", "market: 0.05 ", "risk.same_end"),
        ("max_spread: 0.10", "max_spread: 0.11", "risk.mark.max_spread"),
        ("bundle: 0.01", "bundle: 0.06", "risk.bundle"),
        ("pull_mult: 1", "pull_mult: 1.1", "bot5.pull_mult"),
        ("spread: [0.01, 0.04]", "spread: [0.005, 0.04]", "bot5.spread"),
        ("feed_silence_s: 5", "feed_silence_s: 13", "common.feed_silence_s"),
        ("vol_floor: 1.6", "vol_flor: 1.6", "bot5.vol_flor"),
        ("window_s: [900, 3600]", "window_s: [3600, 900]", "match.window_s"),
    ],
)
def test_a_profile_that_does_not_fit_together_is_refused(
    refuse: Refusal, old: str, new: str, key: str
) -> None:
    sentence = refuse(old, new)
    assert re.search(rf"profiles\.yaml, line \d+, short_horizon\.{key}: ", sentence), sentence


def test_the_line_is_that_of_the_key(refuse: Refusal) -> None:
    line = 1 + SHIPPED[: SHIPPED.index("stop_s: 150")].count("\n")
    assert f", line {line}, short_horizon.common.stop_s: " in refuse("stop_s: 150", "stop_s: 149")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("window_s: [900, 3600]", "window_s: [780, 3600]"),
        ("ttl_s: 10", "ttl_s: 125"),
        ("leg_abort_s: 15", "leg_abort_s: 89"),
        ("carry_s: 10", "carry_s: 59"),
        ("feed_silence_s: 5", "feed_silence_s: 12"),
        ("base: 0.005", "base: 0.01"),
    ],
)
def test_the_bounds_themselves_are_allowed(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "profiles.yaml").write_text(SHIPPED.replace(old, new))
    load_profiles(tmp_path)


def test_a_profile_is_never_looser_than_the_limits_in_force() -> None:
    load_profiles(limits=StandardLimits(market=Decimal("0.02")))
    with pytest.raises(ConfigurationError, match=r"at most the standard 0\.01"):
        load_profiles(limits=StandardLimits(market=Decimal("0.01")))


def test_all_faults_are_told_at_once(refuse: Refusal) -> None:
    sentences = refuse("reduce_until_s: 60", "reduce_until_s: 8").splitlines()
    assert len(sentences) == 1, "carry_s 10 is no longer below reduce_until_s 8"
    assert "risk.mark.carry_s" in sentences[0]
