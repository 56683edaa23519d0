"""Bot 3 in the closed loop: whom it follows, what it copies, when it leaves, why it does not."""

from decimal import Decimal

import msgspec

from agents.bots.bot_03_copy_trading import CopyState
from agents.stages.bots_state import HostState
from schemas.ids import BotId
from schemas.outside import WalletResolved, WalletTrade
from schemas.values import Action, IntentKind, Side
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import DAY, START, Tape, market

ME = BotId("bot_03")
WHERE = market("w")
LEADER, OTHER = "0xleader", "0xother"


class Copying:
    """Bot 3 with a leader of 60 resolved positions, 42 of them won at 0.50."""

    def __init__(self, won: int = 42, **fields: object) -> None:
        self.loop, self.tape = ClosedLoop(make_stage("3")), Tape()
        self.loop.feed(self.tape.listed(WHERE))
        self.book("0.30", "0.33")
        self.alive()
        for number in range(60):
            self.resolved(LEADER, number, number < won, **fields)
        self.midnight()

    @property
    def state(self) -> CopyState:
        host = msgspec.json.decode(self.loop.stage.snapshot(), type=HostState)
        return msgspec.json.decode(bytes(host.bots[ME]), type=CopyState)

    @property
    def reasons(self) -> list[str]:
        return [signal.reason for signal in self.loop.signals()]

    def book(self, bid: str, ask: str) -> None:
        self.loop.feed(*self.tape.book(WHERE, {bid: 900.0}, {ask: 900.0}))

    def alive(self) -> None:
        self.loop.feed(self.tape.feed(), self.tape.account(ME))

    def wait(self, seconds: float) -> None:
        self.tape.now += int(seconds * 1000)
        self.alive()
        self.loop.feed(self.tape.tick())

    def midnight(self) -> None:
        self.tape.now = (self.tape.now // DAY + 1) * DAY + 600_000
        self.alive()
        self.loop.feed(self.tape.tick())

    def resolved(self, wallet: str, number: int, won: bool, **fields: object) -> None:
        head = self.tape.head()
        head["event_time"] = START - number * 3_600_000
        self.loop.feed(
            WalletResolved(
                **head,
                wallet=wallet,
                market_id=market(f"old-{number}").market_id,
                side=Side.YES,
                price=Decimal("0.5"),
                size=Decimal(100),
                payout=Decimal(won),
                **fields,  # type: ignore[arg-type]
            )
        )

    def trade(
        self,
        size: str,
        price: str = "0.32",
        action: Action = Action.BUY,
        *,
        wallet: str = LEADER,
        side: Side = Side.YES,
        ago_s: float = 1,
    ) -> None:
        head = self.tape.head()
        head["event_time"] -= int(ago_s * 1000)
        self.loop.feed(
            WalletTrade(
                **head,
                wallet=wallet,
                market_id=WHERE.market_id,
                side=side,
                action=action,
                price=Decimal(price),
                size=Decimal(size),
            )
        )


def test_a_followed_wallet_is_copied_and_followed_out() -> None:
    copying = Copying()
    assert copying.state.wallets.followed == [LEADER]
    copying.trade("1000")
    (order,) = copying.loop.orders()
    assert (order.side, order.price, order.kind) == (
        Side.YES,
        Decimal("0.31"),
        IntentKind.DIRECTIONAL,
    )
    assert order.fair_value == Decimal("0.52")
    assert order.size == Decimal("350.00")
    copying.loop.fill(order)
    copying.trade("400", action=Action.SELL)
    assert copying.loop.orders() == []
    copying.wait(11)
    copying.trade("300", action=Action.SELL)
    (exit_,) = copying.loop.orders()
    assert (exit_.action, exit_.size, exit_.kind) == (
        Action.SELL,
        Decimal("350.00"),
        IntentKind.REDUCE,
    )
    copying.loop.fill(exit_)
    copying.wait(1)
    assert copying.loop.orders() == []


def test_fills_of_a_few_seconds_are_one_purchase() -> None:
    copying = Copying()
    copying.trade("100")
    assert copying.reasons[-1] == "leader-buys-too-little"
    copying.wait(2)
    copying.trade("100")
    (order,) = copying.loop.orders()
    assert order.size == Decimal("70.00")


def test_purchases_far_apart_are_not_added_up() -> None:
    copying = Copying()
    copying.trade("100")
    copying.wait(12)
    copying.trade("100")
    assert copying.loop.orders() == []


def test_what_it_does_not_copy() -> None:
    copying = Copying()
    copying.trade("1000", wallet=OTHER)
    assert copying.reasons == []
    copying.trade("1000", ago_s=31)
    copying.wait(11)
    copying.trade("1000", action=Action.SELL)
    copying.wait(11)
    copying.book("0.34", "0.36")
    copying.trade("1000", price="0.32")
    copying.wait(11)
    copying.book("0.70", "0.72")
    copying.trade("1000", price="0.70")
    assert copying.loop.orders() == []
    assert copying.reasons == [
        "trade-too-old",
        "leader-sells",
        "price-ran-away",
        "zone-not-allowed",
    ]


def test_a_token_that_is_held_is_not_bought_again() -> None:
    copying = Copying()
    copying.trade("1000")
    (order,) = copying.loop.orders()
    copying.loop.fill(order)
    copying.wait(30)
    copying.trade("1000")
    assert copying.loop.orders() == []
    assert copying.reasons[-1] == "holding"


def test_an_order_that_does_not_fill_is_dropped_after_twenty_seconds() -> None:
    copying = Copying()
    copying.trade("1000")
    copying.wait(21)
    assert copying.loop.orders() == []
    assert {"ttl", "order-ended"} <= set(copying.reasons)
    copying.trade("10")
    assert copying.loop.orders() == []


def test_no_side_is_copied_too() -> None:
    copying = Copying()
    copying.book("0.68", "0.71")
    copying.trade("500", price="0.30", side=Side.NO)
    (order,) = copying.loop.orders()
    assert (order.side, order.price) == (Side.NO, Decimal("0.30"))


def test_a_leader_whose_win_rate_falls_is_dropped_at_once() -> None:
    copying = Copying(won=37)
    assert copying.state.wallets.followed == [LEADER]
    copying.trade("10")
    for number in range(60, 68):
        copying.resolved(LEADER, number, won=False)
    copying.loop.feed(copying.tape.resolved(WHERE, "0"))
    assert copying.state.wallets.followed == []
    copying.midnight()
    assert copying.state.wallets.followed == []


def test_what_was_seen_traded_and_resolved_counts_like_the_history() -> None:
    copying = Copying()
    copying.trade("10", wallet=OTHER, side=Side.YES)
    copying.trade("30", wallet=OTHER, side=Side.NO, price="0.68")
    copying.loop.feed(copying.tape.resolved(WHERE, "0"))
    resolved = copying.state.wallets.known[OTHER].resolved
    assert [(each.price, each.payout, each.two_sided) for each in resolved.values()] == [
        (Decimal("0.32"), Decimal(0), True),
        (Decimal("0.68"), Decimal(1), True),
    ]


def test_makers_hedgers_and_the_unskilled_are_not_followed() -> None:
    assert Copying(maker_share=0.6).state.wallets.followed == []
    assert Copying(two_sided=True).state.wallets.followed == []
    assert Copying(won=36).state.wallets.followed == []


def test_old_history_fades() -> None:
    copying = Copying()
    for _ in range(181):
        copying.midnight()
    assert copying.state.wallets.followed == []
    assert copying.state.wallets.known[LEADER].resolved == {}


def test_the_longest_silent_wallet_makes_room_but_no_leader() -> None:
    copying = Copying()
    for number in range(1100):
        copying.trade("1", wallet=f"0x{number}")
    known = copying.state.wallets.known
    assert len(known) == 1000
    assert LEADER in known
    assert "0x0" not in known
