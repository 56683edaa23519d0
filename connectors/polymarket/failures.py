"""One classification of everything that is not a success (PROTOCOL.md sections 8.4 and 9). Pure."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

import msgspec

HEARTBEATS = "/v1/heartbeats"
RESTARTING = 425


class Restriction(StrEnum):
    """What the venue does not do for now."""

    RESTARTING = "restarting"
    POST_ONLY = "post_only"
    CANCEL_ONLY = "cancel_only"


class Reaction(StrEnum):
    """What a caller does about a failure."""

    UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME"
    """It may have happened: ask by the order's hash before sending the same bytes again."""
    WAIT = "WAIT"
    """Later, with backoff or after the named time."""
    AUTHENTICATE = "AUTHENTICATE"
    """Derive the key once more and check the clock, then stop."""
    STOP_SIGNING = "STOP_SIGNING"
    """The order's form or owner is wrong: every further order would be."""
    STOP_OPENING = "STOP_OPENING"
    """The account may only close."""
    REFRESH_TICK = "REFRESH_TICK"
    REQUOTE = "REQUOTE"
    DROP = "DROP"
    RECONCILE = "RECONCILE"
    """Balances or allowances differ from ours."""
    NORMAL = "NORMAL"
    """A usual end of a FOK or FAK order."""
    SPLIT = "SPLIT"
    FIX_CLOCK = "FIX_CLOCK"
    HEARTBEAT = "HEARTBEAT"
    """Send the named heartbeat id next."""
    REJECTED = "REJECTED"
    """Refused for another reason; nothing happened."""


class RateState(msgspec.Struct, frozen=True, kw_only=True):
    """The signer's bucket as the venue reports it.

    Attributes:
        remaining: Tokens left; may be negative.
        reset: Seconds UTC when waiting ends.
        tier: The tier that counted.
        warning: The call would have been refused under enforcement.
    """

    remaining: float | None = None
    reset: float | None = None
    tier: str | None = None
    warning: bool = False


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that is no success.

    Attributes:
        status: HTTP status.
        reaction: What to do.
        text: The venue's words.
        code: The venue's code, where it gives one.
        retry_after: Seconds to wait, where it says so.
        restriction: What it does not do for now.
        rate: The signer's bucket.
        heartbeat_id: The id to send next, of a heartbeat with a stale one.
    """

    status: int
    reaction: Reaction
    text: str = ""
    code: str | None = None
    retry_after: float | None = None
    restriction: Restriction | None = None
    rate: RateState | None = None
    heartbeat_id: str | None = None


_REACTIONS: tuple[tuple[str, Reaction], ...] = (
    ("order_version_mismatch", Reaction.STOP_SIGNING),
    ("invalid order payload", Reaction.STOP_SIGNING),
    ("the order owner has to be", Reaction.STOP_SIGNING),
    ("the order signer address has to be", Reaction.STOP_SIGNING),
    ("invalid signature", Reaction.STOP_SIGNING),
    ("banned", Reaction.STOP_OPENING),
    ("closed only mode", Reaction.STOP_OPENING),
    ("breaks minimum tick size", Reaction.REFRESH_TICK),
    ("lower than the minimum", Reaction.DROP),
    ("duplicated", Reaction.UNKNOWN_OUTCOME),
    ("not enough balance / allowance", Reaction.RECONCILE),
    ("invalid expiration", Reaction.FIX_CLOCK),
    ("order crosses book", Reaction.REQUOTE),
    ("fully filled or killed", Reaction.NORMAL),
    ("no orders found to match", Reaction.NORMAL),
    ("not yet ready to process", Reaction.WAIT),
    ("too many orders in payload", Reaction.SPLIT),
)
"""By a piece of the error text, lower case; the first that occurs counts."""


def classify(
    status: int, headers: Mapping[str, str], body: bytes, path: str, now: float
) -> Failure | None:
    """What a reply means; None for a success.

    Args:
        status: HTTP status.
        headers: Names in lower case.
        body: As received.
        path: Of the request, without query.
        now: Seconds UTC, for a Retry-After that names a date.
    """
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    document = _object(body)
    beat = document.get("heartbeat_id")
    if status == HTTPStatus.BAD_REQUEST and path == HEARTBEATS and isinstance(beat, str):
        text = _text(document, body)
        return Failure(status=status, reaction=Reaction.HEARTBEAT, text=text, heartbeat_id=beat)
    code, restriction = document.get("code"), _restriction(status, document)
    return Failure(
        status=status,
        reaction=reaction_of(status, _text(document, body), restriction),
        text=_text(document, body),
        code=code if isinstance(code, str) and code else None,
        retry_after=_retry_after(headers, document, now),
        restriction=restriction,
        rate=rate_state(headers),
    )


def reaction_of(status: int, text: str, restriction: Restriction | None = None) -> Reaction:
    """What to do about a status with an error text; also for a refusal inside a 200."""
    if status == HTTPStatus.TOO_MANY_REQUESTS or restriction or _is_disabled(status, text):
        return Reaction.WAIT
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Reaction.UNKNOWN_OUTCOME
    if status == HTTPStatus.UNAUTHORIZED:
        return Reaction.AUTHENTICATE
    small = text.lower()
    return next((found for piece, found in _REACTIONS if piece in small), Reaction.REJECTED)


def rate_state(headers: Mapping[str, str]) -> RateState | None:
    """The signer's bucket from the reply's headers (section 8.2); None when they say nothing.

    Args:
        headers: Names in lower case.
    """
    state = RateState(
        remaining=_number(headers.get("poly-ratelimit-remaining")),
        reset=_number(headers.get("poly-ratelimit-reset")),
        tier=(headers.get("poly-ratelimit-tier") or "").strip() or None,
        warning=(headers.get("poly-ratelimit-warning") or "").strip().lower() == "true",
    )
    return None if state == RateState() else state


def _is_disabled(status: int, text: str) -> bool:
    small = text.lower()
    paused = "trading" in small and "disabled" in small
    return status == HTTPStatus.SERVICE_UNAVAILABLE and (paused or "cancel-only" in small)


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _text(document: dict[str, Any], body: bytes) -> str:
    for name in ("error", "error_msg", "errorMsg", "message"):
        if document.get(name):
            return str(document[name])
    return "" if document else body[:500].decode(errors="replace").strip()


def _restriction(status: int, document: dict[str, Any]) -> Restriction | None:
    if status == RESTARTING:
        return Restriction.RESTARTING
    if status != HTTPStatus.SERVICE_UNAVAILABLE:
        return None
    if document.get("code") == "post_only_mode":
        return Restriction.POST_ONLY
    error = document.get("error")
    if isinstance(error, str) and "cancel-only" in error:
        return Restriction.CANCEL_ONLY
    return None


def _retry_after(headers: Mapping[str, str], document: dict[str, Any], now: float) -> float | None:
    header = (headers.get("retry-after") or "").strip()
    found = _wait(_number(header)) if _is_number(header) else _until(header, now)
    if found is not None:
        return found
    value = document.get("retry_after_seconds")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _wait(float(value))
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(text: str | None) -> float | None:
    if text is None or not _is_number(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _wait(seconds: float | None) -> float | None:
    usable = seconds is not None and math.isfinite(seconds) and seconds >= 0
    return seconds if usable else None


def _until(header: str, now: float) -> float | None:
    """Whole seconds from now to an HTTP date, never rounded down; 0 for one that is past."""
    if not header:
        return None
    try:
        then = parsedate_to_datetime(header)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return float(max(0, math.ceil((then - datetime.fromtimestamp(now, UTC)).total_seconds())))
