import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.book_frame import BookFields, book_hash, levels_json

VECTORS = Path(__file__).parents[4] / "shared" / "polymarket" / "vectors" / "orderbook_hash.json"


def test_the_hash_of_a_known_book() -> None:
    fields = BookFields("0x1", "7", "1795383383123", "5", "0.01", False, "0.5")
    bids = [{"price": "0.01", "size": "10"}, {"price": "0.48", "size": "30"}]
    asks = [{"price": "0.99", "size": "5"}, {"price": "0.52", "size": "25"}]
    assert book_hash(fields, levels_json(bids), levels_json(asks)) == (
        "5a9506cc795d941ec0a9485362ee31e92c8204cd"  # pragma: allowlist secret
    )


@pytest.mark.skipif(not VECTORS.exists(), reason=f"golden vectors are not here: {VECTORS}")
def test_the_hash_is_the_official_clients() -> None:
    cases: list[dict[str, Any]] = json.loads(VECTORS.read_text())["cases"]
    assert len(cases) > 5
    for case in cases:
        book = case["input"]
        fields = BookFields(**{name: book[name] for name in BookFields._fields})
        found = book_hash(fields, levels_json(book["bids"]), levels_json(book["asks"]))
        assert found == case["expected"]["hash"], case["id"]
