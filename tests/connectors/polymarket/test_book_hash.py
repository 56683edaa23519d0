"""The book hash equals the official client's on its golden cases."""

import json
from pathlib import Path

import msgspec
import pytest

from connectors.polymarket.book_hash import book_hash
from connectors.polymarket.wire import BookWire

VECTORS = Path(__file__).parents[4] / "shared" / "polymarket" / "vectors" / "orderbook_hash.json"


def test_hash_of_a_small_book() -> None:
    book = BookWire(
        market="0x0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c",
        asset_id="71321045679252212594626385532706912750332728571942532289631379312455583992563",
        timestamp="1795000000000",
        bids=[],
        asks=[],
    )
    assert len(book_hash(book)) == 40
    assert book_hash(book) != book_hash(msgspec.structs.replace(book, timestamp="1795000000001"))


@pytest.mark.skipif(not VECTORS.exists(), reason=f"golden vectors are not here: {VECTORS}")
def test_hash_equals_the_official_clients() -> None:
    for case in json.loads(VECTORS.read_text())["cases"]:
        book = msgspec.convert({**case["input"], "event_type": "book"}, BookWire)
        assert book_hash(book) == case["expected"]["hash"], case["id"]
