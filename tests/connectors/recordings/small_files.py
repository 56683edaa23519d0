"""Tiny files of the foreign forms, made by the tests."""

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

START = 1_790_586_000_000
MARKET = "0x" + "ab" * 32
SLUG = "btc-updown-15m-1790586000"
Rows = Sequence[Mapping[str, object]]


def parquet(path: Path, rows: Rows) -> Path:
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
    return path


def lines(path: Path, rows: Rows) -> Path:
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def books20(at: int, side: str, bid: float, ask: float) -> dict[str, object]:
    bid_size, ask_size = (10.0, 30.5) if side == "UP" else (30.5, 10.0)
    return {
        "market_id": MARKET,
        "ts": START + at,
        "side": side,
        "bid_px": [bid, round(bid - 0.01, 3)],
        "bid_sz": [bid_size, 20.0],
        "ask_px": [ask],
        "ask_sz": [ask_size],
    }


WINDOW: dict[str, object] = {
    "market_id": MARKET,
    "slug": SLUG,
    "question": "Bitcoin Up or Down?",
    "category": "crypto",
    "start_ts": START,
    "end_ts": START + 900_000,
    "outcome_up": "Up",
    "outcome_down": "Down",
    "payout_up": 1.0,
    "payout_down": 0.0,
}


def traded(at: int, outcome: str, price: float, size: float, name: str) -> dict[str, object]:
    return {
        "timestamp_ms": START + at,
        "condition_id": MARKET,
        "token_id": "1",
        "outcome": outcome,
        "side": "BUY",
        "price": price,
        "size": size,
        "trade_id": name,
        "market_slug": SLUG,
    }


def sampled(at: int, outcome: str, bid: float | None, ask: float | None) -> dict[str, object]:
    row: dict[str, object] = {
        "timestamp_ms": START + at,
        "condition_id": MARKET,
        "token_id": "1",
        "outcome": outcome,
        "market_slug": SLUG,
    }
    for side, best in (("bid", bid), ("ask", ask)):
        row[f"{side}_1_price"], row[f"{side}_1_size"] = best, None if best is None else 7.0
    return row


def iso(at: int) -> str:
    return datetime.fromtimestamp((START + at) / 1000, UTC).isoformat().replace("+00:00", "Z")
