"""A network with one wallet in it, and calls that go straight into the next block."""

from collections.abc import Sequence
from itertools import count

from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polygon.approvals import NEEDED
from connectors.polygon.encoding import encode_call
from connectors.polygon.signing import Fields, SignedTransaction, sign_fields
from connectors.polymarket import contracts
from connectors.polymarket.abi import arguments
from connectors.polymarket.eip712 import address_word, bytes32, word
from connectors.polymarket.keccak import keccak
from connectors.polymarket.signer import Signer
from connectors.sandbox.chain.evm import Receipt
from connectors.sandbox.chain.genesis import address_of
from connectors.sandbox.chain.network import Network
from schemas.ids import MarketId
from schemas.wallet import CallKind, ChainCall

GWEI = 10**9
DOLLAR = 10**6
QUESTION = "0x" + "51" * 32
ME = Signer(b"\x07" * 32)
OTHER = Signer(b"\x08" * 32)


def network(wallets: Sequence[str] = ()) -> Network:
    seconds = count(1_700_000_000)
    funded = (ME.address, OTHER.address)
    return Network(lambda: next(seconds) * 1000, funded, wallets)


def signed(
    chain: Network, call: ChainCall, *, signer: Signer = ME, nonce: int | None = None, tip: int = 30
) -> SignedTransaction:
    encoded = encode_call(call, signer.address)
    sender = address_of(signer.address)
    fields = Fields(
        chain_id=LOCAL_CHAIN_ID,
        nonce=chain.pool.pending_nonce(sender) if nonce is None else nonce,
        max_tip=tip * GWEI,
        max_fee=(tip + 100) * GWEI,
        gas_limit=1_500_000,
        to=encoded.to,
        value=encoded.value,
        data=encoded.data,
    )
    return sign_fields(signer, fields)


def submit(chain: Network, tx: SignedTransaction) -> str:
    chain.pool.add(chain.evm.decode(tx.raw))
    return tx.hash


def done(chain: Network, call: ChainCall, *, signer: Signer = ME) -> Receipt:
    """Send and mine one call."""
    tx_hash = submit(chain, signed(chain, call, signer=signer))
    chain.mine()
    receipt = chain.evm.receipt(bytes.fromhex(tx_hash[2:]))
    assert receipt is not None
    return receipt


def rich(chain: Network, dollars: int = 1_000) -> None:
    """A wallet with everything approved and dollars wrapped."""
    chain.fund(ME.address, 0, dollars * DOLLAR)
    chain.mine()
    for approval in NEEDED:
        assert done(chain, approval.call()).succeeded
    wrap = ChainCall(kind=CallKind.WRAP, token=contracts.USDC_E, amount=dollars * DOLLAR)
    assert done(chain, wrap).succeeded


def market(chain: Network, question: str = QUESTION) -> MarketId:
    condition = chain.prepare(question)
    chain.mine()
    return MarketId(condition)


def asked(chain: Network, to: str, signature: str, *words: bytes) -> int:
    data = keccak(signature.encode())[:4] + arguments(words)
    answer, _ = chain.evm.call(address_of(to), data, address_of(ME.address))
    return int.from_bytes(answer, "big")


def dollars(chain: Network, owner: str = ME.address, token: str = contracts.COLLATERAL) -> int:
    return asked(chain, token, "balanceOf(address)", address_word(owner))


def token(chain: Network, condition: str, outcome: int) -> int:
    adapter = contracts.COLLATERAL_ADAPTER
    index_set = word(outcome + 1)
    return asked(chain, adapter, "tokenOf(bytes32,uint256)", bytes32(condition), index_set)


def shares(chain: Network, condition: str, owner: str = ME.address) -> tuple[int, int]:
    yes, no = (
        asked(
            chain,
            contracts.CONDITIONAL_TOKENS,
            "balanceOf(address,uint256)",
            address_word(owner),
            word(token(chain, condition, outcome)),
        )
        for outcome in (0, 1)
    )
    return yes, no
