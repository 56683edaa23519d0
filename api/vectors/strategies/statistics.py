"""Statistics of results (STRATEGIES.md E.5)."""

from api.vectors.strategies.form import Function, Inputs, Result, sure
from schemas.values import Action
from streams import markouts, statistics


def brier(i: Inputs) -> Result:
    """The score and its three parts."""
    found = statistics.murphy(i["p"], i["y"])
    return {
        "brier": statistics.brier(i["p"], i["y"]),
        "ece_10": found.calibration_error,
        "reliability": found.reliability,
        "resolution": found.resolution,
        "uncertainty": found.uncertainty,
    }


def deflated(i: Inputs) -> Result:
    """The deflated Sharpe ratio and the benchmark that luck sets."""
    tried, variance = i["n_trials"], i["var"]
    benchmark = statistics.luck_benchmark(tried, variance)
    found = statistics.deflated_sharpe(i["sr"], i["T"], i["skew"], i["kurt"], tried, variance)
    return {"sr0": benchmark, "dsr": found}


FUNCTIONS: dict[str, Function] = {
    "sharpe": lambda i: {"value": statistics.sharpe(i["returns"], i["rf"], i["periods_per_year"])},
    "sortino": lambda i: {
        "value": statistics.sortino(i["returns"], i.get("mar", 0.0), i["periods_per_year"])
    },
    "profit_factor": lambda i: {"value": statistics.profit_factor(i["pnl"])},
    "psr": lambda i: {
        "value": statistics.probabilistic_sharpe(
            i["sr"], i["T"], i["skew"], i["kurt"], i.get("sr0", 0.0)
        )
    },
    "deflated_sharpe": deflated,
    "max_drawdown": lambda i: {"value": statistics.max_drawdown(i["equity"])},
    "brier": brier,
    "markout": lambda i: {
        "value": markouts.markout(Action(i["action"]), sure(i["fill_price"]), sure(i["mid_h"]))
    },
}
