from decimal import Decimal

import msgspec
import pytest

from schemas.wallet_truths import AssetTruth, TruthKind
from streams.truths import TruthComparison, TruthRules

RULES = TruthRules()
LONG = RULES.doubt_ms


def said(
    ours: str,
    venue: str | None,
    data_api: str | None,
    chain: str | None,
    *,
    moving: str = "0",
    resolved: bool = False,
) -> AssetTruth:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return AssetTruth(
        key="token",
        market_id="market",
        ours=Decimal(ours),
        venue=number(venue),
        data_api=number(data_api),
        chain=number(chain),
        moving=Decimal(moving),
        resolved=resolved,
    )


def after(truths: AssetTruth, ms: int) -> tuple[TruthKind | None, Decimal]:
    comparison = TruthComparison(RULES, {})
    comparison.compare([truths], 1_000)
    found = comparison.compare([truths], 1_000 + ms)
    kind = found[0].kind if found else None
    assert all(difference.age_ms == ms for difference in found)
    return kind, comparison.scale(found, "market")


@pytest.mark.parametrize(
    ("truths", "ms", "kind", "scale"),
    [
        (said("10", "10", "10", "10"), LONG, None, "1"),
        (said("10", None, "10", None), LONG, None, "1"),
        (said("10", "10", "10", "9.9999995"), LONG, None, "1"),
        (said("10", "0", "0", "0"), 5_000, TruthKind.PENDING, "1"),
        (said("10", "4", "4", "4", moving="6"), 60_000, TruthKind.PENDING, "1"),
        (said("10", "4", "4", "4", moving="6"), LONG, TruthKind.PENDING, "1"),
        (said("0.05", "0.05", "0", "0.05"), LONG, TruthKind.DUST, "1"),
        (said("10", "10", "10", "0", resolved=True), LONG, TruthKind.REDEEM, "1"),
        (said("10", "4", "4", "4"), 60_000, TruthKind.TRANSFER, "0.5"),
        (said("10", "4", "4", "4"), LONG, TruthKind.TRANSFER, "0"),
        (said("10", "10", "10", "0"), 60_000, TruthKind.GHOST, "0.5"),
        (said("10", "10", "10", "0"), LONG, TruthKind.GHOST, "0"),
    ],
)
def test_every_difference_has_a_name_and_shrinks_quoting(
    truths: AssetTruth, ms: int, kind: TruthKind | None, scale: str
) -> None:
    assert after(truths, ms) == (kind, Decimal(scale))


def test_an_age_begins_anew_when_a_difference_comes_back() -> None:
    comparison = TruthComparison(RULES, {})
    bad, good = said("10", "4", "4", "4"), said("4", "4", "4", "4")
    comparison.compare([bad], 0)
    assert comparison.compare([good], 50_000) == ()
    assert comparison.compare([bad], 60_000)[0].age_ms == 0
    assert comparison.compare([], 70_000) == ()
    assert comparison.since == {}


def test_a_doubt_about_cash_concerns_every_market_and_a_tokens_only_its_own() -> None:
    comparison = TruthComparison(RULES, {})
    cash = msgspec.structs.replace(said("10", "4", "4", "4"), key="", market_id="")
    other = msgspec.structs.replace(said("10", "4", "4", "4"), key="x", market_id="other")
    comparison.compare([cash, other], 0)
    both = comparison.compare([cash, other], LONG)
    assert comparison.scale(both, "market") == 0
    assert comparison.scale([d for d in both if d.key], "market") == 1
