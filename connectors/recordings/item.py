"""What a recording says, in the order of time."""

from typing import NamedTuple

from schemas.envelope import Message
from schemas.market import Market
from topics.catalog import TopicSpec


class Listing(NamedTuple):
    """A market is known from now on; a second one of the same market changes nothing.

    Attributes:
        at: When, ms UTC.
    """

    at: int
    market: Market


class VenueFrame(NamedTuple):
    """A frame of the market channel, as the venue sent it or rebuilt in its form.

    Attributes:
        at: When it was received, ms UTC.
    """

    at: int
    payload: bytes


class Said(NamedTuple):
    """A message of another topic than the books'.

    Attributes:
        at: When it was received, ms UTC.
    """

    at: int
    topic: TopicSpec
    message: Message


Item = Listing | VenueFrame | Said
