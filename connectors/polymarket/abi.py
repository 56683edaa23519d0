"""Arguments of contract calls in Ethereum's ABI: words in the head, lengths in the tail."""

from collections.abc import Iterable, Sequence

from connectors.polymarket.eip712 import WORD_BYTES, word


class Tail(bytes):
    """An encoded argument whose size varies; the head holds its offset."""


def arguments(parts: Sequence[bytes]) -> bytes:
    """Encode a tuple of encoded arguments."""
    offset = WORD_BYTES * len(parts)
    head, tail = bytearray(), bytearray()
    for part in parts:
        if isinstance(part, Tail):
            head += word(offset + len(tail))
            tail += part
        else:
            head += part
    return bytes(head + tail)


def fixed_bytes(raw: bytes) -> bytes:
    """A bytes31 or bytes32, filled up on the right."""
    return raw.ljust(WORD_BYTES, b"\0")


def blob(raw: bytes) -> Tail:
    """Bytes of any length."""
    return Tail(word(len(raw)) + raw + bytes(-len(raw) % WORD_BYTES))


def uints(numbers: Iterable[int]) -> Tail:
    """A list of uint256."""
    words = [word(number) for number in numbers]
    return Tail(word(len(words)) + b"".join(words))


def tuples(each: Sequence[Sequence[bytes]]) -> Tail:
    """A list of tuples that vary in size."""
    return Tail(word(len(each)) + arguments([Tail(arguments(parts)) for parts in each]))
