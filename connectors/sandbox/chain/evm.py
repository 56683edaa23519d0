"""Blocks and state of the local chain: py-evm executes, this decides which branch counts."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from eth.abc import BlockHeaderAPI, ReceiptAPI, SignedTransactionAPI
from eth.chains.base import MiningChain
from eth.db.atomic import AtomicDB
from eth.exceptions import Revert, VMError
from eth.typing import AccountDetails
from eth.vm.forks.shanghai import ShanghaiVM
from eth.vm.spoof import SpoofTransaction
from eth_typing import Address

from connectors.polygon.addresses import LOCAL_CHAIN_ID

GAS_LIMIT = 30_000_000
CALL_GAS = 10_000_000
FIRST_BASE_FEE = 20 * 10**9


class _Chain(MiningChain):
    chain_id = LOCAL_CHAIN_ID
    vm_configuration = ((0, ShanghaiVM),)  # type: ignore[assignment]


class Receipt(NamedTuple):
    """What a block says of a transaction."""

    block: int
    succeeded: bool
    gas_used: int
    gas_price: int


class _Block(NamedTuple):
    header: BlockHeaderAPI
    transactions: tuple[SignedTransactionAPI, ...]


class CallRevertedError(Exception):
    """A call was undone by the contract.

    Attributes:
        data: What the contract said.
    """

    def __init__(self, data: bytes) -> None:
        """Keep what the contract said."""
        super().__init__(f"execution reverted: {_reason(data)}")
        self.data = data


class Evm:
    """One branch of blocks, the newest of which may be undone."""

    def __init__(self, state: dict[Address, AccountDetails], timestamp: int) -> None:
        """Make the first block.

        Args:
            state: Accounts and contracts.
            timestamp: Of the first block, seconds.
        """
        params = {
            "coinbase": Address(bytes(20)),
            "difficulty": 0,
            "extra_data": b"",
            "gas_limit": GAS_LIMIT,
            "mix_hash": bytes(32),
            "nonce": bytes(8),
            "timestamp": timestamp,
            "base_fee_per_gas": FIRST_BASE_FEE,
        }
        chain = _Chain.from_genesis(AtomicDB(), params, state)  # type: ignore[arg-type]
        self._chain = cast(_Chain, chain)
        self._blocks = [_Block(self._chain.get_canonical_head(), ())]
        self._receipts: dict[bytes, Receipt] = {}
        self._undone = 0

    @property
    def head(self) -> int:
        """Number of the newest block."""
        return len(self._blocks) - 1

    def has_filled(self, newest: int) -> bool:
        """Whether one of the newest blocks has transactions."""
        return any(block.transactions for block in self._blocks[-newest:])

    def header(self, number: int | None = None) -> BlockHeaderAPI:
        """A block's header; the newest one's without a number."""
        return self._blocks[self.head if number is None else max(0, number)].header

    def next_base_fee(self) -> int:
        """What the next block burns per unit of gas."""
        following = self._chain.create_header_from_parent(self.header())
        return int(following.base_fee_per_gas or 0)

    def decode(self, raw: bytes) -> SignedTransactionAPI:
        """A signed transaction from its bytes.

        Raises:
            ValueError: They are none.
        """
        try:
            builder = self._chain.get_vm(self.header()).get_transaction_builder()
            decoded: SignedTransactionAPI = builder.decode(raw)
        except Exception as error:
            raise ValueError(f"not a transaction: {type(error).__name__}") from error
        return decoded

    def mine(self, transactions: Sequence[SignedTransactionAPI], timestamp: int) -> None:
        """Add a block; the transactions must be executable in this order."""
        parent = self.header()
        # After a reorganisation the new branch must not repeat the old one's block hashes.
        later = max(timestamp, parent.timestamp + 1 + self._undone)
        self._undone = 0
        # Left to itself, the limit of gas falls with every empty block.
        self._chain.header = self._chain.create_header_from_parent(
            parent, gas_limit=GAS_LIMIT, timestamp=later
        )
        result, receipts, _ = self._chain.mine_all(list(transactions), timestamp=later)
        header = result.imported_block.header
        self._blocks.append(_Block(header, tuple(transactions)))
        self._note(header, transactions, receipts)

    def undo(self, depth: int) -> tuple[SignedTransactionAPI, ...]:
        """Leave the last blocks; their transactions are in no block any more.

        Returns:
            Those transactions, oldest first.
        """
        depth = min(depth, self.head)
        if not depth:
            return ()
        undone = tuple(tx for block in self._blocks[-depth:] for tx in block.transactions)
        del self._blocks[-depth:]
        self._undone += 1
        for tx in undone:
            self._receipts.pop(tx.hash, None)
        return undone

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        """What a block says of a transaction; None when none has it."""
        return self._receipts.get(tx_hash)

    def nonce(self, address: Address, number: int | None = None) -> int:
        """Transactions of an address up to a block."""
        return int(self._chain.get_vm(self.header(number)).state.get_nonce(address))

    def balance(self, address: Address, number: int | None = None) -> int:
        """Wei of an address."""
        return int(self._chain.get_vm(self.header(number)).state.get_balance(address))

    def code(self, address: Address) -> bytes:
        """A contract's code."""
        return bytes(self._chain.get_vm(self.header()).state.get_code(address))

    def call(
        self, to: Address, data: bytes, sender: Address, number: int | None = None
    ) -> tuple[bytes, int]:
        """Execute without effect: what comes back, and the gas it took.

        Raises:
            CallRevertedError: The contract undid it.
        """
        header = self.header(number)
        vm = self._chain.get_vm(header)
        tx = vm.create_unsigned_transaction(
            nonce=vm.state.get_nonce(sender),
            gas_price=0,
            gas=CALL_GAS,
            to=to,
            value=0,
            data=data,
        )
        spoof = SpoofTransaction(tx, from_=sender)
        with vm.in_costless_state() as state:
            computation = state.costless_execute_transaction(spoof)  # type: ignore[arg-type]
        try:
            computation.raise_if_error()
        except Revert:
            raise CallRevertedError(bytes(computation.output)) from None
        except VMError as error:
            raise CallRevertedError(str(error).encode()) from None
        return bytes(computation.output), int(computation.get_gas_used())

    def _note(
        self,
        header: BlockHeaderAPI,
        transactions: Sequence[SignedTransactionAPI],
        receipts: Sequence[ReceiptAPI],
    ) -> None:
        before = 0
        base = int(header.base_fee_per_gas or 0)
        for tx, receipt in zip(transactions, receipts, strict=True):
            tip = min(tx.max_priority_fee_per_gas, tx.max_fee_per_gas - base)
            self._receipts[tx.hash] = Receipt(
                block=int(header.block_number),
                succeeded=receipt.state_root == b"\x01",
                gas_used=int(receipt.gas_used) - before,
                gas_price=base + int(tip),
            )
            before = int(receipt.gas_used)


def _reason(data: bytes) -> str:
    """The sentence of `Error(string)`, or what else a contract returned."""
    if len(data) >= 68 and data[:4] == bytes.fromhex("08c379a0"):
        length = int.from_bytes(data[36:68], "big")
        return data[68 : 68 + length].decode(errors="replace")
    return data.decode() if data.isascii() else "0x" + data.hex()
