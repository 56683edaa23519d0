"""What the risk gate would say: its own checks on its own last checkpoint, without any effect."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from agents.shell.checkpoints import read_checkpoints
from agents.shell.configurations import read_configurations
from agents.stages.gate_judge import Judgement
from api.stages import Stages
from configs.settings import Settings
from schemas.errors import InfrastructureError
from schemas.ops import Checkpoint
from schemas.trading import Order, Stamp
from topics.reader import open_reader

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
        self._stages = Stages(settings)
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
            gate = self._stages.gate_of(bytes(checkpoint.state))
            return Checked(gate.what_if(order, stamp), checkpoint.now)

    async def _from_log(self) -> Checkpoint | None:
        broker, prefix = self._settings.broker, self._settings.topic_prefix
        async with open_reader(broker, client="pets-gate-checks") as reader:
            found = await read_checkpoints(reader, prefix, GATE, [0])
            await read_configurations(reader, prefix, self._stages.library)
        return found.get(0)
