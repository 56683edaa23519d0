"""The control route, which the venue itself does not have: what is played, and faults on command.

`GET /sandbox` says what is played; `GET`, `POST` and `DELETE /sandbox/faults` read, switch on and
switch off faults (`connectors.sandbox.fault_commands`). The geoblock check stands here too.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.fault_commands import KINDS, FaultCommand, FaultDesk
from connectors.sandbox.replies import refuse, reply
from connectors.sandbox.sandbox import Sandbox
from schemas.errors import ConfigurationError


class ControlRest:
    """Reads and changes what the sandbox does beside being a venue."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._faults = FaultDesk(sandbox)

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        return [
            Route("/sandbox", self.shown),
            Route("/sandbox/faults", self.armed),
            Route("/sandbox/faults", self.arm, methods=["POST"]),
            Route("/sandbox/faults", self.disarm, methods=["DELETE"]),
            Route("/api/geoblock", self.geoblock),
        ]

    async def shown(self, request: Request) -> Response:
        """What is played."""
        sandbox = self._sandbox
        return reply(
            {
                "source": sandbox.settings.source,
                "seed": sandbox.settings.seed,
                "speed": sandbox.settings.speed,
                "now_ms": sandbox.venue.now_ms,
                "markets": len(sandbox.venue.listings()),
                "orders": len(sandbox.desk.register.by_id),
                "trades": len(sandbox.desk.settlement.trades),
            }
        )

    async def armed(self, request: Request) -> Response:
        """Faults that are on."""
        return reply(self._faults.armed())

    async def arm(self, request: Request) -> Response:
        """Switch one on."""
        try:
            self._faults.arm(msgspec.json.decode(await request.body(), type=FaultCommand))
        except (msgspec.DecodeError, msgspec.ValidationError, ConfigurationError) as error:
            return refuse(f"{error} Known kinds: {', '.join(KINDS)}.")
        return reply(self._faults.armed())

    async def disarm(self, request: Request) -> Response:
        """Switch all off."""
        self._faults.disarm()
        return reply(self._faults.armed())

    async def geoblock(self, request: Request) -> Response:
        """Where the client is, as far as the venue cares."""
        blocked = self._sandbox.geoblocked
        client = request.client
        return reply(
            {
                "blocked": blocked,
                "ip": client.host if client else "",
                "country": "US" if blocked else "IE",
                "region": "NY" if blocked else "L",
            }
        )
