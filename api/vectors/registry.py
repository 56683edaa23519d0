"""Which runner is for which kind of vectors."""

from collections.abc import Mapping
from types import MappingProxyType

from api.vectors import polymarket
from api.vectors.case import Runner
from api.vectors.strategies import run_strategy

RUNNERS: Mapping[str, Runner] = MappingProxyType({**polymarket.RUNNERS, "strategies": run_strategy})
"""By the `kind` of a file."""
DESCRIPTIVE: Mapping[str, str] = MappingProxyType(
    {"http_traces": "what official clients send; the sandbox's tests play them"}
)
"""Kinds that check nothing of a client, with the reason; they count neither way."""
