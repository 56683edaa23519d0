"""Attributes that are worked out when they are first asked for, without a lock.

Python 3.11's `functools.cached_property` takes a lock on every first look, which costs more than
most of what the gate computes. A fold belongs to one thread.
"""

from collections.abc import Callable
from typing import Generic, TypeVar, overload

W = TypeVar("W")
T = TypeVar("T")


class Lazy(Generic[W, T]):
    """A method as an attribute that is computed once; see `functools.cached_property`."""

    def __init__(self, compute: Callable[[W], T]) -> None:
        """Remember how to compute it."""
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type[W]) -> "Lazy[W, T]": ...

    @overload
    def __get__(self, owner: W, kind: type[W]) -> T: ...

    def __get__(self, owner: W | None, kind: type[W]) -> "Lazy[W, T] | T":
        """Compute it; from then on the owner's own dictionary answers."""
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._compute(owner)
        return value
