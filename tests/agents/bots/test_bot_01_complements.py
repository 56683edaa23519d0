"""Bot 1 in two listed markets: the closed loop of its stage, then the real gate (D.1)."""

from pathlib import Path

import pytest

from schemas.market import Market
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Side, Trust
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import BOT_1, Tape, market

LISTED = """\
pairs:
  - name: test
    because: the test says so
    legs: [{market: "0xa", side: YES}, {market: "0xb", side: YES}]
"""
BUY, SELL, YES = Action.BUY, Action.SELL, Side.YES
ARB, REDUCE = IntentKind.ARB, IntentKind.REDUCE
Legs = dict[str, tuple[Side, Action, str, str, IntentKind]]
BOTH: Legs = {
    "a": (YES, BUY, "0.48", "300.00", ARB),
    "b": (YES, BUY, "0.49", "300.00", ARB),
}


class Couple:
    """Two listed markets of different events, and bot 1."""

    def __init__(self, folder: Path, listed: str = LISTED) -> None:
        (folder / "complements.yaml").write_text(listed, encoding="utf-8")
        self.loop, self.tape = ClosedLoop(make_stage("1", folder=folder)), Tape()
        self.markets = {"a": market("a"), "b": market("b")}
        self.loop.feed(*(self.tape.listed(each) for each in self.markets.values()))
        self.alive()

    def open(self) -> "Couple":
        """Show both books: 0.47/0.50 and 0.48/0.50, improved by a tick where there is room."""
        self.book("a", "0.47", "0.50")
        self.book("b", "0.48", "0.50")
        return self

    @property
    def reasons(self) -> list[str]:
        return [signal.reason for signal in self.loop.signals()]

    def book(
        self, name: str, bid: str, ask: str, size: float = 900.0, trust: Trust = Trust.CONSISTENT
    ) -> None:
        where = self.markets[name]
        self.loop.feed(*self.tape.book(where, {bid: size}, {ask: size}, trust))

    def alive(self) -> None:
        self.loop.feed(self.tape.feed(), self.tape.account(BOT_1))

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.tape.now += 1_000
            self.alive()
            self.loop.feed(self.tape.tick())

    def legs(self) -> Legs:
        return {
            order.market_id.removeprefix("0x"): (
                order.side,
                order.action,
                f"{order.price:.2f}",
                f"{order.size:.2f}",
                order.kind,
            )
            for order in self.loop.orders()
        }

    def fill(self, name: str, size: str | None = None) -> None:
        (order,) = [o for o in self.loop.orders() if o.market_id == self.markets[name].market_id]
        self.loop.fill(order, size)

    def shut(self) -> None:
        """No more room for a new bundle."""
        self.loop.deny = lambda order: None if order.kind is REDUCE else DenialCode.EXPOSURE_MARKET

    def held(self) -> list[str]:
        """Shares of each market's token."""
        held = self.loop.held
        return [f"{held[BOT_1, each.market_id, YES]:.0f}" for each in self.markets.values()]


def test_both_legs_fill_and_are_held_to_resolution(tmp_path: Path) -> None:
    couple = Couple(tmp_path).open()
    assert couple.legs() == BOTH
    assert len({order.bundle_id for order in couple.loop.orders()}) == 1
    couple.shut()
    couple.fill("a")
    couple.fill("b")
    couple.wait(150)
    assert couple.legs() == {}
    assert couple.held() == ["300", "300"]
    assert couple.loop.merged == []
    couple.loop.feed(couple.tape.resolved(couple.markets["a"], "1"))
    couple.wait(2)
    assert couple.legs() == {}
    assert couple.reasons[-1] == "second-market-unknown"


def test_one_leg_fills_and_the_other_is_completed_at_up_to_break_even(tmp_path: Path) -> None:
    couple = Couple(tmp_path).open()
    couple.shut()
    couple.fill("a", "200")
    couple.book("b", "0.51", "0.60")
    couple.wait(29)
    assert couple.legs()["b"] == BOTH["b"]
    couple.wait(3)
    assert couple.legs() == {"b": (YES, BUY, "0.52", "200.00", REDUCE)}
    couple.fill("b")
    couple.wait(120)
    assert couple.held() == ["200", "200"]
    assert couple.legs() == {}


def test_one_leg_fills_and_becomes_inventory_that_is_sold(tmp_path: Path) -> None:
    couple = Couple(tmp_path).open()
    couple.shut()
    couple.fill("b")
    couple.fill("a", "100")
    couple.wait(119)
    assert couple.legs() == {"a": (YES, BUY, "0.49", "200.00", REDUCE)}
    couple.wait(3)
    assert couple.legs() == {"b": (YES, SELL, "0.50", "200.00", REDUCE)}
    couple.loop.stage.restore(couple.loop.stage.snapshot())
    couple.fill("b")
    couple.wait(2)
    assert couple.held() == ["100", "100"]
    assert couple.legs() == {}


def test_an_untouched_bundle_is_taken_back_and_a_lost_leg_takes_the_other(tmp_path: Path) -> None:
    couple = Couple(tmp_path).open()
    first = set(couple.loop.live)
    couple.wait(33)
    assert "ttl" in couple.reasons
    assert couple.legs() == BOTH
    assert first.isdisjoint(couple.loop.live)
    lost = couple.loop.orders()[0]
    couple.loop._cancel(couple.tape.tick(), lost.order_id)
    couple.wait(1)
    assert "other-leg-lost" in couple.reasons


def test_a_stale_second_book_stops_it(tmp_path: Path) -> None:
    couple = Couple(tmp_path)
    couple.book("b", "0.48", "0.50", trust=Trust.SUSPECT)
    couple.book("a", "0.47", "0.50")
    couple.wait(1)
    assert couple.legs() == {}
    assert "book-not-trusted" in couple.reasons
    couple.book("b", "0.48", "0.50")
    assert couple.legs() == BOTH
    couple.loop.feed(couple.tape.trust(couple.markets["b"], Trust.STALE))
    couple.wait(1)
    assert couple.legs() == {}
    assert couple.reasons[-1] == "book-not-trusted"


def test_markets_that_are_not_listed_are_traded_each_by_itself(tmp_path: Path) -> None:
    couple = Couple(tmp_path, "pairs: []\n").open()
    assert all(
        len({o.market_id for o in couple.loop.orders() if o.bundle_id == bundle}) == 1
        for bundle in {o.bundle_id for o in couple.loop.orders()}
    )


@pytest.mark.parametrize(
    ("bid", "ask", "size", "reason"),
    [
        ("0.53", "0.54", 900.0, "drift-below-threshold"),
        ("0.14", "0.15", 900.0, "outside-focus"),
        ("0.48", "0.50", 12.0, "size-below-minimum"),
    ],
)
def test_vetoes(bid: str, ask: str, size: float, reason: str, tmp_path: Path) -> None:
    couple = Couple(tmp_path)
    couple.book("a", "0.47", "0.48")
    couple.book("b", bid, ask, size)
    couple.wait(6)
    assert couple.legs() == {}
    assert couple.reasons[-1] == reason


def test_the_list_is_the_same_in_either_order_of_events(tmp_path: Path) -> None:
    couple = Couple(tmp_path)
    couple.book("b", "0.48", "0.50")
    couple.book("a", "0.47", "0.50")
    assert couple.legs() == BOTH
    markets: list[Market] = list(couple.markets.values())
    assert len({each.venue_event_id for each in markets}) == 2
