from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from connectors.sandbox.chain.evm import GAS_LIMIT
from connectors.sandbox.chain.journal import Journal
from connectors.sandbox.chain.known import QUESTION, condition_id
from connectors.sandbox.chain.network import FINAL_BLOCKS, Network
from schemas.wallet import CallKind, ChainCall
from tests.connectors.sandbox.chain.wallets import GWEI, ME, OTHER, done

PAY = ChainCall(kind=CallKind.SEND, to=OTHER.address, amount=GWEI)


class Clock:
    """Seconds pass when somebody looks."""

    def __init__(self, second: int = 1_700_000_000) -> None:
        self.second = second

    def __call__(self) -> int:
        self.second += 1
        return self.second * 1000


Begin = Callable[..., Network]


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begin]:
    """The chain as a start finds it."""
    with ExitStack() as journals:

        def begin(clock: Clock, *funded: str) -> Network:
            journal = journals.enter_context(Journal(tmp_path / "chain" / "blocks.jsonl"))
            return Network(clock, funded or (ME.address, OTHER.address), journal=journal)

        yield begin


def test_the_next_start_finds_the_same_blocks_and_receipts(begun: Begin) -> None:
    clock = Clock()
    first = begun(clock)
    receipt = done(first, PAY)
    first.mine(3)
    again = begun(Clock(1_800_000_000))
    assert again.evm.header().hash == first.evm.header().hash
    assert again.nonce_of(ME.address) == 1
    again.mine()
    assert again.evm.head == first.evm.head + 1
    assert done(again, PAY).succeeded
    assert receipt.block == 1


def test_blocks_that_were_undone_stay_undone(begun: Begin) -> None:
    clock = Clock()
    first = begun(clock)
    done(first, PAY)
    first.reorganise(1, keep=False)
    again = begun(clock)
    assert again.evm.header().hash == first.evm.header().hash
    assert again.nonce_of(ME.address) == 0


def test_a_line_that_was_not_written_to_its_end_is_left_out(begun: Begin, tmp_path: Path) -> None:
    path, clock = tmp_path / "chain" / "blocks.jsonl", Clock()
    first = begun(clock)
    done(first, PAY)
    kept = first.evm.header().hash
    whole = path.read_bytes()
    first.mine()
    path.write_bytes(whole + b'{"at":17000')
    again = begun(clock)
    assert again.evm.header().hash == kept
    again.mine()
    assert begun(clock).evm.header().hash == again.evm.header().hash


def test_the_journal_of_another_first_block_is_put_aside(begun: Begin, tmp_path: Path) -> None:
    path, clock = tmp_path / "chain" / "blocks.jsonl", Clock()
    done(begun(clock), PAY)
    other = begun(clock, ME.address)
    assert (other.evm.head, other.nonce_of(ME.address)) == (0, 0)
    assert path.with_suffix(".old").exists()
    other.mine()
    assert begun(clock, ME.address).evm.head == 1


def test_quiet_blocks_leave_room_for_transactions() -> None:
    chain = Network(Clock(), (ME.address,))
    chain.mine(50)
    assert chain.evm.header().gas_limit == GAS_LIMIT


def test_the_chain_hurries_until_its_last_transaction_is_final() -> None:
    chain = Network(Clock(), (ME.address,))
    busy = [chain.is_busy]
    done(chain, PAY)
    for _ in range(FINAL_BLOCKS + 1):
        busy.append(chain.is_busy)
        chain.mine()
    assert busy == [False, *[True] * FINAL_BLOCKS, False]


def test_a_market_is_resolved_when_its_result_is_in_a_block() -> None:
    chain = Network(Clock(), (ME.address,))
    assert chain.prepare(QUESTION) == condition_id(QUESTION)
    chain.mine()
    assert not chain.is_resolved(QUESTION)
    chain.resolve(QUESTION, (1, 0))
    chain.mine()
    assert chain.is_resolved(QUESTION)
