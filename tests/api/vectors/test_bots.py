"""The numbers of STRATEGIES.md D.1 to D.10 through the same door as the specification's vectors."""

import math
from typing import Any

import pytest

from api.vectors.strategies import FUNCTIONS, run_strategy
from schemas.errors import ApplicationError

STANDARD = {"equity": 10000, "fill_prob": 0.6, "leg_loss": 0.01, "threshold": 0.005, "cap": 0.05}
STORY = {"mid_pre": 0.2, "sentiment": 0.8, "relevance": 0.9, "source_weight": 1, "stance": 1}
FALL = [0.40] * 80 + [(40 - step) / 100 for step in range(1, 17)]


def pair(yes: float, no: float) -> dict[str, Any]:
    return {"yes_price": yes, "no_price": no, **STANDARD}


def copied(shares: float, rate: float, price: float) -> dict[str, Any]:
    return {"leader_shares": shares, "win_rate": rate, "price": price, "equity": 10000}


def linked(shares: float, rho: float, primary: float, other: float) -> dict[str, Any]:
    return {"shares": shares, "rho": rho, "sd_primary": primary, "sd_hedge": other}


def game(before: float, kills: int, towers: int) -> dict[str, Any]:
    return {"p_pre": before, "kill_swing": kills, "tower_diff": towers}


def record(
    won: int, lost: int, price: float, most: float, drawn: float, limit: float
) -> dict[str, Any]:
    return {
        "wins": won,
        "losses": lost,
        "avg_price": price,
        "lambda_max": most,
        "drawdown": drawn,
        "drawdown_limit": limit,
    }


def value(**changed: Any) -> dict[str, Any]:
    equal = {"probs": [0.4, 0.35, 0.45], "weights": [1, 1, 1], "days": 180, "price": 0.28}
    return {**equal, "hurdle": 0.05, "margin": 0.05, **changed}


def thin(bid: float, ask: float, inventory: float = 0) -> dict[str, Any]:
    sizes = {"bid_size": 200, "ask_size": 100, "inventory_max": 100, "tick": 0.01}
    return {"bid": bid, "ask": ask, "inventory": inventory, **sizes}


