"""What waits for a block: one transaction a nonce and sender, as nodes keep them."""

from collections.abc import Callable

from eth.abc import SignedTransactionAPI
from eth_typing import Address

PRICE_BUMP_PERCENT = 10
SERVER_ERROR = -32_000


class PoolError(Exception):
    """A node does not take a transaction; the words are geth's."""


class Pool:
    """The pool of all nodes.

    Attributes:
        limit: Transactions it holds; a fault lowers it.
        least_tip: Wei a unit; nodes refuse less.
    """

    def __init__(
        self,
        nonce_of: Callable[[Address], int],
        balance_of: Callable[[Address], int],
        chain_id: int,
        limit: int = 4096,
        least_tip: int = 25 * 10**9,
    ) -> None:
        """Start empty."""
        self._nonce_of = nonce_of
        self._balance_of = balance_of
        self._chain_id = chain_id
        self.limit = limit
        self.least_tip = least_tip
        self._waiting: dict[tuple[Address, int], SignedTransactionAPI] = {}

    def add(self, tx: SignedTransactionAPI) -> None:
        """Take a transaction.

        Raises:
            PoolError: As a node would refuse it.
        """
        self._forget_used()
        sender = tx.sender
        nonce = self._nonce_of(sender)
        if tx.chain_id != self._chain_id:
            raise PoolError("invalid sender: invalid chain id for signer")
        if tx.nonce < nonce:
            raise PoolError(f"nonce too low: next nonce {nonce}, tx nonce {tx.nonce}")
        there = self._waiting.get((sender, tx.nonce))
        if there is not None and there.hash == tx.hash:
            raise PoolError("already known")
        if tx.max_priority_fee_per_gas < self.least_tip:
            raise PoolError(
                f"transaction underpriced: gas tip cap {tx.max_priority_fee_per_gas}, "
                f"minimum needed {self.least_tip}"
            )
        if there is not None and not _outbids(tx, there):
            raise PoolError("replacement transaction underpriced")
        cost = tx.gas * tx.max_fee_per_gas + tx.value
        if self._balance_of(sender) < cost:
            raise PoolError("insufficient funds for gas * price + value")
        if there is None and len(self._waiting) >= self.limit:
            raise PoolError("txpool is full")
        self._waiting[sender, tx.nonce] = tx

    @property
    def size(self) -> int:
        """Transactions that wait."""
        self._forget_used()
        return len(self._waiting)

    def find(self, tx_hash: bytes) -> SignedTransactionAPI | None:
        """A waiting transaction."""
        return next((tx for tx in self._waiting.values() if tx.hash == tx_hash), None)

    def drop(self, tx_hash: bytes | None = None) -> int:
        """Forget one transaction, or all: how many were there."""
        self._forget_used()
        gone = [key for key, tx in self._waiting.items() if tx_hash in (None, tx.hash)]
        for key in gone:
            del self._waiting[key]
        return len(gone)

    def pending_nonce(self, sender: Address) -> int:
        """The next nonce with everything that waits without a gap."""
        nonce = self._nonce_of(sender)
        while (sender, nonce) in self._waiting:
            nonce += 1
        return nonce

    def pick(self, base_fee: int, gas_limit: int) -> list[SignedTransactionAPI]:
        """What the next block takes: the best tips first, each sender's in order."""
        self._forget_used()
        picked: list[SignedTransactionAPI] = []
        nonces: dict[Address, int] = {}
        room = gas_limit
        while True:
            ready = [
                tx
                for (sender, nonce), tx in self._waiting.items()
                if nonce == nonces.get(sender, self._nonce_of(sender))
                and tx.max_fee_per_gas >= base_fee
                and tx.gas <= room
            ]
            if not ready:
                return picked
            best = max(ready, key=lambda tx: (tx.max_priority_fee_per_gas, tx.hash))
            picked.append(best)
            nonces[best.sender] = best.nonce + 1
            room -= best.gas

    def _forget_used(self) -> None:
        for key in [key for key in self._waiting if key[1] < self._nonce_of(key[0])]:
            del self._waiting[key]


def _outbids(new: SignedTransactionAPI, old: SignedTransactionAPI) -> bool:
    factor = 100 + PRICE_BUMP_PERCENT
    return (
        new.max_fee_per_gas * 100 >= old.max_fee_per_gas * factor
        and new.max_priority_fee_per_gas * 100 >= old.max_priority_fee_per_gas * factor
    )
