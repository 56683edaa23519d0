"""Outside probabilities: a JSON list over HTTP, by the operator's own models or another venue.

The form is ours: `[{"market_id", "origin", "kind", "probability", "as_of", "weight", "reference",
"withdrawn"}, …]` with `as_of` in ISO 8601 and `kind` one of own-model, base-rate, survey,
other-venue (STRATEGIES.md D.10: this market's own price is no source).
"""

from collections.abc import Sequence

import msgspec

from connectors.feeds.feed import Feed, FeedFormatError, Request, decode, head, millis
from connectors.polymarket.position_ids import condition_key
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.outside import EstimateKind, OutsideEstimate
from topics.catalog import ESTIMATES


class _Estimate(msgspec.Struct, forbid_unknown_fields=True):
    market_id: str
    origin: str
    kind: EstimateKind
    probability: float
    as_of: str
    weight: float = 1.0
    reference: str = ""
    withdrawn: bool = False


class EstimatesFeed(Feed):
    """One list; an estimate that did not change is published once."""

    name = "estimates"
    topic = ESTIMATES

    def __init__(self, url: str, every_s: float) -> None:
        """Name it.

        Args:
            url: Address of the list.
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._url = url

    def requests(self, now: int) -> Sequence[Request]:
        """The list."""
        return (Request(self._url),)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """All estimates of the list, in its order."""
        return [self._message(each, now) for each in decode(body, list[_Estimate], self.name)]

    def _message(self, estimate: _Estimate, now: int) -> Message:
        if not 0 < estimate.probability < 1 or estimate.weight <= 0:
            raise FeedFormatError(
                f"Expected a probability between 0 and 1 and a weight above 0 for "
                f"{estimate.market_id} of {estimate.origin}, received {estimate.probability} and "
                f"{estimate.weight}. Mend the list; nothing of it is read."
            )
        at = millis(estimate.as_of, self.name)
        content = (estimate.probability, estimate.weight, estimate.withdrawn)
        return OutsideEstimate(
            **head(self.name, now, at, estimate.market_id, estimate.origin, at, *map(str, content)),
            market_id=MarketId(condition_key(estimate.market_id)),
            origin=estimate.origin,
            kind=estimate.kind,
            probability=estimate.probability,
            weight=estimate.weight,
            withdrawn=estimate.withdrawn,
            reference=estimate.reference,
        )
