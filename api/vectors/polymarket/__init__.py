"""The venue's vectors: one module for each group of kinds."""

from collections.abc import Mapping
from types import MappingProxyType

from api.vectors.case import Runner
from api.vectors.polymarket import chain, numbers, orders, replies, sockets

RUNNERS: Mapping[str, Runner] = MappingProxyType(
    {**numbers.RUNNERS, **orders.RUNNERS, **chain.RUNNERS, **replies.RUNNERS, **sockets.RUNNERS}
)
"""By kind."""
