"""Bot 1 in two markets that are complements by the list, with the real gate, exchange and ledger.

Everything from the books to the ledger runs as in a replay; only the books are written by hand.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from agents.replay.loop import ClosedLoop
from api.first_start import first_messages
from api.stages import Stages
from configs.settings import Settings
from schemas.envelope import Message
from schemas.market import MarketListed, MarketResolved
from schemas.ops import ClockTick
from schemas.portfolio import EquityPoint, PositionClosed
from schemas.reasons import DenialCode
from schemas.trading import BundleIntent, Fill, IntentApproved, IntentDenied, PairsMerged
from schemas.values import Action, IntentKind, Side
from tests.agents.tape import BOT_1, Tape, market
from topics.catalog import BOOK_EVENTS, DECIDE_INPUTS, GATE_INPUTS, LIFECYCLE, TopicSpec

LISTED = """\
pairs:
  - name: test
    because: the test says so
    legs: [{market: "0xa", side: YES}, {market: "0xb", side: YES}]
"""
A, B = market("a"), market("b")
M = TypeVar("M", bound=Message)


class Couple:
    """Two markets of different events and every stage of an account.

    Args:
        folder: Of the configuration that bot and gate read.
        gate_folder: Another one for the gate.
    """

    def __init__(self, folder: Path, gate_folder: Path | None = None) -> None:
        settings = Settings(_env_file=None, bots="1", config_dir=folder)
        stages = list(Stages(settings).closed_loop())
        if gate_folder is not None:
            other = Stages(settings.model_copy(update={"config_dir": gate_folder}))
            stages = [other.gate() if each.name == "gate" else each for each in stages]
        self.seen: list[Message] = []
        self.tape = Tape()
        self.loop = ClosedLoop(stages, [self._watch])
        for start in first_messages(settings, (BOT_1,), self.tape.now):
            self.loop.feed(GATE_INPUTS, settings.account, start)
        for each in (A, B):
            self.feed(self.tape.listed(each))
        self.book("a", "0.47", "0.50")
        self.book("b", "0.48", "0.50")

    def _watch(self, topic: TopicSpec, key: str, message: Message) -> None:
        self.seen.append(message)

    def feed(self, *messages: Message) -> None:
        for message in messages:
            if isinstance(message, ClockTick):
                self.loop.feed(DECIDE_INPUTS, "0", message)
                self.loop.feed(GATE_INPUTS, "main", message)
            elif isinstance(message, MarketListed | MarketResolved):
                self.loop.feed(LIFECYCLE, "0", message)
            else:
                self.loop.feed(BOOK_EVENTS, "0", message)

    def book(self, name: str, bid: str, ask: str) -> None:
        where = {"a": A, "b": B}[name]
        self.feed(*self.tape.book(where, {bid: 3000.0}, {ask: 3000.0}))

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.tape.now += 1_000
            self.feed(self.tape.feed(), self.tape.tick())

    def through(self, name: str, price: str) -> None:
        """Somebody sells YES of a market, far through our bid."""
        where = {"a": A, "b": B}[name]
        self.feed(self.tape.trade(where, Action.SELL, price, 5_000.0))
        self.wait(1)

    def resolve(self, a_pays: str) -> None:
        pays = {"a": a_pays, "b": str(1 - Decimal(a_pays))}
        self.feed(self.tape.resolved(A, pays["a"]), self.tape.resolved(B, pays["b"]))
        self.wait(1)

    def of(self, kind: type[M]) -> list[M]:
        """What was said, each once however many logs carried it."""
        found = {each.event_id: each for each in self.seen if isinstance(each, kind)}
        return list(found.values())

    @property
    def equity(self) -> Decimal:
        return [each for each in self.of(EquityPoint) if each.bot_id == BOT_1][-1].equity


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "complements.yaml").write_text(LISTED, encoding="utf-8")
    return tmp_path


def held(fills: Sequence[Fill]) -> dict[str, Decimal]:
    sizes: dict[str, Decimal] = {}
    for fill in fills:
        assert (fill.side, fill.action) == (Side.YES, Action.BUY)
        sizes[fill.market_id] = sizes.get(fill.market_id, Decimal(0)) + fill.size
    return sizes


@pytest.mark.parametrize("a_pays", ["0", "1", "0.5"])
def test_both_legs_fill_and_the_locked_profit_comes_whatever_happens(
    folder: Path, a_pays: str
) -> None:
    couple = Couple(folder)
    (asked,) = couple.of(BundleIntent)
    assert {order.market_id for order in asked.orders} == {A.market_id, B.market_id}
    (approved,) = couple.of(IntentApproved)
    assert approved.kinds == (IntentKind.ARB, IntentKind.ARB)
    couple.wait(1)
    couple.through("a", "0.40")
    couple.through("b", "0.40")
    fills = couple.of(Fill)
    sizes = held(fills)
    assert sizes[A.market_id] == sizes[B.market_id] > 0
    locked = sizes[A.market_id] - sum((fill.price * fill.size for fill in fills), Decimal(0))
    assert locked > 0
    assert couple.of(PairsMerged) == []
    assert not couple.of(IntentDenied)
    couple.resolve(a_pays)
    (closed,) = couple.of(PositionClosed)
    assert (closed.pnl, closed.reason) == (locked, "bundle")
    assert couple.equity == 10_000 + locked


def test_a_lost_leg_is_completed_in_the_other_market_as_a_reduce(folder: Path) -> None:
    couple = Couple(folder)
    couple.wait(1)
    couple.through("a", "0.40")
    couple.book("b", "0.51", "0.60")
    couple.wait(31)
    completing = couple.of(IntentApproved)[-1]
    (order,) = completing.orders
    assert (order.market_id, order.side, order.action) == (B.market_id, Side.YES, Action.BUY)
    assert (order.price, completing.kinds) == (Decimal("0.52"), (IntentKind.REDUCE,))
    couple.wait(1)
    couple.through("b", "0.40")
    fills = couple.of(Fill)
    sizes = held(fills)
    assert sizes[A.market_id] == sizes[B.market_id] > 0
    paid = sum((fill.price * fill.size for fill in fills), Decimal(0))
    couple.resolve("0")
    assert couple.equity == 10_000 + sizes[A.market_id] - paid


def test_a_gate_that_does_not_know_the_pair_refuses_the_bundle(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    couple = Couple(folder, tmp_path_factory.mktemp("empty"))
    denied = couple.of(IntentDenied)
    assert [each.code for each in denied] == [DenialCode.ARB_NOT_LOCKED]
    assert couple.of(IntentApproved) == []
    couple.through("a", "0.40")
    assert couple.of(Fill) == []
