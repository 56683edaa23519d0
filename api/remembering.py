"""Dictionaries that keep the last values only, so that a long run does not grow."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def remember(known: dict[K, V], key: K, value: V, kept: int) -> None:
    """Set a value; the oldest key goes when there are more than `kept`."""
    known[key] = value
    if len(known) > kept:
        known.pop(next(iter(known)))
