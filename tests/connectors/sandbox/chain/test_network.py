import pytest

from connectors.sandbox.chain.genesis import address_of
from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.node import Node, RpcError
from connectors.sandbox.chain.pool import PoolError
from schemas.wallet import CallKind, ChainCall
from tests.connectors.sandbox.chain.wallets import GWEI, ME, OTHER, network, signed, submit

PAY = ChainCall(kind=CallKind.SEND, to=OTHER.address, amount=GWEI)
MINE = address_of(ME.address)


def raw_hash(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def refusal(chain: Network, *, nonce: int | None = None, tip: int = 30) -> str:
    with pytest.raises(PoolError) as told:
        submit(chain, signed(chain, PAY, nonce=nonce, tip=tip))
    return str(told.value)


def test_a_block_takes_each_senders_transactions_in_order() -> None:
    chain = network()
    hashes = [submit(chain, signed(chain, PAY, nonce=nonce)) for nonce in (2, 0, 1, 5)]
    assert chain.pool.pending_nonce(MINE) == 3
    chain.mine()
    receipts = [chain.evm.receipt(raw_hash(tx)) for tx in hashes]
    assert [receipt is not None for receipt in receipts] == [True, True, True, False]
    assert chain.evm.nonce(MINE) == 3


def test_a_replacement_needs_a_tenth_more_in_both_fees() -> None:
    chain = network()
    first = submit(chain, signed(chain, PAY, nonce=0, tip=30))
    assert refusal(chain, nonce=0, tip=30) == "already known"
    assert refusal(chain, nonce=0, tip=32) == "replacement transaction underpriced"
    second = submit(chain, signed(chain, PAY, nonce=0, tip=60))
    chain.mine()
    assert chain.evm.receipt(raw_hash(first)) is None
    assert chain.evm.receipt(raw_hash(second)) is not None
    assert "nonce too low" in refusal(chain, nonce=0, tip=90)


def test_a_full_pool_and_a_low_tip_are_refused() -> None:
    chain = network()
    chain.pool.limit = 1
    submit(chain, signed(chain, PAY))
    assert refusal(chain) == "txpool is full"
    assert "underpriced" in refusal(chain, tip=24)


def test_an_undone_block_gives_its_transactions_back_or_loses_them() -> None:
    chain = network()
    for keep in (True, False):
        tx = submit(chain, signed(chain, PAY))
        chain.mine(3)
        before = chain.evm.header(chain.evm.head - 2).hash
        chain.reorganise(3, keep=keep)
        assert chain.evm.header(chain.evm.head - 3).hash != before
        assert chain.evm.receipt(raw_hash(tx)) is None
        assert (chain.pool.find(raw_hash(tx)) is not None) is keep
        chain.mine()
        assert (chain.evm.receipt(raw_hash(tx)) is not None) is keep


def test_a_node_lags_lies_loses_and_falls_silent() -> None:
    chain = network()
    good, bad = Node(chain), Node(chain)
    tx = submit(chain, signed(chain, PAY))
    chain.mine(2)
    bad.faults.lag = 2
    assert good.answer("eth_getTransactionCount", [ME.address, "latest"]) == "0x1"
    assert bad.answer("eth_getTransactionCount", [ME.address, "latest"]) == "0x0"
    assert bad.answer("eth_getTransactionReceipt", [tx]) is None
    bad.faults.chain_id = 1
    assert (good.answer("eth_chainId", []), bad.answer("eth_chainId", [])) == ("0x7a69", "0x1")
    bad.faults.loses = True
    again = signed(chain, PAY)
    assert bad.answer("eth_sendRawTransaction", ["0x" + again.raw.hex()]) == again.hash
    assert good.answer("eth_getTransactionByHash", [again.hash]) is None
    bad.faults.silent = True
    with pytest.raises(RpcError):
        bad.answer("eth_blockNumber", [])


@pytest.mark.parametrize(
    ("method", "params", "told"),
    [
        ("eth_unheard", [], "does not exist"),
        ("eth_getBalance", [], "invalid params"),
        ("eth_getBalance", [1, "latest"], "invalid params"),
        ("eth_sendRawTransaction", ["0x1234"], "invalid params"),
        ("eth_getBlockByNumber", ["0xffff"], "not found"),
    ],
)
def test_bad_requests_are_errors(method: str, params: list[object], told: str) -> None:
    node = Node(network())
    with pytest.raises(RpcError, match=told):
        node.answer(method, params)  # type: ignore[arg-type]
