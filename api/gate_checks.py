"""What the risk gate would say: its own checks on its own last checkpoint, without any effect."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from agents.shell.checkpoints import load_checkpoint
from agents.stages.gate import GateStage
from agents.stages.gate_judge import Judgement
from api.stages import Stages
from configs.settings import Settings
from schemas.errors import InfrastructureError
from schemas.ops import Checkpoint
from schemas.trading import Order, Stamp

GATE = "gate"


class Checked(NamedTuple):
    """What the gate would say.

    Attributes:
        as_of: Session time of the gate's state, ms.
    """

    judgement: Judgement
    as_of: int


class GateChecks:
    """Judges orders with a copy of the gate."""

    def __init__(
        self,
        settings: Settings,
        load: Callable[[], Awaitable[Checkpoint | None]] | None = None,
    ) -> None:
        """Connect to nothing yet.

        Args:
            settings: The log and the configuration.
            load: Reads the gate's last checkpoint; from the log unless another way is given.
        """
        self._settings = settings
        self._load = load or self._from_log
        self._gate: GateStage | None = None
        self._turn = asyncio.Lock()

    async def check(self, order: Order, stamp: Stamp) -> Checked:
        """Judge an order; one at a time.

        Raises:
            InfrastructureError: The log does not answer, or the gate has written no state yet.
        """
        async with self._turn:
            checkpoint = await self._load()
            if checkpoint is None:
                raise InfrastructureError(
                    "Expected the risk gate's state on the log, there is none yet: see with "
                    "`pets status` that the gate runs."
                )
            gate = self._gate
            if gate is None:
                gate = self._gate = await asyncio.to_thread(self._make)
            gate.restore(bytes(checkpoint.state))
            return Checked(gate.what_if(order, stamp), checkpoint.now)

    def _make(self) -> GateStage:
        return Stages(self._settings).gate()

    async def _from_log(self) -> Checkpoint | None:
        settings = self._settings
        return await load_checkpoint(settings.broker, settings.topic_prefix, GATE, 0)
