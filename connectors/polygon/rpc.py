"""One node of the chain, over web3's asynchronous client; errors are ours."""

from collections.abc import Awaitable
from typing import NamedTuple, TypeVar

from aiohttp import ClientError, ClientTimeout
from eth_typing import BlockNumber, HexStr
from web3 import AsyncBaseProvider, AsyncHTTPProvider, AsyncWeb3
from web3.exceptions import TransactionNotFound, Web3Exception, Web3RPCError
from web3.types import BlockIdentifier, TxParams, Wei

from configs.redaction import redact_text
from schemas.errors import InfrastructureError

TIMEOUT_S = 8.0
T = TypeVar("T")


class NodeAwayError(InfrastructureError):
    """A node did not answer, or not with sense."""


class Receipt(NamedTuple):
    """What a block says of a transaction."""

    block: int
    succeeded: bool
    gas_used: int
    gas_price: int


class Head(NamedTuple):
    """The newest block of a node.

    Attributes:
        timestamp: Seconds.
        base_fee: Of the block, wei.
    """

    number: int
    timestamp: int
    base_fee: int


class Rpc:
    """Asks one node. Connections are pooled by the client's session.

    Attributes:
        name: The host, for people; an address may carry a key.
    """

    def __init__(
        self, url: str, timeout_s: float = TIMEOUT_S, provider: AsyncBaseProvider | None = None
    ) -> None:
        """Name the node; nothing connects yet.

        Args:
            url: Its address.
            timeout_s: How long an answer may take.
            provider: Another way to it than HTTP.
        """
        self._provider = provider or AsyncHTTPProvider(
            url, request_kwargs={"timeout": ClientTimeout(total=timeout_s)}
        )
        self._web3 = AsyncWeb3(self._provider)
        self.name = url.split("/")[2].rpartition("@")[2] if "//" in url else url

    async def close(self) -> None:
        """Disconnect."""
        await self._provider.disconnect()

    async def chain_id(self) -> int:
        """The chain it serves."""
        return int(await self._asked(self._web3.eth.chain_id))

    async def head(self) -> Head:
        """Its newest block."""
        block = await self._asked(self._web3.eth.get_block("latest"))
        return Head(block["number"], block["timestamp"], block.get("baseFeePerGas", Wei(0)))

    async def block_hash(self, number: int) -> str:
        """The hash of a block."""
        block = await self._asked(self._web3.eth.get_block(BlockNumber(number)))
        return "0x" + block["hash"].hex().removeprefix("0x")

    async def nonce(self, address: str, block: int | None = None) -> int:
        """Transactions of an address up to a block; the newest without one."""
        account = self._web3.to_checksum_address(address)
        at: BlockIdentifier = "latest" if block is None else BlockNumber(block)
        return int(await self._asked(self._web3.eth.get_transaction_count(account, at)))

    async def pending_nonce(self, address: str) -> int:
        """The same with what waits in its pool."""
        account = self._web3.to_checksum_address(address)
        return int(await self._asked(self._web3.eth.get_transaction_count(account, "pending")))

    async def balance(self, address: str) -> int:
        """Wei of POL."""
        account = self._web3.to_checksum_address(address)
        return int(await self._asked(self._web3.eth.get_balance(account)))

    async def call(self, to: str, data: str) -> bytes:
        """What a contract answers to a question."""
        asked: TxParams = {"to": self._web3.to_checksum_address(to), "data": HexStr(data)}
        return bytes(await self._asked(self._web3.eth.call(asked)))

    async def tip(self) -> int:
        """The tip it suggests, wei a unit."""
        return int(await self._asked(self._web3.eth.max_priority_fee))

    async def receipt(self, tx_hash: str) -> Receipt | None:
        """What a block says of a transaction; None when none has it."""
        try:
            found = await self._asked(self._web3.eth.get_transaction_receipt(HexStr(tx_hash)))
        except TransactionNotFound:
            return None
        return Receipt(
            found["blockNumber"],
            found["status"] == 1,
            found["gasUsed"],
            found.get("effectiveGasPrice", Wei(0)),
        )

    async def knows(self, tx_hash: str) -> bool:
        """Whether its pool or a block has a transaction."""
        try:
            await self._asked(self._web3.eth.get_transaction(HexStr(tx_hash)))
        except TransactionNotFound:
            return False
        return True

    async def send(self, raw: bytes) -> str | None:
        """Hand a signed transaction over.

        Returns:
            What it said against it; None when it took it.
        """
        try:
            await self._asked(self._web3.eth.send_raw_transaction(raw))
        except Web3RPCError as error:
            return redact_text(error.message or str(error))
        return None

    async def _asked(self, answer: Awaitable[T]) -> T:
        try:
            return await answer
        except (TransactionNotFound, Web3RPCError):
            raise
        except (Web3Exception, ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
            said = redact_text(f"{type(error).__name__}: {error}")
            raise NodeAwayError(f"The node {self.name} gave no usable answer ({said}).") from error
