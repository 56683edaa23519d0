"""Bytes to messages and back.

Bad bytes raise `DecodeError` and end as dead letters, never as a guess.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Generic, TypeVar

import msgspec

from schemas.envelope import Message
from schemas.errors import InfrastructureError
from topics.catalog import TopicSpec
from topics.frames import Frame, OutgoingFrame

T = TypeVar("T", bound=Message)


class DecodeError(InfrastructureError):
    """Bytes on a topic are not what the catalogue promises."""


_encoder = msgspec.json.Encoder()
_frame_decoder = msgspec.json.Decoder(Frame)


def encode(message: msgspec.Struct) -> bytes:
    """Encode one message as JSON; Decimals become strings."""
    return _encoder.encode(message)


def encode_frame(origin: str, position: int, messages: Sequence[Message]) -> bytes:
    """Encode a frame."""
    return _encoder.encode(OutgoingFrame(origin=origin, position=position, messages=list(messages)))


def decode_frame(payload: bytes) -> Frame:
    """Decode a frame's envelope; its messages stay encoded.

    Raises:
        DecodeError: The bytes are not a frame.
    """
    try:
        return _frame_decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise DecodeError(f"Expected a frame, received {payload[:80]!r}: {error}") from error


class TopicCodec(Generic[T]):
    """Decodes the messages that one topic may carry."""

    def __init__(self, topic: TopicSpec) -> None:
        """Build the strict decoder of the topic's union of messages."""
        self.topic = topic
        union = reduce(or_, topic.messages)
        self._decode: Callable[[bytes | msgspec.Raw], T] = msgspec.json.Decoder(union).decode

    def decode(self, payload: bytes | msgspec.Raw) -> T:
        """Decode one message.

        Raises:
            DecodeError: The bytes are none of the topic's messages.
        """
        try:
            return self._decode(payload)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise DecodeError(
                f"Expected a message of {self.topic.name}, "
                f"received {bytes(payload)[:80]!r}: {error}"
            ) from error

    def decode_all(self, frame: Frame) -> Iterator[tuple[int, T | DecodeError]]:
        """Decode a frame's messages one by one; a bad one comes out as its error."""
        for index, payload in enumerate(frame.messages):
            try:
                yield index, self.decode(payload)
            except DecodeError as error:
                yield index, error
