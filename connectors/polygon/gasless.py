"""Transactions of proxy, Safe and deposit wallets: signed here, executed and paid by the relayer.

It remembers nothing: a request holds what is signed and what the relayer called it, so that the
same request is always the same batch. A batch takes effect once, because its nonce does. That it
took effect is believed when our own nodes show its block, not when the relayer says so.
"""

from configs.redaction import redact_text
from connectors.polygon.encoding import encode_call
from connectors.polygon.nodes import Nodes, Nonces
from connectors.polygon.rpc import NodeAwayError
from connectors.polygon.sender import Seen
from connectors.polymarket.order_replies import UnexpectedReplyError
from connectors.polymarket.relayer_payload import DEADLINE_S, Batch, RelayedWallet, payload
from connectors.polymarket.relayer_rest import Refusal, Relayed, RelayerRest, refusal_of
from connectors.polymarket.venue_http import (
    OutcomeUnknownError,
    VenueRefusedError,
    VenueUnavailableError,
)
from schemas.wallet import SendTransaction, Sight

_SILENCE = (VenueUnavailableError, OutcomeUnknownError, UnexpectedReplyError)
_LOST = (
    "The relayer has used nonce {nonce} for a batch whose id was lost with a reply; whether its "
    "calls succeeded is not known. Compare the wallet's balances before asking for it again."
)


class GaslessSender:
    """The batches of one wallet.

    Attributes:
        address: The wallet's.
    """

    def __init__(self, wallet: RelayedWallet, relayer: RelayerRest, nodes: Nodes) -> None:
        """Use a relayer.

        Args:
            wallet: What is moved, with its owner's key.
            relayer: Executes.
            nodes: The chain, as we see it ourselves.
        """
        self._wallet = wallet
        self._relayer = relayer
        self._nodes = nodes
        self.address = wallet.address

    async def nonces(self, address: str) -> Nonces:
        """The wallet's next nonce, as the relayer says; with every reason not to build on it.

        Args:
            address: The wallet's.

        Raises:
            NodeAwayError: Relayer or chain do not answer.
        """
        strangers = await self._nodes.strangers()
        if strangers:
            return Nonces(0, 0, 0, 0, strangers)
        head = await self._nodes.first(lambda node: node.head())
        try:
            deployed = await self._relayer.deployed(self._wallet)
            following = (await self._relayer.terms(self._wallet)).nonce
        except VenueRefusedError as error:
            return Nonces(
                0, 0, 0, head.number, f"the relayer refuses: {redact_text(error.failure.text)}"
            )
        except _SILENCE as error:
            raise NodeAwayError(f"The relayer does not answer: {error}") from error
        missing = "" if deployed else f"{address} is not on the chain yet: create it at the venue."
        return Nonces(following, following, following, head.number, missing)

    async def see_to(self, request: SendTransaction) -> tuple[Seen, ...]:
        """Ask after every attempt that the relayer has a name for; without one, submit.

        Raises:
            NodeAwayError: Relayer or chain do not answer.
            ConfigurationError: A call cannot be encoded.
        """
        try:
            return (await self._see_to(request),)
        except _SILENCE as error:
            raise NodeAwayError(f"The relayer does not answer: {error}") from error

    async def _see_to(self, request: SendTransaction) -> Seen:
        for old in request.earlier:
            seen = await self._asked(old.number, old.hash)
            # One that lapsed counts only when it was executed after all.
            if seen is not None and seen.sight is Sight.MINED:
                return seen
        seen = await self._asked(request.attempt, request.hash)
        if seen is not None:
            return seen
        if request.hash:
            lost = f"the relayer does not know {request.hash} any more"
            return await self._seen(request, Sight.REFUSED, lost)
        return await self._submit(request)

    async def _asked(self, attempt: int, transaction_id: str) -> Seen | None:
        """What became of an attempt; None when the relayer has no name for it, or forgot it."""
        if not transaction_id:
            return None
        told = await self._relayer.transaction(transaction_id)
        return None if told is None else await self._told(attempt, told)

    async def _told(self, attempt: int, told: Relayed) -> Seen:
        if told.transaction_hash:
            sighting = await self._nodes.find(told.transaction_hash)
            if sighting.receipt is not None:
                done = sighting.receipt.succeeded and not told.state.is_failure
                return Seen(
                    attempt,
                    told.transaction_id,
                    Sight.MINED if done else Sight.REVERTED,
                    block=sighting.receipt.block,
                    head=sighting.head,
                    detail=redact_text(told.error_msg or ""),
                )
        sight = Sight.REVERTED if told.state.is_failure else Sight.POOLED
        head = await self._head()
        return Seen(
            attempt, told.transaction_id, sight, head=head, detail=redact_text(told.error_msg or "")
        )

    async def _submit(self, request: SendTransaction) -> Seen:
        try:
            terms = await self._relayer.terms(self._wallet)
            if terms.nonce != request.nonce:
                refusal = Refusal.USED if terms.nonce > request.nonce else Refusal.AHEAD
                return await self._refused(request, refusal, f"its next nonce is {terms.nonce}")
            batch = Batch(
                calls=[encode_call(call, self.address) for call in request.calls],
                nonce=request.nonce,
                deadline=request.planned_at // 1000 + DEADLINE_S,
                gas_limit=request.gas_limit,
                relay=terms.relay,
                metadata=request.job_id,
            )
            taken = await self._relayer.submit(payload(self._wallet, batch))
        except VenueRefusedError as error:
            return await self._refused(request, refusal_of(error), redact_text(error.failure.text))
        return await self._told(request.attempt, taken)

    async def _refused(self, request: SendTransaction, refusal: Refusal, said: str) -> Seen:
        match refusal:
            case Refusal.USED if self._wallet.kind == "PROXY":
                # The relay hub counts a batch also where the factory undid its calls.
                return await self._seen(request, Sight.REVERTED, _LOST.format(nonce=request.nonce))
            case Refusal.USED:
                # A Safe's and a deposit wallet's nonce is used by what its owner signed for it,
                # whole or not at all; for this nonce that was this batch and nothing else.
                return await self._seen(request, Sight.MINED, "executed; the relayer's id was lost")
            case Refusal.NO:
                return await self._seen(request, Sight.REVERTED, f"the relayer refuses: {said}")
            case _:
                return await self._seen(request, Sight.REFUSED, said)

    async def _seen(self, request: SendTransaction, sight: Sight, detail: str) -> Seen:
        head = await self._head()
        return Seen(request.attempt, request.hash, sight, head=head, detail=detail)

    async def _head(self) -> int:
        return (await self._nodes.first(lambda node: node.head())).number
