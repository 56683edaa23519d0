"""The relayer's REST interface: nonce, submission, state (PROTOCOL.md sections 2.3 and 10)."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

import httpx
import msgspec

from connectors.polymarket.auth import ApiCredentials, builder_headers
from connectors.polymarket.order_replies import UnexpectedReplyError
from connectors.polymarket.relayer_payload import RelayedWallet
from connectors.polymarket.venue_http import Headers, VenueHttp, VenueRefusedError

_NONCES = re.compile(r"batch nonce\s+(\d+)\s+does not match on-chain nonce\s+(\d+)", re.I)
_BUSY = re.compile(r"wallet busy.*active action|wallet has in-flight action", re.I)
BAD_REQUEST, NOT_FOUND, TOO_MANY = 400, 404, 429
T = TypeVar("T")


class RelayState(StrEnum):
    """How far a submission is, in the relayer's words."""

    NEW = "STATE_NEW"
    EXECUTED = "STATE_EXECUTED"
    MINED = "STATE_MINED"
    CONFIRMED = "STATE_CONFIRMED"
    INVALID = "STATE_INVALID"
    FAILED = "STATE_FAILED"

    @property
    def is_failure(self) -> bool:
        """Whether it ended without effect."""
        return self in (RelayState.INVALID, RelayState.FAILED)


class Relayed(msgspec.Struct, frozen=True, kw_only=True):
    """A submission as the relayer tells of it.

    Attributes:
        transaction_hash: Of the transaction that carries it; None before there is one.
        error_msg: Why it failed.
    """

    transaction_id: str
    state: RelayState
    transaction_hash: str | None = None
    error_msg: str | None = None


class _Submitted(msgspec.Struct, frozen=True, kw_only=True):
    transaction_id: str = msgspec.field(name="transactionID")
    state: RelayState
    transaction_hash: str | None = msgspec.field(name="transactionHash", default=None)


class _Terms(msgspec.Struct, frozen=True):
    """Whom a proxy's batch is signed for, and the wallet's next nonce."""

    address: str
    nonce: str


class _Deployed(msgspec.Struct, frozen=True):
    deployed: bool


class Terms(NamedTuple):
    """What a batch is signed for.

    Attributes:
        nonce: The wallet's next.
        relay: The relayer's address; a proxy's signature names it.
    """

    nonce: int
    relay: str


class Refusal(StrEnum):
    """What a refused submission means."""

    USED = "used"
    """The nonce is used: a batch that was signed for it has been executed."""
    AHEAD = "ahead"
    """The nonce is not next yet: what is before it was lost."""
    BUSY = "busy"
    """Another batch of the wallet is under way, or there were too many requests."""
    NO = "no"
    """The relayer does not do it."""


def relayer_headers(key: str, address: str) -> Headers:
    """Headers of a relayer key.

    Args:
        key: The key.
        address: Whose it is.
    """
    found = {"RELAYER_API_KEY": key, "RELAYER_API_KEY_ADDRESS": address}
    return lambda method, path, body: found


def builder_key_headers(credentials: ApiCredentials, now_s: Callable[[], float]) -> Headers:
    """Headers of a builder key, signed for each call.

    Args:
        credentials: The builder key.
        now_s: Wall time, seconds.
    """

    def headers(method: str, path: str, body: bytes) -> Mapping[str, str]:
        return builder_headers(credentials, int(now_s()), method, path, body)

    return headers


def refusal_of(error: VenueRefusedError) -> Refusal:
    """What a refused submission means, from its status and words."""
    status, text = error.failure.status, error.failure.text
    if status == TOO_MANY or (status == BAD_REQUEST and _BUSY.search(text)):
        return Refusal.BUSY
    found = _NONCES.search(text) if status == BAD_REQUEST else None
    if found is None:
        return Refusal.NO
    given, expected = int(found[1]), int(found[2])
    return Refusal.USED if given < expected else Refusal.AHEAD


class RelayerRest:
    """Calls of one relayer."""

    def __init__(
        self, url: str, headers: Headers, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Name the relayer.

        Args:
            url: Its address.
            headers: Of every call; from `relayer_headers` or `builder_key_headers`.
            transport: Another way than the network.
        """
        self._http = VenueHttp(url, headers, transport=transport)

    async def __aenter__(self) -> Self:
        """Use as a context to close the connections."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._http.__aexit__(kind, error, trace)

    async def deployed(self, wallet: RelayedWallet) -> bool:
        """Whether the wallet's contract is on the chain.

        Raises:
            InfrastructureError: No usable answer.
        """
        asked = {"address": wallet.address, "type": wallet.kind}
        return (await self._get("/deployed", asked, _Deployed)).deployed

    async def terms(self, wallet: RelayedWallet) -> Terms:
        """The wallet's next nonce, and who will execute.

        Raises:
            InfrastructureError: No usable answer.
        """
        path = "/relay-payload" if wallet.kind == "PROXY" else "/v1/account/transactions/params"
        asked = {"address": wallet.signer.address, "type": wallet.kind}
        told = await self._get(path, asked, _Terms)
        if not told.nonce.isdecimal():
            raise UnexpectedReplyError(
                f"Expected a nonce of decimal digits from {path}, received {told.nonce!r}."
            )
        return Terms(int(told.nonce), told.address)

    async def submit(self, body: bytes) -> Relayed:
        """Hand a signed batch over; once, for only its caller knows whether twice is the same.

        Raises:
            OutcomeUnknownError: It may have been taken.
            VenueUnavailableError: It was never sent.
            VenueRefusedError: It was not taken; see `refusal_of`.
            UnexpectedReplyError: Taken, and answered with something else.
        """
        reply = await self._http.change("POST", "/submit", body)
        found = _decoded(reply.body, _Submitted, "/submit")
        return Relayed(
            transaction_id=found.transaction_id,
            state=found.state,
            transaction_hash=found.transaction_hash or None,
        )

    async def transaction(self, transaction_id: str) -> Relayed | None:
        """How far a submission is; None when the relayer does not know it.

        Raises:
            InfrastructureError: No usable answer.
        """
        try:
            return await self._get(f"/v1/account/transactions/{transaction_id}", {}, Relayed)
        except VenueRefusedError as error:
            if error.failure.status != NOT_FOUND:
                raise
            return None

    async def _get(self, path: str, asked: Mapping[str, str], kind: type[T]) -> T:
        return _decoded(await self._http.read(path, asked, private=True), kind, path)


def _decoded(body: bytes, kind: type[T], path: str) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise UnexpectedReplyError(f"Expected the relayer's reply to {path}: {error}.") from error