@pytest.mark.parametrize(
    ("fn", "inputs", "expected"),
    [
        ("pair_signal", pair(0.48, 0.505), {"full_kelly": 0.333333, "pairs": 507.61}),
        ("pair_signal", pair(0.49, 0.506), {"drift": 0.004, "enter": False, "pairs": 0}),
        (
            "pair_signal",
            pair(0.49, 0.505),
            {"drift": 0.005, "enter": False, "full_kelly": 0, "pairs": 0},
        ),
        ("pair_signal", pair(0.85, 0.135), {"drift": 0.015, "enter": False, "pairs": 0}),
        ("pair_signal", {**pair(0.48, 0.505), "depth": 100}, {"enter": True, "pairs": 100}),
        ("live_fair", game(0.45, 5, 0), {"trigger": True, "p_live": 0.524812}),
        ("live_fair", game(0.45, 4, 1), {"trigger": False}),
        ("live_fair", game(0.35, 3, 2), {"trigger": True, "p_live": 0.540154}),
        ("live_fair", game(0.55, -12, -3), {"trigger": True, "p_live": 0.214278}),
        ("live_fair", game(0.50, 6, -2), {"trigger": True, "p_live": 0.440286}),
        ("copy_size", copied(1000, 0.70, 0.30), {"fraction": 0.35, "shares": 350}),
        ("copy_size", copied(2000, 0.85, 0.25), {"fraction": 0.5, "shares": 800}),
        ("copy_size", copied(100, 0.62, 0.30), {"fraction": 0.23, "shares": 23}),
        (
            "news_signal",
            {**STORY, "mid_now": 0.21},
            {
                "conf": 0.72,
                "p_hat": 0.307828,
                "side": "YES",
                "consumed": 0.09274,
                "trade": True,
                "hold_h": 9.2,
            },
        ),
        ("news_signal", {**STORY, "mid_now": 0.26}, {"consumed": 0.556443, "trade": True}),
        ("news_signal", {**STORY, "mid_now": 0.28}, {"consumed": 0.741924, "trade": False}),
        ("news_signal", {**STORY, "mid_now": 0.14}, {"side": "YES", "trade": False}),
        (
            "news_signal",
            {**STORY, "stance": 0, "mid_pre": 0.15, "mid_now": 0.16},
            {"p_hat": 0.15, "consumed": 0, "trade": False},
        ),
        (
            "news_signal",
            {
                **STORY,
                "mid_pre": 0.75,
                "mid_now": 0.74,
                "sentiment": 0.7,
                "stance": -1,
            },
            {"p_hat": 0.644423, "side": "NO", "trade": True, "hold_h": 8.3},
        ),
        (
            "bundle_yes",
            {"prices": [0.42, 0.31, 0.245], "equity": 20000, "depth": 900},
            {"d": 0.025, "thr": 0.005, "enter": True, "sets": 900},
        ),
        (
            "bundle_yes",
            {"prices": [0.42, 0.31, 0.268], "equity": 20000, "depth": 900},
            {"d": 0.002, "enter": False, "sets": 0},
        ),
        (
            "bundle_yes",
            {"prices": [0.50, 0.40, 0.04], "equity": 20000, "depth": 900},
            {"d": 0.06, "enter": False, "sets": 0},
        ),
        (
            "bundle_no",
            {"prices": [0.55, 0.70, 0.735], "equity": 20000, "depth": 500},
            {"d": 0.015, "thr": 0.005, "enter": True, "sets": 500},
        ),
        (
            "hedge",
            linked(400, 0.62, 0.05, 0.04),
            {"linked": True, "beta": 0.775, "shares": 93, "side": "OPPOSITE"},
        ),
        (
            "hedge",
            linked(400, -0.55, 0.03, 0.05),
            {"linked": True, "beta": 0.5, "shares": 60, "side": "SAME"},
        ),
        ("hedge", linked(400, 0.49, 1, 1), {"linked": False, "shares": 0, "side": None}),
        ("rsi_wilder_14", {"closes": FALL}, {"rsi": 0}),
        ("rsi_wilder_14", {"closes": [0.5] * 14}, {"rsi": None}),
        (
            "logit_z_96",
            {"closes": [0.9, *FALL]},
            {"z": -4.078278, "mean": -0.468803, "p_hat": 0.307733},
        ),
        ("logit_z_96", {"closes": [0.5] * 96}, {"z": None, "sd": 0, "p_hat": None}),
        ("adaptive_mm", thin(0.10, 0.18), {"mid": 0.153333, "half": 0.02, "bid": 0.13}),
        ("adaptive_mm", thin(0.10, 0.18, 50), {"bid": 0.12, "ask": 0.17}),
        ("adaptive_mm", thin(0.10, 0.13), {"bid": None, "ask": None}),
        (
            "kelly_advice",
            record(30, 20, 0.45, 0.5, 0.05, 0.25),
            {"p_post": 0.557143, "edge": 0.107143, "lambda_": 0.307049},
        ),
        ("kelly_advice", record(4, 3, 0.45, 0.5, 0, 0.25), {"lambda_": 0.25}),
        ("kelly_advice", record(40, 60, 0.45, 0.25, 0.10, 0.15), {"lambda_": 0}),
        ("kelly_advice", record(70, 30, 0.55, 0.5, 0.25, 0.25), {"lambda_": 0}),
        ("kelly_advice", record(12, 28, 0.18, 0.2, 0.1, 0.25), {"lambda_": 0.080384}),
        (
            "value_signal",
            value(),
            {"p_eff": 0.389573, "c_max": 0.339573, "sigma_p": 0.040971, "enter": True},
        ),
        ("value_signal", value(), {"ann": 1.053806}),
        ("value_signal", value(price=0.345), {"enter": False}),
        (
            "value_signal",
            value(weights=[2, 1, 1], days=365, price=0.25),
            {"p_hat": 0.399473, "c_max": 0.329991, "enter": True},
        ),
        ("value_signal", value(days=90), {"enter": False}),
        ("value_signal", value(days=91), {"enter": True}),
        ("value_signal", value(probs=[0.4], weights=[1]), {"enter": False}),
        ("value_signal", value(probs=[0.7, 0.7], weights=[1, 1], price=0.41), {"enter": False}),
    ],
)
def test_numbers_of_the_text(fn: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    case = {"id": fn, "fn": fn, "inputs": inputs, "expected": expected, "tol": 1e-6}
    assert run_strategy(case) is None


@pytest.mark.parametrize("fn", ["pair_signal", "live_fair", "copy_size", "hedge", "kelly_advice"])
@pytest.mark.parametrize("odd", [{}, {"depht": 1}, None])
def test_another_shape_is_refused_with_what_was_expected(fn: str, odd: Any) -> None:
    with pytest.raises(ApplicationError, match=r"Expected inputs \w+"):
        FUNCTIONS[fn](odd)


def test_a_field_that_the_answer_lacks_fails() -> None:
    inputs = game(0.45, 5, 0)
    case = {"fn": "live_fair", "inputs": inputs, "expected": {"trigger": True, "side": "YES"}}
    assert "side" in (run_strategy(case) or "")


def test_the_shift_of_a_match_is_what_its_fair_value_moves_by() -> None:
    moved = FUNCTIONS["live_fair"]({**game(0.5, 6, -2), "min_kill_swing": 7, "min_tower_lead": 3})
    assert moved["trigger"] is False
    assert math.isclose(math.log(moved["p_live"] / (1 - moved["p_live"])), 6 * 0.06 - 0.6)
