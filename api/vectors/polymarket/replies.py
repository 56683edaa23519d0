"""What replies mean (PROTOCOL.md sections 3.4, 5.2 and 9)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.vectors.case import Case, Runner, equal
from api.vectors.compare import difference
from connectors.polymarket.book_hash import book_hash
from connectors.polymarket.failures import Failure, Reaction, classify, rate_state
from connectors.polymarket.order_replies import (
    Accepted,
    UnexpectedReplyError,
    read_order_reply,
)
from connectors.polymarket.wire import BookWire

Inputs = Mapping[str, Any]
TOO_MANY = 429


def _failure(case: Case) -> str | None:
    i, expected = case["input"], dict(case["expected"])
    headers = {name.lower(): value for name, value in i["headers"].items()}
    text = (i.get("text") or "").encode()
    body = text if i["json"] is None else msgspec.json.encode(i["json"])
    found = classify(i["status"], headers, body, i["path"], now=0.0)
    rate = msgspec.to_builtins(rate_state(headers))
    if found is None:
        return difference({"ok": True, "rate_limit": rate}, expected)
    actual = _named(found, rate)
    if expected.pop("note", None) is not None:
        actual.pop("retry_after")
    return difference(actual, expected)


def _named(failure: Failure, rate: object) -> dict[str, object]:
    """A failure in the words of the official client's errors."""
    if failure.status == TOO_MANY:
        wait = failure.retry_after
        return {"exception": "RateLimitError", "retry_after": wait, "rate_limit": rate}
    named: dict[str, object] = {
        "exception": "RequestRejectedError",
        "status": failure.status,
        "code": failure.code,
        "retry_after": failure.retry_after,
        "restriction": None if failure.restriction is None else str(failure.restriction),
        "rate_limit": None,
    }
    if failure.reaction is Reaction.HEARTBEAT:
        named |= {
            "exception": "OrderHeartbeatMismatchError",
            "heartbeat_id": failure.heartbeat_id,
        }
    return named


def _order_reply(i: Inputs) -> object:
    try:
        found = read_order_reply(i)
    except UnexpectedReplyError:
        return {"error": "UnexpectedResponseError"}
    return {"ok": isinstance(found, Accepted), **msgspec.to_builtins(found)}


def _book_hash(i: Inputs) -> object:
    return {"hash": book_hash(msgspec.convert({"event_type": "book", **i}, BookWire))}


RUNNERS: dict[str, Runner] = {
    "http_error_classification": _failure,
    "order_response_normalization": equal(_order_reply),
    "orderbook_hash": equal(_book_hash),
}
