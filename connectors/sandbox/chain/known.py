"""What everybody knows of the local chain: keys from textbooks, worth nothing, and a market."""

from connectors.polymarket.eip712 import bytes32, word
from connectors.polymarket.keccak import keccak

OPERATOR_KEY = (1).to_bytes(32, "big")
"""Settles matches and reports results."""
OPERATOR = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
RELAYER_KEY = (2).to_bytes(32, "big")
"""Sends what the sandbox' relayer was given."""
RELAYER = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"
WALLET_KEY = (3).to_bytes(32, "big")
"""Signs on the local chain, so that nobody's own key is ever used there."""
WALLET = "0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69"
COLD = "0x1efF47bc3a10a45D4B230B5d10E37751FE6AA718"
"""The local cold wallet; its key is 4, and no part of PETS signs with it."""
QUESTION = "0x" + "5e" * 32
"""Of the market that is open from the first block on, and resolved to YES soon after."""


def condition_id(question: str) -> str:
    """The condition id of a question that the operator answers with YES or NO."""
    packed = bytes.fromhex(OPERATOR.removeprefix("0x")) + bytes32(question) + word(2)
    return "0x" + keccak(packed).hex()
