import msgspec
import pytest

from agents.bots.profiles import choose
from configs.profiles import load_profiles
from schemas.values import Money
from tests.agents.tape import market

PROFILES = load_profiles()


@pytest.mark.parametrize(
    ("window_s", "name", "closed"),
    [
        (300, "", "window-too-short"),
        (899, "", "window-too-short"),
        (900, "short_horizon", ""),
        (3600, "short_horizon", ""),
        (3601, "", ""),
        (86_400, "", ""),
    ],
)
def test_the_window_chooses(window_s: int, name: str, closed: str) -> None:
    choice = choose(market(window_s=window_s), PROFILES, Money.PAPER)
    assert (choice.name, choice.closed) == (name, closed)
    assert (choice.profile is not None) == bool(name)


def test_a_market_without_a_window_takes_the_standard_numbers() -> None:
    choice = choose(market(resolves_in=600_000), PROFILES, Money.PAPER)
    assert choice == ("", None, "")


def test_a_short_window_that_people_resolve_stays_closed() -> None:
    judged = msgspec.structs.replace(market(window_s=900), auto_resolved=False)
    assert choose(judged, PROFILES, Money.PAPER).closed == "window-too-short"


def test_with_live_money_the_profile_closes_the_market() -> None:
    choice = choose(market(window_s=900), PROFILES, Money.LIVE)
    assert choice.closed == "profile-is-paper-only"
    assert choice.profile is None
