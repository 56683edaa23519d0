"""A closed loop around one directional bot and one market."""

from agents.bots.base import Running, RunningBot
from agents.stages.bots import BotsStage
from configs.profiles import load_profiles
from configs.rules import load_rules
from schemas.ids import BotId
from schemas.market import Market
from schemas.values import Action
from tests.agents.closed_loop import ClosedLoop
from tests.agents.tape import ACCOUNT, Tape


class Loop(ClosedLoop):
    """One bot, one market, a tape.

    Attributes:
        tape: Its time is the loop's.
        where: The market.
    """

    def __init__(self, running: RunningBot, where: Market) -> None:
        super().__init__(BotsStage(0, ACCOUNT, (running,), load_profiles(), load_rules()))
        self.me: BotId = running.bot.bot_id
        self.tape = Tape()
        self.where = where
        self.feed(self.tape.listed(where), self.tape.feed(), self.tape.account(self.me))

    def alive(self, **account: object) -> None:
        """The connection is heard, the account is told, a second passes."""
        self.feed(
            self.tape.feed(),
            self.tape.account(self.me, **account),  # type: ignore[arg-type]
            self.tape.tick(),
        )

    def book(self, bid: str, ask: str, bid_size: float = 900, ask_size: float = 900) -> None:
        """A book of one level a side."""
        self.feed(*self.tape.book(self.where, {bid: bid_size}, {ask: ask_size}))

    def trade(self, action: Action, price: str, shares: float) -> None:
        """Somebody's trade."""
        self.feed(self.tape.trade(self.where, action, price, shares))

    def wait(self, ms: int) -> None:
        """Let time pass, then a second's messages."""
        self.tape.now += ms
        self.alive()

    @property
    def reasons(self) -> list[str]:
        """Of every signal so far."""
        return [signal.reason for signal in self.signals()]


__all__ = ["Loop", "Running"]
