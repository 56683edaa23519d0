"""Markets and books as the CLOB's REST side describes them (PROTOCOL.md 5.2)."""

from decimal import Decimal

from connectors.sandbox.frames import Frame
from connectors.sandbox.gamma import iso
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.source import Listing
from connectors.sandbox.units import json_number
from schemas.values import MICRO, PIPS


def clob_market(listing: Listing) -> Frame:
    """A market in the short keys of `/clob-markets`."""
    spec = listing.spec
    return {
        "c": spec.condition_id,
        "t": [
            {"t": token, "o": outcome}
            for token, outcome in zip(spec.token_ids, spec.outcomes, strict=True)
        ],
        "mts": json_number(Decimal(listing.tick) / PIPS),
        "mos": json_number(Decimal(spec.min_size) / MICRO),
        "mbf": 1000 if spec.fee.rate else 0,
        "tbf": 1000 if spec.fee.rate else 0,
        "fd": {"r": json_number(spec.fee.rate_decimal), "e": 1, "to": True},
        "r": _reward(spec),
        "nr": spec.neg_risk,
        "itode": spec.taker_delay_ms > 0 and spec.game_start_ms is None,
        "ao": listing.state.is_open,
        "aot": iso(spec.listed_ms),
        "cbos": spec.clears_on_start,
        "v": spec.version,
    }


def _reward(spec: MarketSpec) -> Frame:
    reward = spec.reward
    if reward is None:
        return {"mi": 0, "ma": 0}
    return {"mi": reward.min_size, "ma": json_number(Decimal(reward.max_spread) * 100 / PIPS)}


def rest_book(frame: Frame) -> Frame:
    """A book as `/book` answers it: the socket's frame without its type."""
    return {key: value for key, value in frame.items() if key != "event_type"}
