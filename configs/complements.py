"""Markets that are exact complements by rule: `complements.yaml`, a manual list (D.1).

Bot 1 looks for bundles in these pairs and the risk gate proves them by the same list, so that no
intent can call two markets complements by itself.
"""

from typing import Annotated, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from configs.bots import broken_rule
from configs.rules import Strict
from configs.yaml_file import Folder, load_yaml
from schemas.ids import MarketId
from schemas.values import Side

FILE = "complements.yaml"

Condition = Annotated[str, Field(pattern=r"^0x\w+$")]
"""A market's id, the venue's condition id."""


def _unquoted(value: object) -> object:
    """YAML reads YES and NO without quotes as true and false."""
    return {True: Side.YES, False: Side.NO}[value] if isinstance(value, bool) else value


class Complement(NamedTuple):
    """What completes a market's token.

    Attributes:
        side: The market's own token.
        other: The other market.
        other_side: Its token; both tokens together pay one dollar.
    """

    side: Side
    other: MarketId
    other_side: Side


class PairLeg(Strict):
    """One token of a pair."""

    market: Condition
    side: Annotated[Side, BeforeValidator(_unquoted)]


class ComplementPair(Strict):
    """Two tokens of different markets that pay one dollar together.

    Attributes:
        name: For people.
        because: What in the two rules makes them complements.
    """

    name: str = Field(min_length=1)
    because: str = Field(min_length=1)
    legs: tuple[PairLeg, PairLeg]


class Complements(Strict):
    """`complements.yaml`."""

    pairs: tuple[ComplementPair, ...]

    @model_validator(mode="after")
    def _check_markets(self) -> Self:
        seen: set[str] = set()
        for index, pair in enumerate(self.pairs):
            for leg in pair.legs:
                if leg.market in seen:
                    raise broken_rule(
                        f"pairs.{index}",
                        f"a market may stand in one leg of one pair, received {leg.market} again. "
                        "Two tokens of one market need no list; remove the entry.",
                    )
                seen.add(leg.market)
        return self

    def by_market(self) -> dict[MarketId, Complement]:
        """What completes each market of the list, in the order of the list."""
        found: dict[MarketId, Complement] = {}
        for pair in self.pairs:
            for own, other in (pair.legs, pair.legs[::-1]):
                partner = Complement(own.side, MarketId(other.market), other.side)
                found[MarketId(own.market)] = partner
        return found


def load_complements(folder: Folder | None = None) -> Complements:
    """Load `complements.yaml`.

    Raises:
        ConfigurationError: It is wrong; the sentence names file and line.
    """
    return load_yaml(Complements, FILE, folder)
