"""Several nodes as one: what they agree on is believed, what they differ in is doubt."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar

from web3.exceptions import Web3RPCError

from connectors.polygon.rpc import Head, NodeAwayError, Receipt, Rpc

LAG_BLOCKS = 10
"""Blocks a node may be behind the others."""
STALE_S = 120
"""Seconds after which the newest block of all is old."""
T = TypeVar("T")


class Nonces(NamedTuple):
    """What the nodes say of an address' nonces.

    Attributes:
        latest: In blocks.
        pending: With what waits.
        settled: In blocks that no longer change.
        block: The newest one.
        doubt: Why not to build on it; empty when all is well.
    """

    latest: int
    pending: int
    settled: int
    block: int
    doubt: str


class Sighting(NamedTuple):
    """Where a transaction was found.

    Attributes:
        receipt: Of a block; None when none has it.
        pooled: A node's pool has it.
        head: The newest block of the slowest node that answered.
    """

    receipt: Receipt | None
    pooled: bool
    head: int


class Nodes:
    """Asks all nodes; one that is away is done without, as long as one answers."""

    def __init__(
        self, nodes: Sequence[Rpc], chain_id: int, confirmations: int, now_s: Callable[[], float]
    ) -> None:
        """Hold the nodes.

        Args:
            nodes: At least one.
            chain_id: What they all must serve.
            confirmations: Blocks that make a block final.
            now_s: Wall time, seconds.
        """
        self._nodes = tuple(nodes)
        self._chain_id = chain_id
        self._confirmations = confirmations
        self._now_s = now_s

    async def close(self) -> None:
        """Disconnect from all."""
        await asyncio.gather(*(node.close() for node in self._nodes))

    async def nonces(self, address: str) -> Nonces:
        """The nonces of an address, with every reason not to believe them.

        Raises:
            NodeAwayError: No node answers.
        """
        strangers = await self.strangers()
        if strangers:
            return Nonces(0, 0, 0, 0, strangers)
        heads = await self._every(lambda node: node.head())
        newest = max(head.number for head in heads.values())
        doubt = self._late(heads)
        # Compared at one block that all have, for nodes are never at the same moment.
        common = max(0, min(head.number for head in heads.values()))
        settled_at = max(0, common - self._confirmations)
        settled = await self._every(lambda node: node.nonce(address, settled_at))
        latest = await self._every(lambda node: node.nonce(address))
        pending = await self._every(lambda node: node.pending_nonce(address))
        if len(set(settled.values())) > 1:
            said = ", ".join(f"{node.name} says {count}" for node, count in settled.items())
            doubt = doubt or (
                f"nodes disagree about {address} at block {settled_at}: {said}. One is on another "
                "branch or lies; take it out of PETS_POLYGON_RPC."
            )
        return Nonces(
            max(latest.values()),
            max(pending.values()),
            min(settled.values()),
            newest,
            doubt,
        )

    async def strangers(self) -> str:
        """Nodes that serve another chain, in a sentence; empty when there are none.

        Raises:
            NodeAwayError: No node answers.
        """
        chains = await self._every(lambda node: node.chain_id())
        wrong = [
            f"{node.name} serves {found}"
            for node, found in chains.items()
            if found != self._chain_id
        ]
        if not wrong:
            return ""
        return (
            f"expected nodes of chain {self._chain_id}, {', '.join(wrong)}. Correct "
            "PETS_POLYGON_RPC or PETS_CHAIN_ID."
        )

    async def find(self, tx_hash: str) -> Sighting:
        """Look for a transaction everywhere.

        Raises:
            NodeAwayError: No node answers.
        """
        heads = await self._every(lambda node: node.head())
        receipts = await self._every(lambda node: node.receipt(tx_hash))
        slowest = min(head.number for head in heads.values())
        found = next((receipt for receipt in receipts.values() if receipt is not None), None)
        if found is not None:
            return Sighting(found, True, slowest)
        known = await self._every(lambda node: node.knows(tx_hash))
        return Sighting(None, any(known.values()), slowest)

    async def send(self, raw: bytes) -> list[str]:
        """Hand a transaction to every node.

        Returns:
            What those said that did not take it; empty as soon as one did.

        Raises:
            NodeAwayError: No node answers.
        """
        said = await self._every(lambda node: node.send(raw))
        if any(words is None for words in said.values()):
            return []
        return [words for words in said.values() if words is not None]

    async def first(self, ask: Callable[[Rpc], Awaitable[T]]) -> T:
        """The answer of the first node that gives one.

        Raises:
            NodeAwayError: None does.
        """
        failure: Exception | None = None
        for node in self._nodes:
            try:
                return await ask(node)
            except (NodeAwayError, Web3RPCError) as error:
                failure = error
        raise NodeAwayError(f"No node of the chain answers ({failure}).")

    async def _every(self, ask: Callable[[Rpc], Awaitable[T]]) -> dict[Rpc, T]:
        answers = await asyncio.gather(*(ask(node) for node in self._nodes), return_exceptions=True)
        found: dict[Rpc, T] = {}
        failure: BaseException | None = None
        for node, answer in zip(self._nodes, answers, strict=True):
            if isinstance(answer, NodeAwayError | Web3RPCError):
                failure = answer
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found[node] = answer
        if not found:
            raise NodeAwayError(f"No node of the chain answers ({failure}).")
        return found

    def _late(self, heads: dict[Rpc, Head]) -> str:
        newest = max(heads.values())
        age = self._now_s() - newest.timestamp
        if age > STALE_S:
            return f"the chain's newest block is {age:.0f} s old: nodes are stuck or away."
        late = [
            f"{node.name} by {newest.number - head.number} blocks"
            for node, head in heads.items()
            if newest.number - head.number > LAG_BLOCKS
        ]
        return f"nodes lag: {', '.join(late)}." if late else ""
