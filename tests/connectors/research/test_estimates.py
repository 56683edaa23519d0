"""The operator's list of outside probabilities."""

import json

import pytest

from connectors.feeds.feed import FeedFormatError, Request
from connectors.research.estimates import EstimatesFeed
from schemas.outside import EstimateKind, OutsideEstimate

NOW = 1_795_802_425_000
ASKED = Request("http://test")
ONE = {
    "market_id": "0x01",
    "origin": "poll-average",
    "kind": "survey",
    "probability": 0.4,
    "as_of": "2026-11-27T18:00:00Z",
    "weight": 2,
    "reference": "https://poll.test",
}


def read(*estimates: object) -> list[OutsideEstimate]:
    body = json.dumps(estimates).encode()
    messages = EstimatesFeed("http://test", 60).parse(ASKED, body, NOW)
    return [message for message in messages if isinstance(message, OutsideEstimate)]


def test_a_list_of_estimates() -> None:
    (one,) = read(ONE)
    assert (one.kind, one.probability, one.weight) == (EstimateKind.SURVEY, 0.4, 2.0)
    assert one.event_time == 1_795_802_400_000
    (same,), (revised,) = read(ONE), read(ONE | {"probability": 0.41})
    (withdrawn,) = read(ONE | {"withdrawn": True})
    assert one.event_id == same.event_id
    assert len({one.event_id, revised.event_id, withdrawn.event_id}) == 3


@pytest.mark.parametrize(
    "change", [{"probability": 1.0}, {"probability": 0}, {"weight": 0}, {"weight": -1}]
)
def test_a_probability_that_is_none_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(FeedFormatError, match="between 0 and 1"):
        read(ONE | change)


@pytest.mark.parametrize("change", [{"kind": "market"}, {"unknown": 1}, {"as_of": "yesterday"}])
def test_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(FeedFormatError):
        read(ONE | change)
