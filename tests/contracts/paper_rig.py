"""The paper exchange in the contract's market."""

from agents.stages.execution import Execution, ExecutionReport
from schemas.values import Action
from tests.streams.paper_tape import ASKS, market, opened, tick, trade


class PaperRig:
    """Bids 100 at 0.48 and less, and asks from 0.50 on."""

    settles_pairs = True

    def __init__(self) -> None:
        self.now = 0
        self.market = market()
        self._exchange = opened(asks=ASKS)
        self.execution: Execution = self._exchange

    def settle(self) -> list[ExecutionReport]:
        self.now += 5000
        self._exchange.observe(tick(self.now))
        return list(self.execution.reports())

    def sell_into(self, price: str, size: float) -> None:
        self.now += 1000
        self._exchange.observe(trade(self.now, Action.SELL, price, size))

    def close(self) -> None:
        """Nothing is open."""
