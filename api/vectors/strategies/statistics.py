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


FUNCTIONS: dict[str, Function] = {
    "sharpe": lambda i: {"value": statistics.sharpe(i["returns"], i["rf"], i["periods_per_year"])},
    "max_drawdown": lambda i: {"value": statistics.max_drawdown(i["equity"])},
    "brier": brier,
    "markout": lambda i: {
        "value": markouts.markout(Action(i["action"]), sure(i["fill_price"]), sure(i["mid_h"]))
    },
}
