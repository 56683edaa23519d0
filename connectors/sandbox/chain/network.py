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
from connectors.sandbox.chain.genesis import OPERATOR_KEY, RELAYER_KEY, address_of, first_state
from connectors.sandbox.chain.pool import Pool, PoolError

BIG_GAS = 5_000_000
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
    ) -> None:
        """Begin with the first block.

        Args:
            now_ms: The clock that blocks carry.
            funded: Addresses that begin with POL.
            wallets: Addresses of smart wallets that the relayer moves.
        """
        self._now_ms = now_ms
        state = first_state(funded, wallets)
        self.evm = Evm(state, now_ms() // 1000)
        self.pool = Pool(self.evm.nonce, self.evm.balance, LOCAL_CHAIN_ID)
        self.operator = Signer(OPERATOR_KEY)
        self.relayer = Signer(RELAYER_KEY)

    def mine(self, blocks: int = 1) -> None:
        """Add blocks with what waits."""
        for _ in range(blocks):
            picked = self.pool.pick(self.evm.next_base_fee(), GAS_LIMIT)
            self.evm.mine(picked, self._now_ms() // 1000)

    def reorganise(self, depth: int, keep: bool = True) -> None:
        """Leave the last blocks for a branch that is one longer, as nodes do.

        Args:
            depth: How many blocks.
            keep: Whether the nodes keep what was in them for later blocks.
        """
        undone = self.evm.undo(depth)
        for _ in range(depth + 1):
            self.evm.mine((), self._now_ms() // 1000)
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
        packed = bytes.fromhex(oracle[2:]) + bytes32(question) + word(2)
        return "0x" + keccak(packed).hex()

    def resolve(self, question: str, payouts: tuple[int, int]) -> None:
        """Report a market's result; (1, 0) is YES, (1, 1) a half each."""
        data = keccak(b"reportPayouts(bytes32,uint256[])")[:4] + arguments(
            (bytes32(question), uints(payouts))
        )
        self.operate(Call(contracts.CONDITIONAL_TOKENS, "0x" + data.hex()))

    def _put_back(self, tx: SignedTransactionAPI) -> None:
        try:
            self.pool.add(tx)
        except PoolError:
            return


def _call(to: str, signature: str, address: str, amount: int) -> Call:
    data = keccak(signature.encode())[:4] + arguments((address_word(address), word(amount)))
    return Call(to, "0x" + data.hex())
