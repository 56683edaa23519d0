"""Notices that the venue speaks differently than it did. Pure.

New fields are counted; a changed meaning stops the opening of orders and says why.
"""

from collections import Counter
from typing import Any, TypeVar

import msgspec

from connectors.polymarket.order_replies import UnexpectedReplyError

T = TypeVar("T")
ORDER_VERSION = 2
"""What `GET /version` answers while our order form is the venue's."""


class DriftSentinel:
    """Reads replies and remembers what was odd about them.

    Attributes:
        unknown: How often a field came that is not known, by kind and field; harmless.
        reasons: Why no order may be opened, by kind; empty while everything means what it did.
    """

    def __init__(self) -> None:
        """Start without doubts."""
        self.unknown: Counter[tuple[str, str]] = Counter()
        self.reasons: dict[str, str] = {}

    @property
    def may_open(self) -> bool:
        """Whether every reply so far meant what it did."""
        return not self.reasons

    def read(self, kind: str, body: bytes, form: type[T]) -> T:
        """Decode a reply into its form.

        Args:
            kind: The reply's name in counts and reasons.
            body: As received.
            form: A struct, or a list of one.

        Raises:
            UnexpectedReplyError: A known field is missing or has another type; noted as a reason.
        """
        try:
            found = msgspec.json.decode(body, type=form, strict=False)
        except msgspec.DecodeError as error:
            self.doubt(kind, f"the form of {kind} changed: {error}")
            raise UnexpectedReplyError(
                f"Expected {kind} in its known form, received another: {error}. "
                "No order is opened until somebody has looked."
            ) from error
        self.notice(kind, msgspec.json.decode(body), form)
        return found

    def notice(self, kind: str, document: object, form: type[Any]) -> None:
        """Count the fields of a document that its form does not know."""
        inner = getattr(form, "__args__", None)
        if isinstance(document, list) and inner:
            for each in document:
                self.notice(kind, each, inner[0])
        elif isinstance(document, dict) and issubclass(form, msgspec.Struct):
            for name in document.keys() - {field.encode_name for field in _fields(form)}:
                self.unknown[kind, name] += 1

    def version(self, number: int) -> None:
        """Take what the venue says about the form of orders."""
        if number == ORDER_VERSION:
            self.reasons.pop("version", None)
        else:
            self.doubt(
                "version", f"the venue wants orders of version {number}, ours are {ORDER_VERSION}"
            )

    def doubt(self, kind: str, reason: str) -> None:
        """Stop opening for a reason."""
        self.reasons[kind] = reason

    def settle(self, kind: str) -> None:
        """Somebody has looked: the reason is gone."""
        self.reasons.pop(kind, None)


def _fields(form: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(form)
