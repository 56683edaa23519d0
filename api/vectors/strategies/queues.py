"""Queue positions of simulated orders (STRATEGIES.md E.2)."""

from api.vectors.strategies.form import Function, Inputs, Result, sure
from streams.queue_models import PowerProbability, Queue, QueueModel, RiskAverse

UNIT = 10**9
"""Whole units in a share: the models count exactly."""


def _run(i: Inputs, model: QueueModel) -> Result:
    """Follow one order; after a trade the quantity ahead is shown before it is set to 0."""
    queue = Queue(front=_units(i["front"]))
    shown: list[float] = []
    fillable = 0
    for at, (name, *sizes) in enumerate(i["ops"], start=1):
        if name == "trade":
            excess = queue.trade(_units(sizes[0]), at, 0)
            fillable += excess
            shown.append((queue.front - excess) / UNIT)
            continue
        queue.level = _units(sizes[0])
        queue.change_level(model, _units(sizes[1]), at)
        queue.marks.clear()  # here every operation has its own time, and prints come in order
        shown.append(queue.front / UNIT)
    return {"front_after": shown, "fillable": fillable / UNIT}


def _units(shares: float) -> int:
    return int(sure(shares) * UNIT)


def power(i: Inputs) -> Result:
    """The power-probability model with the case's exponent."""
    return _run(i, PowerProbability(3 if i.get("n") is None else int(i["n"])))


FUNCTIONS: dict[str, Function] = {
    "risk_averse": lambda i: _run(i, RiskAverse()),
    "power_probability": power,
    "power_prob": power,
    "power": power,
}
