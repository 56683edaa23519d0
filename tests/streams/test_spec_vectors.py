"""The numeric cases that ship beside the specification, of every topic.

The file is not part of the repository; where a checkout has no `../shared` folder this is skipped,
and the vectors written into the other tests remain.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from api.vectors.strategies import run_strategy
from schemas.errors import ApplicationError

RETURNS = [0.01, -0.005, 0.002, 0.007, -0.012, 0.004, 0.0, 0.003, -0.001, 0.006]
OPS = [["trade", 30], ["depth", 150, 120], ["depth", 120, 60]]
QUEUE = {"front": 100, "n": None, "ops": [*OPS, ["trade", 75]]}
VECTORS = Path(__file__).parents[3] / "shared" / "strategies" / "vectors.json"


def cases() -> list[Any]:
    if not VECTORS.exists():
        reason = f"the specification's vectors are not at {VECTORS.name} beside this repository"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason), id="absent")]
    listed = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in listed]


@pytest.mark.parametrize("case", cases())
def test_the_specifications_own_cases(case: dict[str, Any]) -> None:
    assert run_strategy(case) is None


@pytest.mark.parametrize(
    ("fn", "inputs", "expected"),
    [
        ("sortino", {"returns": RETURNS, "periods_per_year": 365}, {"value": 6.487091}),
        ("profit_factor", {"pnl": [10, -5, 3, -2, 0, -4]}, {"value": 1.181818}),
        ("profit_factor", {"pnl": [1, 2]}, {"value": None}),
        ("psr", {"sr": 0.1, "T": 365, "skew": -0.5, "kurt": 5}, {"value": 0.968066}),
        (
            "deflated_sharpe",
            {"sr": 0.1, "T": 365, "skew": -0.5, "kurt": 5, "n_trials": 10, "var": 0.002},
            {"sr0": 0.070418, "dsr": 0.708216},
        ),
        ("zone_permission", {"opens": False}, {"allowed": True, "reason": "REDUCE"}),
        (
            "microprice",
            {"bid": None, "bid_size": 0, "ask": 0.5, "ask_size": 100},
            {"microprice": None},
        ),
        (
            "size_order",
            {
                "equity": 10000,
                "p": 0.42,
                "price": 0.38,
                "sigma": 0.03,
                "multiplier": 0.25,
                "cap_fraction": 0.02,
            },
            {"shares": 271.64},
        ),
        ("taker_fee_v1_crypto", {"shares": 100, "price": "0.30"}, {"fee": 0.33075}),
        ("taker_fee_v1_crypto", {"shares": 100, "price": "0.85"}, {"fee": 0.34545}),
        ("taker_fee_v1_sports", {"shares": 100, "price": "0.50"}, {"fee": 0.21875}),
        ("risk_averse", QUEUE, {"front_after": [70, 70, 60, -15], "fillable": 15}),
        (
            "power_probability",
            {"front": 100, "n": 3, "ops": [*OPS, ["trade", 60]]},
            {"front_after": [70, 70, 26.025641, -33.974359], "fillable": 33.974359},
        ),
    ],
)
def test_the_numbers_of_the_text_that_the_file_leaves_out(
    fn: str, inputs: dict[str, Any], expected: dict[str, Any]
) -> None:
    case = {"id": fn, "fn": fn, "inputs": inputs, "expected": expected, "tol": 1e-6}
    assert run_strategy(case) is None


def test_flows_and_re_arms_are_events_of_the_breakers_too() -> None:
    events = [
        {"t": 0, "type": "tick"},
        {"t": 1, "type": "flow", "bot": "bot1", "amount": 1000},
        {"t": 2, "type": "equity", "bot": "bot1", "value": 8250},
        {"t": 3, "type": "rearm", "bot": "bot1"},
    ]
    inputs = {"initial_equity": {"bot1": 10000}, "reserve_cash": 90000, "events": events}
    case: dict[str, Any] = {
        "fn": "fold_events",
        "inputs": inputs,
        "expected": {
            "trips": [["BOT_DRAWDOWN", "bot1", 2]],
            "final_states": {"bot1": "ACTIVE"},
            "states_after_each": [
                {"bot1": state} for state in ("ACTIVE", "ACTIVE", "STOPPED", "ACTIVE")
            ],
        },
    }
    assert run_strategy(case) is None
    with pytest.raises(ApplicationError, match="Expected an event of type"):
        run_strategy({**case, "inputs": {**inputs, "events": [{"t": 0, "type": "x"}]}})
