"""Sends what the wallet stage has written down, and says what it sees.

It remembers nothing: a request holds everything that is signed, so that the same request is always
the same transaction, whoever was killed in between.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from connectors.polygon.encoding import encode_call
from connectors.polygon.nodes import Nodes, Sighting
from connectors.polygon.rpc import Receipt
from connectors.polygon.signing import Fields, SignedTransaction, sign_fields
from connectors.polymarket.signer import Signer
from schemas.wallet import CallKind, ChainCall, SendTransaction, Sight

_VOID = ChainCall(kind=CallKind.VOID)


class Seen(NamedTuple):
    """What was seen of one attempt; fields as in `TransactionObserved`."""

    attempt: int
    hash: str
    sight: Sight
    block: int = 0
    head: int = 0
    gas_used: int = 0
    gas_price: int = 0
    detail: str = ""


class TransactionSender(Protocol):
    """Brings one wallet's transactions onto the chain.

    Attributes:
        address: The wallet's.
    """

    address: str

    async def see_to(self, request: SendTransaction) -> tuple[Seen, ...]:
        """Look for a nonce's attempts; where none is to be found, send the last.

        Raises:
            NodeAwayError: Nobody answers.
            ConfigurationError: A call cannot be encoded.
        """


class Sender:
    """The transactions of one key on one chain."""

    def __init__(self, signer: Signer, nodes: Nodes, chain_id: int) -> None:
        """Use a key.

        Args:
            signer: Signs; never shown.
            nodes: The chain.
            chain_id: What transactions are valid for.
        """
        self._signer = signer
        self._nodes = nodes
        self._chain_id = chain_id
        self.address = signer.address

    async def see_to(self, request: SendTransaction) -> tuple[Seen, ...]:
        """Look for every attempt of a nonce; where none is to be found, send the last.

        Raises:
            NodeAwayError: No node answers.
            ConfigurationError: A call cannot be encoded.
        """
        signed = dict(self._attempts(request))
        found: dict[int, Sighting] = {}
        for number, attempt in signed.items():
            found[number] = sighting = await self._nodes.find(attempt.hash)
            if sighting.receipt is not None:
                return (_mined(number, attempt, sighting.receipt, sighting.head),)
        strangers = await self._nodes.strangers()
        return tuple(
            [
                await self._unmined(
                    number, attempt, found[number], strangers, is_last=number == request.attempt
                )
                for number, attempt in signed.items()
            ]
        )

    async def _unmined(
        self,
        number: int,
        attempt: SignedTransaction,
        sighting: Sighting,
        strangers: str,
        *,
        is_last: bool,
    ) -> Seen:
        head = sighting.head
        if sighting.pooled:
            return Seen(number, attempt.hash, Sight.POOLED, head=head)
        if not is_last:
            return Seen(number, attempt.hash, Sight.ABSENT, head=head)
        if strangers:
            return Seen(number, attempt.hash, Sight.REFUSED, head=head, detail=strangers)
        said = await self._nodes.send(attempt.raw)
        sight = sight_of(said)
        return Seen(number, attempt.hash, sight, head=head, detail="; ".join(said))

    def _attempts(self, request: SendTransaction) -> Iterator[tuple[int, SignedTransaction]]:
        for old in request.earlier:
            yield old.number, self._sign(request, old.max_fee, old.max_tip, void=old.void)
        void = request.void
        yield request.attempt, self._sign(request, request.max_fee, request.max_tip, void=void)

    def _sign(
        self, request: SendTransaction, max_fee: int, max_tip: int, *, void: bool
    ) -> SignedTransaction:
        call = encode_call(_VOID if void else request.calls[0], self.address)
        fields = Fields(
            chain_id=self._chain_id,
            nonce=request.nonce,
            max_tip=max_tip,
            max_fee=max_fee,
            gas_limit=request.gas_limit,
            to=call.to,
            value=call.value,
            data=call.data,
        )
        return sign_fields(self._signer, fields)


def sight_of(said: list[str]) -> Sight:
    """What the words of nodes that took nothing mean; geth's, bor's and erigon's are alike."""
    words = " ".join(said).lower()
    if not words or "already known" in words or "alreadyknown" in words:
        return Sight.POOLED
    if "nonce too low" in words:
        return Sight.ABSENT
    if "underpriced" in words or "max fee per gas less than block base fee" in words:
        return Sight.UNDERPRICED
    if "insufficient funds" in words:
        return Sight.NO_GAS
    return Sight.REFUSED


def _mined(number: int, attempt: SignedTransaction, receipt: Receipt, head: int) -> Seen:
    return Seen(
        number,
        attempt.hash,
        Sight.MINED if receipt.succeeded else Sight.REVERTED,
        block=receipt.block,
        head=head,
        gas_used=receipt.gas_used,
        gas_price=receipt.gas_price,
    )
