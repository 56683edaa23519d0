"""The local chain as a whole: blocks, pool, money for everybody, and what can go wrong with it."""

from collections.abc import Callable, Sequence

from eth.abc import SignedTransactionAPI

from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polygon.signing import Fields, sign_fields
from connectors.polymarket import contracts
from connectors.polymarket.abi import arguments, uints
from connectors.polymarket.calldata import Call
from connectors.polymarket.eip712 import address_word, bytes32, word
from connectors.polymarket.keccak import keccak
from connectors.polymarket.signer import Signer
from connectors.sandbox.chain.evm import GAS_LIMIT, Evm
from connectors.sandbox.chain.genesis import address_of, first_state
from connectors.sandbox.chain.journal import Journal
from connectors.sandbox.chain.known import OPERATOR_KEY, RELAYER_KEY, condition_id
from connectors.sandbox.chain.pool import Pool, PoolError

BIG_GAS = 5_000_000
FINAL_BLOCKS = 16
"""After its last transaction the chain hurries on for so many blocks, so that it becomes final."""
OPERATOR_TIP = 100 * 10**9
OPERATOR_FEE = 1_000 * 10**9


class Network:
    """What all nodes of the local chain agree on.

    Attributes:
        evm: Blocks and state.
        pool: What waits.
    """

    def __init__(
        self,
        now_ms: Callable[[], int],
        funded: Sequence[str] = (),
        wallets: Sequence[str] = (),
        journal: Journal | None = None,
    ) -> None:
        """Begin with the first block, or go on where the journal ends.

        Args:
            now_ms: The clock that blocks carry.
            funded: Addresses that begin with POL.
            wallets: Addresses of smart wallets that the relayer moves.
            journal: Keeps the blocks; None forgets them with the process.
        """
        self._now_ms = now_ms
        self._journal = journal
        began = None if journal is None else journal.began
        self.evm = Evm(first_state(funded, wallets), now_ms() // 1000 if began is None else began)
        self.pool = Pool(self.evm.nonce, self.evm.balance, LOCAL_CHAIN_ID)
        self.operator = Signer(OPERATOR_KEY)
        self.relayer = Signer(RELAYER_KEY)
        if journal is not None:
            self._follow(journal)

    def mine(self, blocks: int = 1) -> None:
        """Add blocks with what waits."""
        for _ in range(blocks):
            self._block(self.pool.pick(self.evm.next_base_fee(), GAS_LIMIT))

    def reorganise(self, depth: int, keep: bool = True) -> None:
        """Leave the last blocks for a branch that is one longer, as nodes do.

        Args:
            depth: How many blocks.
            keep: Whether the nodes keep what was in them for later blocks.
        """
        undone = self.evm.undo(depth)
        if self._journal is not None:
            self._journal.undone(depth)
        for _ in range(depth + 1):
            self._block(())
        if keep:
            for tx in undone:
                self._put_back(tx)

    def operate(self, call: Call, signer: Signer | None = None) -> bytes:
        """Send a call of the operator's: reports of results, settlements, money.

        Returns:
            The transaction's hash; it is in the next block.
        """
        who = self.operator if signer is None else signer
        sender = address_of(who.address)
        fields = Fields(
            chain_id=LOCAL_CHAIN_ID,
            nonce=self.pool.pending_nonce(sender),
            max_tip=OPERATOR_TIP,
            max_fee=OPERATOR_FEE,
            gas_limit=BIG_GAS,
            to=call.to,
            value=call.value,
            data=call.data,
        )
        tx = self.evm.decode(sign_fields(who, fields).raw)
        self.pool.add(tx)
        return tx.hash

    @property
    def is_busy(self) -> bool:
        """Something waits, or is not final yet."""
        return bool(self.pool.size) or self.evm.has_filled(FINAL_BLOCKS)

    def nonce_of(self, address: str) -> int:
        """Transactions of an address that are in blocks."""
        return self.evm.nonce(address_of(address))

    def is_resolved(self, question: str) -> bool:
        """Whether a market's result was reported."""
        data = keccak(b"payoutDenominator(bytes32)")[:4] + bytes32(condition_id(question))
        tokens = address_of(contracts.CONDITIONAL_TOKENS)
        answer, _ = self.evm.call(tokens, data, address_of(self.operator.address))
        return bool(int.from_bytes(answer, "big"))

    def fund(self, address: str, pol_wei: int, dollars: int) -> None:
        """Print POL from the operator's pocket, and USDC.e, for an address."""
        if pol_wei:
            self.operate(Call(address, "0x", pol_wei))
        if dollars:
            self.operate(_call(contracts.USDC_E, "mint(address,uint256)", address, dollars))

    def prepare(self, question: str) -> str:
        """Open a market of two outcomes.

        Args:
            question: 0x and 64 hex digits.

        Returns:
            Its condition id.
        """
        oracle = self.operator.address
        data = keccak(b"prepareCondition(address,bytes32,uint256)")[:4] + arguments(
            (address_word(oracle), bytes32(question), word(2))
        )
        self.operate(Call(contracts.CONDITIONAL_TOKENS, "0x" + data.hex()))
        return condition_id(question)

    def resolve(self, question: str, payouts: tuple[int, int]) -> None:
        """Report a market's result; (1, 0) is YES, (1, 1) a half each."""
        data = keccak(b"reportPayouts(bytes32,uint256[])")[:4] + arguments(
            (bytes32(question), uints(payouts))
        )
        self.operate(Call(contracts.CONDITIONAL_TOKENS, "0x" + data.hex()))

    def _block(self, transactions: Sequence[SignedTransactionAPI]) -> None:
        at = self._now_ms() // 1000
        self.evm.mine(transactions, at)
        if self._journal is not None:
            self._journal.mined(at, [tx.encode() for tx in transactions])

    def _follow(self, journal: Journal) -> None:
        first = self.evm.header()
        for step in journal.steps(first.hash, first.timestamp):
            if step.undo:
                self.evm.undo(step.undo)
            else:
                raw = [self.evm.decode(bytes.fromhex(each)) for each in step.raw]
                self.evm.mine(raw, step.at)

    def _put_back(self, tx: SignedTransactionAPI) -> None:
        try:
            self.pool.add(tx)
        except PoolError:
            return


def _call(to: str, signature: str, address: str, amount: int) -> Call:
    data = keccak(signature.encode())[:4] + arguments((address_word(address), word(amount)))
    return Call(to, "0x" + data.hex())
