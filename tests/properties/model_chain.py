"""A chain with one sender's pool, blocks and reorganisations, small enough to be plainly right."""

from dataclasses import dataclass, field
from decimal import Decimal

from schemas.wallet import (
    CallKind,
    ChainCall,
    GasObserved,
    JobKind,
    JobRequested,
    Sight,
    TransactionObserved,
    WalletObserved,
)
from streams.gas import GWEI
from streams.nonce_state import Attempt, Send, Slot

ADDRESS = "0x" + "ab" * 20
VOID = "void"


@dataclass(frozen=True)
class Tx:
    """A signed transaction: the same fields are the same transaction."""

    nonce: int
    number: int
    max_fee: int
    content: str

    @property
    def hash(self) -> str:
        return f"{self.nonce}/{self.number}/{self.max_fee}/{self.content}"


def signed(slot: Slot, attempt: Attempt) -> Tx:
    content = VOID if attempt.void else f"{slot.job_id}#{slot.step}"
    return Tx(slot.nonce, attempt.number, attempt.max_fee, content)


@dataclass
class ModelChain:
    """What the nodes of a network agree on."""

    pool: dict[int, Tx] = field(default_factory=dict)
    blocks: list[list[Tx]] = field(default_factory=lambda: [[]])
    price: int = 20 * GWEI

    @property
    def head(self) -> int:
        return len(self.blocks) - 1

    def nonce(self, at: int | None = None) -> int:
        last = self.head if at is None else at
        return sum(len(block) for block in self.blocks[: max(0, last) + 1])

    @property
    def pending_nonce(self) -> int:
        nonce = self.nonce()
        while nonce in self.pool:
            nonce += 1
        return nonce

    def submit(self, tx: Tx) -> Sight:
        if tx.nonce < self.nonce():
            return Sight.ABSENT
        there = self.pool.get(tx.nonce)
        if there is not None and there != tx and tx.max_fee * 10 < there.max_fee * 11:
            return Sight.UNDERPRICED
        self.pool[tx.nonce] = tx
        return Sight.POOLED

    def mine(self, most: int = 4) -> None:
        block: list[Tx] = []
        nonce = self.nonce()
        while len(block) < most and nonce in self.pool:
            if self.pool[nonce].max_fee < self.price:
                break
            block.append(self.pool.pop(nonce))
            nonce += 1
        self.blocks.append(block)

    def reorganise(self, depth: int, keep: bool) -> None:
        """Undo the last blocks; their transactions go back to the pool, or are lost."""
        undone = [tx for block in self.blocks[-depth:] for tx in block]
        del self.blocks[-depth:]
        # The other branch is as long, and empty so far.
        self.blocks.extend([] for _ in range(depth))
        for tx in undone:
            if keep:
                self.pool.setdefault(tx.nonce, tx)

    def find(self, tx: Tx) -> int | None:
        for number, block in enumerate(self.blocks):
            if tx in block:
                return number
        return None

    def executed(self) -> list[str]:
        return [tx.content for block in self.blocks for tx in block if tx.content != VOID]


def look(chain: ModelChain, send: Send, now: int) -> list[TransactionObserved]:
    """What a sender does with one request: look all up, send the last if nothing is there."""
    slot = send.slot
    every = [(attempt, signed(slot, attempt)) for attempt in slot.attempts]
    for attempt, tx in every:
        block = chain.find(tx)
        if block is not None:
            return [observed(slot, attempt, tx, Sight.MINED, chain, now, block)]
    sights = []
    for attempt, tx in every:
        is_last = attempt is slot.attempts[-1]
        there = chain.pool.get(slot.nonce) == tx
        sight = Sight.POOLED if there else chain.submit(tx) if is_last else Sight.ABSENT
        sights.append(observed(slot, attempt, tx, sight, chain, now))
    return sights


def observed(
    slot: Slot,
    attempt: Attempt,
    tx: Tx,
    sight: Sight,
    chain: ModelChain,
    now: int,
    block: int = 0,
) -> TransactionObserved:
    return TransactionObserved(
        event_id=f"{tx.hash}@{now}",
        event_time=now,
        ingest_time=now,
        source="sender",
        wallet=ADDRESS,
        nonce=slot.nonce,
        attempt=attempt.number,
        hash=tx.hash,
        sight=sight,
        block=block,
        head=chain.head,
        gas_used=50_000,
        gas_price=tx.max_fee,
    )


def wallet_seen(chain: ModelChain, now: int, confirmations: int, doubt: str = "") -> WalletObserved:
    return WalletObserved(
        event_id=f"wallet@{now}",
        event_time=now,
        ingest_time=now,
        source="sender",
        wallet=ADDRESS,
        nonce=chain.nonce(),
        pending_nonce=chain.pending_nonce,
        settled_nonce=chain.nonce(chain.head - confirmations),
        block=chain.head,
        balances={"POL": Decimal(10)},
        doubt=doubt,
    )


def gas_seen(now: int, gwei: int = 20) -> GasObserved:
    return GasObserved(
        event_id=f"gas@{now}",
        event_time=now,
        ingest_time=now,
        source="sender",
        base_fee=gwei * GWEI * 3 // 4,
        tip_slow=gwei * GWEI // 5,
        tip_standard=gwei * GWEI // 4,
        tip_fast=gwei * GWEI // 3,
        pol_usd=Decimal("0.25"),
        origin="station",
    )


def job_of(number: int, calls: int = 1, now: int = 0, urgent: bool = False) -> JobRequested:
    return JobRequested(
        event_id=f"job-{number}",
        event_time=now,
        ingest_time=now,
        source="test",
        job_id=f"job-{number}",
        wallet=ADDRESS,
        kind=JobKind.MERGE,
        calls=tuple(ChainCall(kind=CallKind.MERGE, amount=number) for _ in range(calls)),
        reason="test",
        urgent=urgent,
        by="test",
    )
