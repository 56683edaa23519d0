"""The sandbox' relayer: takes signed batches, executes them on the local chain, says how far.

What it says follows from the chain: NEW before the transaction is in the pool, EXECUTED while it
waits, MINED with its block, CONFIRMED when that no longer changes, FAILED when it was undone.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polymarket.abi import Tail, arguments, blob
from connectors.polymarket.calldata import Call
from connectors.polymarket.eip712 import address_word, word
from connectors.polymarket.keccak import keccak
from connectors.polymarket.wallets import wallets_of
from connectors.sandbox.chain.genesis import address_of
from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.relayer_checks import RelayRefused, Submission, Work, checked

CONFIRMATIONS = 3
EXECUTE = keccak(b"execute(uint256,address[],bytes[])")[:4]
Json = dict[str, object]


class RelayerFaults(msgspec.Struct):
    """What can go wrong; each counts down to nothing.

    Attributes:
        lost_replies: Submissions that are taken and answered with an error of the server.
        busy: Submissions that are refused because the wallet is busy.
        limited: Submissions that are too many.
        stalled: Submissions that stay NEW and are never executed.
        invalid: Submissions that are taken and turn out INVALID.
        forgets: Questions after a transaction that are answered with "not found".
    """

    lost_replies: int = 0
    busy: int = 0
    limited: int = 0
    stalled: int = 0
    invalid: int = 0
    forgets: int = 0

    def strikes(self, name: str) -> bool:
        """Whether a fault strikes now; then there is one less of it."""
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return left > 0


@dataclass
class _Taken:
    """A batch that was taken; `tx` is empty for one that is never executed."""

    work: Work
    tx: bytes
    invalid: bool


class SandboxRelayer:
    """Relays for every wallet whose owner signs.

    Attributes:
        faults: What goes wrong.
        taken: Batches that were accepted.
    """

    def __init__(self, network: Network, now_s: Callable[[], float], key: str = "") -> None:
        """Stand beside a chain.

        Args:
            network: The chain.
            now_s: What deadlines are compared with, seconds.
            key: Expected in RELAYER_API_KEY; empty asks for any.
        """
        self._network = network
        self._now_s = now_s
        self._key = key
        self.faults = RelayerFaults()
        self.taken: dict[str, _Taken] = {}

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [
            Route("/relayer/deployed", self._deployed),
            Route("/relayer/relay-payload", self._terms),
            Route("/relayer/v1/account/transactions/params", self._terms),
            Route("/relayer/v1/account/transactions/{id}", self._transaction),
            Route("/relayer/submit", self._submit, methods=["POST"]),
        ]

    async def _deployed(self, request: Request) -> Response:
        there = bool(self._network.evm.code(address_of(request.query_params["address"])))
        return JSONResponse({"deployed": there})

    async def _terms(self, request: Request) -> Response:
        if not self._knows(request):
            return _no(HTTPStatus.UNAUTHORIZED, self._bad_key(request))
        owner, kind = request.query_params["address"], request.query_params["type"]
        nonce = str(self._nonce(self._wallet(owner, kind)))
        return JSONResponse({"address": self._network.relayer.address, "nonce": nonce})

    async def _transaction(self, request: Request) -> Response:
        name = request.path_params["id"]
        taken = self.taken.get(name)
        if taken is None or self.faults.strikes("forgets"):
            return _no(HTTPStatus.NOT_FOUND, "transaction not found")
        return JSONResponse(
            {
                "transaction_id": name,
                "state": self._state(taken),
                "transaction_hash": "0x" + taken.tx.hex() if taken.tx else "",
                "error_msg": "execution reverted" if self._state(taken) == "STATE_FAILED" else None,
            }
        )

    async def _submit(self, request: Request) -> Response:
        if not self._knows(request):
            return _no(HTTPStatus.UNAUTHORIZED, "invalid authorization")
        if self.faults.strikes("limited"):
            return _no(HTTPStatus.TOO_MANY_REQUESTS, "too many requests")
        try:
            given = msgspec.json.decode(await request.body(), type=Submission)
            name = self.submit(given)
        except (msgspec.DecodeError, RelayRefused) as error:
            return _no(HTTPStatus.BAD_REQUEST, str(error))
        if self.faults.strikes("lost_replies"):
            return _no(HTTPStatus.BAD_GATEWAY, "bad gateway")
        answer = {"transactionID": name, "transactionHash": "", "state": "STATE_NEW"}
        return JSONResponse(answer)

    def submit(self, given: Submission) -> str:
        """Take a batch.

        Returns:
            What it is called from now on.

        Raises:
            RelayRefused: It is not taken.
        """
        work = checked(given, self._network.relayer.address, LOCAL_CHAIN_ID)
        if self.faults.strikes("busy") or any(
            taken.work.wallet == work.wallet
            and self._state(taken) in ("STATE_NEW", "STATE_EXECUTED")
            and not self._is_void(taken)
            for taken in self.taken.values()
        ):
            raise RelayRefused("wallet busy: it has an active action")
        expected = self._nonce(work.wallet)
        if work.nonce != expected:
            raise RelayRefused(f"batch nonce {work.nonce} does not match on-chain nonce {expected}")
        if work.deadline is not None and work.deadline <= self._now_s():
            raise RelayRefused("deadline is over")
        invalid = self.faults.strikes("invalid")
        idle = invalid or self.faults.strikes("stalled")
        tx = b"" if idle else self._network.operate(_execution(work), self._network.relayer)
        name = f"relayed-{len(self.taken) + 1}"
        self.taken[name] = _Taken(work, tx, invalid)
        return name

    def _state(self, taken: _Taken) -> str:
        if taken.invalid:
            return "STATE_INVALID"
        if not taken.tx:
            return "STATE_NEW"
        receipt = self._network.evm.receipt(taken.tx)
        if receipt is None:
            return "STATE_EXECUTED"
        if not receipt.succeeded:
            return "STATE_FAILED"
        final = self._network.evm.head - receipt.block >= CONFIRMATIONS
        return "STATE_CONFIRMED" if final else "STATE_MINED"

    def _is_void(self, taken: _Taken) -> bool:
        deadline = taken.work.deadline
        return not taken.tx and deadline is not None and deadline <= self._now_s()

    def _nonce(self, wallet: str) -> int:
        evm = self._network.evm
        if not evm.code(address_of(wallet)):
            return 0
        asked = keccak(b"nonce()")[:4]
        answer, _ = evm.call(address_of(wallet), asked, address_of(wallet))
        return int.from_bytes(answer, "big")

    def _wallet(self, owner: str, kind: str) -> str:
        wallets = wallets_of(owner)
        if kind == "WALLET":
            there = self._network.evm.code(address_of(wallets.deposit_uups))
            return wallets.deposit_uups if there else wallets.deposit_beacon
        return wallets.safe if kind == "SAFE" else wallets.proxy

    def _bad_key(self, request: Request) -> str:
        """It repeats what it was given, as careless servers do."""
        return f"invalid authorization {request.headers.get('relayer_api_key', '')}"

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("relayer_api_key", "")
        if not self._key:
            return bool(given or request.headers.get("poly_builder_signature"))
        return hmac.compare_digest(given, self._key)


def _execution(work: Work) -> Call:
    targets = b"".join(address_word(to) for to, _ in work.calls)
    listed = arguments([blob(data) for _, data in work.calls])
    parts = (
        word(work.nonce),
        Tail(word(len(work.calls)) + targets),
        Tail(word(len(work.calls)) + listed),
    )
    return Call(work.wallet, "0x" + (EXECUTE + arguments(parts)).hex())


def _no(status: HTTPStatus, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status)
