"""The local chain over HTTP: JSON-RPC at `/rpc`, a second node at `/rpc/2`, a gas station.

Blocks come every two seconds, as on Polygon, and once a minute when there is nothing to put into
them or to confirm. What a test or an operator does to it is a method of its own: `pets_mine`,
`pets_reorganise`, `pets_drop`, `pets_fault`, `pets_fund`, `pets_prepare`, `pets_resolve`.
"""

import asyncio
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.node import INVALID_PARAMS, Json, Node, NodeFaults, RpcError
from connectors.sandbox.chain.pool import SERVER_ERROR, PoolError

BLOCK_S = 2.0
QUIET_S = 60.0
PARSE_ERROR = -32_700
GWEI = 10**9


class _RpcRequest(msgspec.Struct):
    method: str
    params: list[msgspec.Raw] = []
    id: int | str | None = None


class _Control(msgspec.Struct):
    """Arguments of the `pets_` methods; each takes one object."""

    blocks: int = 1
    depth: int = 1
    keep: bool = True
    hash: str = ""
    node: int = 0
    limit: int = 4096
    faults: NodeFaults = msgspec.field(default_factory=NodeFaults)
    address: str = ""
    pol_wei: int = 0
    dollars: int = 0
    question: str = ""
    payouts: tuple[int, int] = (1, 0)


class ChainServer:
    """Serves a network with two nodes.

    Attributes:
        nodes: Its nodes, each with faults of its own.
        network: The chain.
    """

    def __init__(self, network: Network) -> None:
        """Two nodes see the network."""
        self.network = network
        self.nodes = (Node(network), Node(network))
        self._controls: dict[str, Callable[[_Control], Json]] = {
            "pets_mine": self._mine,
            "pets_reorganise": self._reorganise,
            "pets_drop": self._drop,
            "pets_fault": self._fault,
            "pets_fund": self._fund,
            "pets_prepare": lambda given: self.network.prepare(given.question),
            "pets_resolve": self._resolve,
        }

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [
            Route("/rpc", self._endpoint(0), methods=["POST"]),
            Route("/rpc/2", self._endpoint(1), methods=["POST"]),
            Route("/gas-station/v2", self._station, methods=["GET"]),
        ]

    async def run(self) -> None:
        """Add blocks until cancelled, the first one at once."""
        while True:
            self.network.mine()
            for _ in range(round(QUIET_S / BLOCK_S)):
                await asyncio.sleep(BLOCK_S)
                if self.network.is_busy:
                    break

    def _endpoint(self, number: int) -> Callable[[Request], object]:
        async def answer(request: Request) -> Response:
            return self._answer(self.nodes[number], await request.body())

        return answer

    def _answer(self, node: Node, body: bytes) -> Response:
        try:
            request = msgspec.json.decode(body, type=_RpcRequest)
        except msgspec.DecodeError as error:
            return _error(None, PARSE_ERROR, str(error))
        try:
            result = self._result(node, request)
        except RpcError as error:
            return _error(request.id, error.code, str(error), error.data)
        return JSONResponse({"jsonrpc": "2.0", "id": request.id, "result": result})

    def _result(self, node: Node, request: _RpcRequest) -> Json:
        control = self._controls.get(request.method)
        if control is None:
            params: list[Json] = [msgspec.json.decode(raw) for raw in request.params]
            return node.answer(request.method, params)
        try:
            raw = request.params[0] if request.params else msgspec.Raw(b"{}")
            return control(msgspec.json.decode(raw, type=_Control))
        except (msgspec.DecodeError, ValueError) as error:
            raise RpcError(INVALID_PARAMS, str(error)) from error
        except PoolError as error:
            raise RpcError(SERVER_ERROR, str(error)) from error

    def _mine(self, given: _Control) -> Json:
        self.network.mine(given.blocks)
        return self.network.evm.head

    def _reorganise(self, given: _Control) -> Json:
        self.network.reorganise(given.depth, given.keep)
        return self.network.evm.head

    def _drop(self, given: _Control) -> Json:
        wanted = bytes.fromhex(given.hash.removeprefix("0x")) if given.hash else None
        return self.network.pool.drop(wanted)

    def _fault(self, given: _Control) -> Json:
        self.nodes[given.node].faults = given.faults
        self.network.pool.limit = given.limit
        return True

    def _fund(self, given: _Control) -> Json:
        self.network.fund(given.address, given.pol_wei, given.dollars)
        return True

    def _resolve(self, given: _Control) -> Json:
        self.network.resolve(given.question, given.payouts)
        return True

    async def _station(self, _: Request) -> Response:
        """The form of Polygon's gas station, gwei."""
        tip = self.network.pool.least_tip / GWEI
        base = self.network.evm.next_base_fee() / GWEI
        speeds = {"safeLow": tip, "standard": tip * 1.1, "fast": tip * 1.3}
        told: dict[str, object] = {
            name: {"maxPriorityFee": fee, "maxFee": base + fee} for name, fee in speeds.items()
        }
        head = self.network.evm.head
        return JSONResponse(
            {**told, "estimatedBaseFee": base, "blockTime": int(BLOCK_S), "blockNumber": head}
        )


def _error(
    request_id: int | str | None, code: int, message: str, data: str | None = None
) -> Response:
    error: dict[str, object] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return JSONResponse({"jsonrpc": "2.0", "id": request_id, "error": error})
