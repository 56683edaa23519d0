"""What the relayer is given: a batch of calls, signed, as the official client writes it. Pure.

The same batch, nonce and deadline are always the same bytes, whoever was killed in between.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from connectors.polymarket import contracts
from connectors.polymarket.calldata import Call, multisend, proxy_calls
from connectors.polymarket.orders import SignatureType
from connectors.polymarket.relayer import proxy_signature, safe_signature, wallet_signature
from connectors.polymarket.signer import Signer
from connectors.polymarket.wallets import signature_type_of
from schemas.errors import ConfigurationError

DEADLINE_S = 600
"""How long a deposit wallet's batch may wait."""
_CALL, _DELEGATE_CALL = 0, 1
_KINDS = {
    SignatureType.PROXY: "PROXY",
    SignatureType.SAFE: "SAFE",
    SignatureType.DEPOSIT_WALLET: "WALLET",
}


class RelayedWallet(NamedTuple):
    """A wallet that a relayer moves.

    Attributes:
        address: The wallet's.
        kind: PROXY, SAFE or WALLET, in the relayer's words.
        signer: Its owner's key.
        chain_id: The chain that signatures are for.
    """

    address: str
    kind: str
    signer: Signer
    chain_id: int


class Batch(NamedTuple):
    """What a wallet does at one nonce.

    Attributes:
        calls: In order, at least one.
        nonce: The wallet's next.
        deadline: Seconds UTC; a deposit wallet's batch is void from then on.
        gas_limit: Of a proxy's batch.
        relay: Who executes a proxy's batch, as the relayer says; else empty.
        metadata: For the relayer's list; not signed.
    """

    calls: Sequence[Call]
    nonce: int
    deadline: int
    gas_limit: int
    relay: str = ""
    metadata: str = ""


def relayed_wallet(signer: Signer, address: str, chain_id: int) -> RelayedWallet:
    """Recognise an owner's wallet.

    Raises:
        ConfigurationError: It is none of the owner's proxy, Safe and deposit wallets.
    """
    kind = _KINDS.get(signature_type_of(signer.address, address) or SignatureType.EOA)
    if kind is None:
        raise ConfigurationError(
            f"Expected the proxy, Safe or deposit wallet of {signer.address}, received {address}: "
            "a relayer moves none but those."
        )
    return RelayedWallet(address, kind, signer, chain_id)


def payload(wallet: RelayedWallet, batch: Batch) -> bytes:
    """The body of a submission, signed.

    Raises:
        InvalidOrderError: The batch is empty, or an address in it is none.
    """
    make = {"SAFE": _safe, "PROXY": _proxy, "WALLET": _deposit}[wallet.kind]
    return msgspec.json.encode(make(wallet, batch))


def _safe(wallet: RelayedWallet, batch: Batch) -> dict[str, object]:
    call, operation = batch.calls[0], _CALL
    if len(batch.calls) > 1:
        call = Call(contracts.SAFE_MULTISEND, multisend(batch.calls))
        operation = _DELEGATE_CALL
    signature = safe_signature(
        wallet.signer, wallet.address, call, operation, batch.nonce, wallet.chain_id
    )
    body: dict[str, object] = {
        **_head(wallet, call.to),
        "proxyWallet": wallet.address,
        "data": call.data,
        **_tail(batch, signature),
        "signatureParams": {
            "baseGas": "0",
            "gasPrice": "0",
            "gasToken": contracts.ZERO_ADDRESS,
            "operation": str(operation),
            "refundReceiver": contracts.ZERO_ADDRESS,
            "safeTxnGas": "0",
        },
    }
    return body if call.value == 0 else {**body, "value": str(call.value)}


def _proxy(wallet: RelayedWallet, batch: Batch) -> dict[str, object]:
    call = Call(contracts.PROXY_FACTORY, proxy_calls(batch.calls))
    _, signature = proxy_signature(
        wallet.signer, call, batch.nonce, contracts.RELAY_HUB, batch.relay, batch.gas_limit
    )
    return {
        **_head(wallet, call.to),
        "proxyWallet": wallet.address,
        "data": call.data,
        **_tail(batch, signature),
        "signatureParams": {
            "gasLimit": str(batch.gas_limit),
            "gasPrice": "0",
            "relay": batch.relay,
            "relayHub": contracts.RELAY_HUB,
            "relayerFee": "0",
        },
    }


def _deposit(wallet: RelayedWallet, batch: Batch) -> dict[str, object]:
    signature = wallet_signature(
        wallet.signer, wallet.address, batch.calls, batch.nonce, batch.deadline, wallet.chain_id
    )
    return {
        **_head(wallet, contracts.DEPOSIT_WALLET_FACTORY),
        **_tail(batch, signature),
        "depositWalletParams": {
            "depositWallet": wallet.address,
            "deadline": str(batch.deadline),
            "calls": [
                {"target": call.to, "value": str(call.value), "data": call.data}
                for call in batch.calls
            ],
        },
    }


def _head(wallet: RelayedWallet, to: str) -> dict[str, object]:
    return {"type": wallet.kind, "from": wallet.signer.address, "to": to}


def _tail(batch: Batch, signature: str) -> dict[str, object]:
    return {"nonce": str(batch.nonce), "signature": signature, "metadata": batch.metadata}
