"""Signatures of gasless transactions (PROTOCOL.md section 10). Pure."""

from collections.abc import Sequence

from connectors.polymarket.calldata import Call
from connectors.polymarket.contracts import CHAIN_ID
from connectors.polymarket.eip712 import (
    address_bytes,
    address_word,
    digest,
    domain_of_contract,
    domain_separator,
    personal_digest,
    word,
)
from connectors.polymarket.keccak import keccak
from connectors.polymarket.signer import Signer

_SAFE_HASH = keccak(
    b"SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,"
    b"uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"
)
_CALL_TYPE = b"Call(address target,uint256 value,bytes data)"
_CALL_HASH = keccak(_CALL_TYPE)
_BATCH_HASH = keccak(
    b"Batch(address wallet,uint256 nonce,uint256 deadline,Call[] calls)" + _CALL_TYPE
)
_NO_GAS = bytes(32 * 5)
"""Gas limits, price, token and receiver of the refund are all zero."""
_ETH_SIGN = 4
"""Safe's mark of an eth_sign signature, added to v."""


def safe_signature(
    signer: Signer,
    safe: str,
    call: Call,
    operation: int,
    nonce: int,
    chain_id: int = CHAIN_ID,
) -> str:
    """A Safe's transaction, signed the eth_sign way.

    Args:
        signer: The owner's key.
        safe: The Safe.
        call: What it does.
        operation: 0 a call, 1 a delegate call (multisend).
        nonce: The Safe's next.
        chain_id: The chain.
    """
    struct = keccak(
        b"".join(
            (
                _SAFE_HASH,
                address_word(call.to),
                word(call.value),
                keccak(bytes.fromhex(call.data[2:])),
                word(operation),
                _NO_GAS,
                word(nonce),
            )
        )
    )
    found = digest(domain_of_contract(chain_id, safe), struct)
    signature = signer.sign(personal_digest(found))
    return "0x" + signature[:64].hex() + f"{signature[64] + _ETH_SIGN:02x}"


def proxy_signature(
    signer: Signer,
    call: Call,
    nonce: int,
    relay_hub: str,
    relay: str,
    gas_limit: int,
    gas_price: int = 0,
    relayer_fee: int = 0,
) -> tuple[str, str]:
    """A proxy wallet's transaction: its hash and the signature, in hex.

    Args:
        signer: The owner's key.
        call: A call of the proxy factory.
        nonce: The relayer's next for this owner.
        relay_hub: The hub contract.
        relay: The relayer's address.
        gas_limit: Gas.
        gas_price: Wei.
        relayer_fee: Wei.
    """
    found = keccak(
        b"".join(
            (
                b"rlx:",
                address_bytes(signer.address),
                address_bytes(call.to),
                bytes.fromhex(call.data[2:]),
                word(relayer_fee),
                word(gas_price),
                word(gas_limit),
                word(nonce),
                address_bytes(relay_hub),
                address_bytes(relay),
            )
        )
    )
    return "0x" + found.hex(), "0x" + signer.sign(personal_digest(found)).hex()


def wallet_signature(
    signer: Signer,
    wallet: str,
    calls: Sequence[Call],
    nonce: int,
    deadline: int,
    chain_id: int = CHAIN_ID,
) -> str:
    """A deposit wallet's batch.

    Args:
        signer: The owner's key.
        wallet: The deposit wallet.
        calls: What it does, in order.
        nonce: The wallet's next.
        deadline: Seconds UTC.
        chain_id: The chain.
    """
    listed = keccak(
        b"".join(
            keccak(
                _CALL_HASH
                + address_word(call.to)
                + word(call.value)
                + keccak(bytes.fromhex(call.data[2:]))
            )
            for call in calls
        )
    )
    struct = keccak(
        b"".join((_BATCH_HASH, address_word(wallet), word(nonce), word(deadline), listed))
    )
    found = digest(domain_separator("DepositWallet", "1", chain_id, wallet), struct)
    return "0x" + signer.sign(found).hex()
