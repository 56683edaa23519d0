"""Notices that the venue speaks differently than it did. Pure.

New fields are counted; a changed meaning stops the opening of orders and says why.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

import msgspec

from connectors.polymarket.order_replies import UnexpectedReplyError

T = TypeVar("T")
ORDER_VERSION = 2
"""What `GET /version` answers while our order form is the venue's."""


class _Known(NamedTuple):
    """A form's fields with their types, and those that are known and not decoded.

    The latter are the tag, and what a form says it skips.
    """

    fields: dict[str, Any]
    left_out: frozenset[str]


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
        self._forms: dict[type[msgspec.Struct], _Known] = {}

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

    @property
    def unknown_fields(self) -> int:
        """How often fields came that are not known, for a metric."""
        return self.unknown.total()

    def notice(self, kind: str, document: object, form: type[Any]) -> None:
        """Count the fields of a document that its form does not know, in its lists too."""
        inner = getattr(form, "__args__", None)
        if isinstance(document, list) and inner:
            for each in document:
                self.notice(kind, each, inner[0])
        elif isinstance(document, dict) and _is_struct(form):
            fields, left_out = self._known(form)
            self.count(kind, document.keys() - fields.keys() - left_out)
            for name in document.keys() & fields.keys():
                self.notice(f"{kind} {name}", document[name], fields[name])

    def _known(self, form: type[msgspec.Struct]) -> _Known:
        known = self._forms.get(form)
        if known is None:
            tag = form.__struct_config__.tag_field
            left_out = {*getattr(form, "SKIPPED", ()), *(() if tag is None else (tag,))}
            fields = {field.encode_name: field.type for field in msgspec.structs.fields(form)}
            known = self._forms[form] = _Known(fields, frozenset(left_out))
        return known

    def count(self, kind: str, names: Iterable[str]) -> None:
        """Count fields that whoever read a document did not know."""
        self.unknown.update((kind, name) for name in names)

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


def _is_struct(form: object) -> bool:
    return isinstance(form, type) and issubclass(form, msgspec.Struct)
