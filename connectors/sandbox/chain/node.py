"""One node of the local chain: Ethereum's JSON-RPC, truthful unless told otherwise."""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.sandbox.chain.evm import GAS_LIMIT, CallRevertedError
from connectors.sandbox.chain.genesis import address_of
from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.pool import SERVER_ERROR, PoolError

METHOD_NOT_FOUND = -32_601
INVALID_PARAMS = -32_602
REVERTED = 3
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
_ZERO = "0x" + "00" * 20


class RpcError(Exception):
    """An answer that is an error."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        """Keep what JSON-RPC says of it."""
        super().__init__(message)
        self.code = code
        self.data = data


class NodeFaults(msgspec.Struct):
    """How a node misbehaves.

    Attributes:
        chain_id: What it says; None for the truth.
        lag: Blocks it is behind.
        extra_nonce: Added to every nonce it tells: a node of another branch.
        silent: It answers nothing, with an error.
        loses: It says that it took a transaction, and forgets it.
    """

    chain_id: int | None = None
    lag: int = 0
    extra_nonce: int = 0
    silent: bool = False
    loses: bool = False


class _Call(NamedTuple):
    to: str
    data: bytes
    sender: str


class Node:
    """Answers JSON-RPC requests about the network.

    Attributes:
        faults: How it misbehaves.
    """

    def __init__(self, network: Network) -> None:
        """Stand in a network; several nodes may."""
        self._network = network
        self.faults = NodeFaults()
        self._methods: dict[str, Callable[[list[Json]], Json]] = {
            "eth_chainId": lambda _: hex(self._chain_id()),
            "net_version": lambda _: str(self._chain_id()),
            "web3_clientVersion": lambda _: "pets-local-chain",
            "eth_blockNumber": lambda _: hex(self._head()),
            "eth_getBlockByNumber": self._block,
            "eth_getTransactionCount": self._nonce,
            "eth_getBalance": self._balance,
            "eth_getCode": self._code,
            "eth_call": self._call,
            "eth_estimateGas": self._estimate,
            "eth_gasPrice": lambda _: hex(self._base_fee() + self._network.pool.least_tip),
            "eth_maxPriorityFeePerGas": lambda _: hex(self._network.pool.least_tip),
            "eth_feeHistory": self._fee_history,
            "eth_sendRawTransaction": self._send,
            "eth_getTransactionByHash": self._transaction,
            "eth_getTransactionReceipt": self._receipt,
        }

    def answer(self, method: str, params: list[Json]) -> Json:
        """The result of a request.

        Raises:
            RpcError: The answer is an error.
        """
        if self.faults.silent:
            raise RpcError(SERVER_ERROR, "the node is not available")
        found = self._methods.get(method)
        if found is None:
            raise RpcError(METHOD_NOT_FOUND, f"the method {method} does not exist")
        try:
            return found(params)
        except (IndexError, TypeError, ValueError, AttributeError, KeyError) as error:
            raise RpcError(INVALID_PARAMS, f"invalid params of {method}: {error}") from error

    def _chain_id(self) -> int:
        return LOCAL_CHAIN_ID if self.faults.chain_id is None else self.faults.chain_id

    def _head(self) -> int:
        return max(0, self._network.evm.head - self.faults.lag)

    def _base_fee(self) -> int:
        return self._network.evm.next_base_fee()

    def _number(self, tag: Json) -> int:
        if tag in ("latest", "pending", "safe", "finalized"):
            return self._head()
        if tag == "earliest":
            return 0
        number = int(_text(tag), 16)
        if number > self._head():
            raise RpcError(SERVER_ERROR, "header not found")
        return number

    def _block(self, params: list[Json]) -> Json:
        number = self._number(params[0])
        header = self._network.evm.header(number)
        return {
            "number": hex(number),
            "hash": "0x" + header.hash.hex(),
            "parentHash": "0x" + header.parent_hash.hex(),
            "timestamp": hex(header.timestamp),
            "baseFeePerGas": hex(int(header.base_fee_per_gas or 0)),
            "gasLimit": hex(GAS_LIMIT),
            "gasUsed": hex(header.gas_used),
            "transactions": [],
        }

    def _nonce(self, params: list[Json]) -> Json:
        address = address_of(_text(params[0]))
        if params[1] == "pending" and not self.faults.lag:
            nonce = self._network.pool.pending_nonce(address)
        else:
            nonce = self._network.evm.nonce(address, self._number(params[1]))
        return hex(nonce + self.faults.extra_nonce)

    def _balance(self, params: list[Json]) -> Json:
        address = address_of(_text(params[0]))
        return hex(self._network.evm.balance(address, self._number(params[1])))

    def _code(self, params: list[Json]) -> Json:
        return "0x" + self._network.evm.code(address_of(_text(params[0]))).hex()

    def _call(self, params: list[Json]) -> Json:
        call = _read_call(params[0])
        number = self._number(params[1] if len(params) > 1 else "latest")
        return "0x" + self._execute(call, number)[0].hex()

    def _estimate(self, params: list[Json]) -> Json:
        return hex(self._execute(_read_call(params[0]), self._head())[1] * 5 // 4)

    def _execute(self, call: _Call, number: int) -> tuple[bytes, int]:
        evm = self._network.evm
        try:
            return evm.call(address_of(call.to), call.data, address_of(call.sender), number)
        except CallRevertedError as error:
            raise RpcError(REVERTED, str(error), "0x" + error.data.hex()) from error

    def _fee_history(self, params: list[Json]) -> Json:
        newest = self._number(params[1])
        count = min(int(_text(params[0]), 16), newest + 1)
        shares = params[2] if len(params) > 2 and isinstance(params[2], list) else []
        first = newest - count + 1
        headers = [self._network.evm.header(number) for number in range(first, newest + 1)]
        tip = hex(self._network.pool.least_tip)
        fees: list[Json] = [hex(int(header.base_fee_per_gas or 0)) for header in headers]
        ratios: list[Json] = [header.gas_used / GAS_LIMIT for header in headers]
        return {
            "oldestBlock": hex(first),
            "baseFeePerGas": [*fees, hex(self._base_fee())],
            "gasUsedRatio": ratios,
            "reward": [[tip for _ in shares] for _ in headers],
        }

    def _send(self, params: list[Json]) -> Json:
        raw = bytes.fromhex(_text(params[0]).removeprefix("0x"))
        tx = self._network.evm.decode(raw)
        try:
            self._network.pool.add(tx)
        except PoolError as error:
            raise RpcError(SERVER_ERROR, str(error)) from error
        if self.faults.loses:
            self._network.pool.drop(tx.hash)
        return "0x" + tx.hash.hex()

    def _transaction(self, params: list[Json]) -> Json:
        wanted = _text(params[0])
        tx_hash = bytes.fromhex(wanted.removeprefix("0x"))
        receipt = self._network.evm.receipt(tx_hash)
        waiting = self._network.pool.find(tx_hash)
        if receipt is not None and receipt.block <= self._head():
            return {"hash": wanted, "blockNumber": hex(receipt.block)}
        return None if waiting is None else {"hash": wanted, "blockNumber": None}

    def _receipt(self, params: list[Json]) -> Json:
        wanted = _text(params[0])
        receipt = self._network.evm.receipt(bytes.fromhex(wanted.removeprefix("0x")))
        if receipt is None or receipt.block > self._head():
            return None
        return {
            "transactionHash": wanted,
            "blockNumber": hex(receipt.block),
            "blockHash": "0x" + self._network.evm.header(receipt.block).hash.hex(),
            "status": "0x1" if receipt.succeeded else "0x0",
            "gasUsed": hex(receipt.gas_used),
            "effectiveGasPrice": hex(receipt.gas_price),
        }


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, received {value!r}")
    return value


def _read_call(value: Json) -> _Call:
    if not isinstance(value, dict):
        raise TypeError("expected an object")
    data = value.get("data") or value.get("input") or "0x"
    sender = value.get("from") or _ZERO
    return _Call(_text(value["to"]), bytes.fromhex(_text(data).removeprefix("0x")), _text(sender))
