"""How far each model is from the truth over all seeds, and whether our interval holds it."""

from collections.abc import Iterator, Sequence

import msgspec

from api.fill_truth.results import Figures
from api.fill_truth.study import LIVED, MIDDLE, TRUTH, Design, Seed
from configs.paper import QueueKind

QUANTITIES = {"filled": "orders filled", "wait_s": "time to fill", "pnl": "P&L"}
"""What is judged, by its field, in words."""
WANTED = 0.9
"""Share of the seeds in which the interval has to hold the truth."""


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """A model's distance from the truth in one quantity.

    Attributes:
        absolute: Sum of the seeds' distances over the sum of the true values' sizes.
        bias: The same with signs; negative is too low.
    """

    absolute: float
    bias: float


class Cover(msgspec.Struct, frozen=True, kw_only=True):
    """Our interval in one quantity.

    Attributes:
        held: Seeds in which it held the truth.
        width: Its mean width over the mean size of the true value.
    """

    held: int
    width: float


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A study's result.

    Attributes:
        design: What was played.
        orders: Sent in all.
        errors: By model, then by quantity.
        cover: By quantity.
        seeds: Each seed's figures.
    """

    design: Design
    orders: int
    errors: dict[str, dict[str, Error]]
    cover: dict[str, Cover]
    seeds: tuple[Seed, ...]

    @property
    def holds(self) -> bool:
        """Whether the interval holds every quantity in enough seeds."""
        return all(each.held >= WANTED * len(self.seeds) for each in self.cover.values())


def score(design: Design, seeds: Sequence[Seed]) -> Score:
    """Judge a study."""
    names = [name for name in seeds[0].figures if name != TRUTH]
    return Score(
        design=design,
        orders=sum(seed.orders for seed in seeds),
        errors={
            name: {quantity: _error(seeds, name, quantity) for quantity in QUANTITIES}
            for name in names
        },
        cover={quantity: _cover(seeds, quantity) for quantity in QUANTITIES},
        seeds=tuple(seeds),
    )


def markdown(found: Score) -> Iterator[str]:
    """The tables, line by line."""
    words = list(QUANTITIES.values())
    yield f"| model | {' | '.join(words)} |"
    yield "|---" * (len(words) + 1) + "|"
    for name, errors in found.errors.items():
        cells = [f"{each.absolute:.1%} ({each.bias:+.1%})" for each in errors.values()]
        yield f"| {_label(name)} | {' | '.join(cells)} |"
    yield ""
    yield f"| our interval | {' | '.join(words)} |"
    yield "|---" * (len(words) + 1) + "|"
    count = len(found.seeds)
    held = [f"{each.held} of {count} seeds" for each in found.cover.values()]
    yield f"| holds the truth in | {' | '.join(held)} |"
    widths = [f"{each.width:.0%}" for each in found.cover.values()]
    yield f"| width, of the truth | {' | '.join(widths)} |"


def _label(name: str) -> str:
    ours = {kind.value: f"ours, {kind.value.replace('_', ' ')}" for kind in QueueKind}
    ours |= {MIDDLE: "**ours, the middle of the interval**"}
    return ours.get(name, "the world reacts to us (no model)" if name == LIVED else name)


def _error(seeds: Sequence[Seed], name: str, quantity: str) -> Error:
    truths = [_value(seed.figures[TRUTH], quantity) for seed in seeds]
    off = [
        _value(seed.figures[name], quantity) - truth
        for seed, truth in zip(seeds, truths, strict=True)
    ]
    size = sum(map(abs, truths)) or 1.0
    return Error(absolute=sum(map(abs, off)) / size, bias=sum(off) / size)


def _cover(seeds: Sequence[Seed], quantity: str) -> Cover:
    truths = [_value(seed.figures[TRUTH], quantity) for seed in seeds]
    ends = [(_value(seed.low, quantity), _value(seed.high, quantity)) for seed in seeds]
    held = sum(low <= truth <= high for truth, (low, high) in zip(truths, ends, strict=True))
    size = sum(map(abs, truths)) or 1.0
    return Cover(held=held, width=sum(high - low for low, high in ends) / size)


def _value(of: Figures, quantity: str) -> float:
    value: float = getattr(of, quantity)
    return value
