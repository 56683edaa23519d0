"""Bot 4 in the closed loop: from a story to a position and out, and why it stays out."""

from decimal import Decimal

import msgspec

from agents.bots.bot_04_news import NewsState
from agents.stages.bots_state import HostState
from schemas.ids import BotId
from schemas.outside import NewsItem, Outlet
from schemas.values import Action, IntentKind, Side
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import DAY, START, Tape, market

ME = BotId("bot_04")
WHERE = msgspec.structs.replace(
    market("v", resolves_in=200 * DAY), question="Will Harlan Voss win the Iowa primary?"
)
WON = "Harlan Voss wins Iowa primary in landslide victory"
LOST = "Harlan Voss loses Iowa primary in crushing defeat"


class Newsroom:
    """Bot 4, one market about Voss and thirty about other things."""

    def __init__(self) -> None:
        self.loop, self.tape = ClosedLoop(make_stage("4")), Tape()
        for number in range(30):
            other = msgspec.structs.replace(
                market(f"o{number}"), question=f"Will club{number} finish season{number}?"
            )
            self.loop.feed(self.tape.listed(other))
        self.loop.feed(self.tape.listed(WHERE))
        self.book("0.19", "0.22")
        self.wait(5)
        self.count = 0

    @property
    def state(self) -> NewsState:
        host = msgspec.json.decode(self.loop.stage.snapshot(), type=HostState)
        return msgspec.json.decode(bytes(host.bots[ME]), type=NewsState)

    @property
    def reasons(self) -> list[str]:
        return [signal.reason for signal in self.loop.signals()]

    def book(self, bid: str, ask: str) -> None:
        self.loop.feed(*self.tape.book(WHERE, {bid: 900.0}, {ask: 900.0}))

    def wait(self, seconds: float) -> None:
        self.tape.now += int(seconds * 1000)
        self.loop.feed(self.tape.feed(), self.tape.account(ME), self.tape.tick())

    def item(
        self, headline: str = WON, kind: Outlet = Outlet.WIRE, ago_s: float = 0.5, **fields: str
    ) -> NewsItem:
        self.count += 1
        head = self.tape.head()
        head["event_time"] -= int(ago_s * 1000)
        return NewsItem(
            **head,
            item_id=fields.pop("item_id", f"item-{self.count}"),
            outlet=fields.pop("outlet", f"outlet-{self.count}"),
            kind=kind,
            headline=headline,
            **fields,
        )

    def says(self, headline: str = WON, **fields: object) -> None:
        self.loop.feed(self.item(headline, **fields))  # type: ignore[arg-type]


def entered() -> Newsroom:
    room = Newsroom()
    room.says()
    return room


def test_a_story_is_bought_held_and_left_in_time() -> None:
    room = entered()
    (order,) = room.loop.orders()
    assert (order.side, order.action, order.kind) == (
        Side.YES,
        Action.BUY,
        IntentKind.DIRECTIONAL,
    )
    assert order.price == Decimal("0.20")
    assert order.fair_value is not None
    assert order.fair_value > Decimal("0.27")
    (signal,) = room.loop.signals()
    assert signal.reason == "entered"
    assert signal.features["stance"] == 1.0
    assert signal.sizing_lambda is not None
    assert 0.25 * 0.35 <= signal.sizing_lambda < 0.25
    room.loop.fill(order)
    hours = 2 + 10 * signal.features["confidence"]
    room.wait(hours * 3600 - 1)
    assert room.loop.orders() == []
    room.wait(2)
    (exit_,) = room.loop.orders()
    assert (exit_.action, exit_.price, exit_.kind) == (
        Action.SELL,
        Decimal("0.22"),
        IntentKind.REDUCE,
    )
    room.loop.fill(exit_)
    room.wait(1)
    assert room.loop.orders() == []


def test_it_leaves_early_near_its_fair_value() -> None:
    room = entered()
    (order,) = room.loop.orders()
    room.loop.fill(order)
    room.wait(60)
    room.book("0.35", "0.37")
    (exit_,) = room.loop.orders()
    assert exit_.action is Action.SELL
    assert "near-fair-value" in room.reasons


def test_bad_news_buys_no() -> None:
    room = Newsroom()
    room.book("0.80", "0.83")
    room.wait(5)
    room.says(LOST)
    (order,) = room.loop.orders()
    assert (order.side, order.price) == (Side.NO, Decimal("0.18"))


def test_the_same_story_from_three_outlets_is_one_signal() -> None:
    room = entered()
    room.wait(20)
    room.says()
    room.wait(20)
    room.says()
    assert room.reasons.count("entered") == 1
    assert room.state.passed == {"duplicate": 2}


def test_another_story_of_the_same_sign_confirms() -> None:
    room = Newsroom()
    room.says(kind=Outlet.AGGREGATOR)
    (first,) = room.loop.orders()
    assert first.fair_value is not None
    room.wait(10)
    room.tape.now += 2_000
    room.says("Iowa primary: Harlan Voss clinches victory, rivals surprised by margin")
    assert "confirmation" in room.reasons
    assert room.state.verdicts[WHERE.market_id].weight == 0.7
    plan = room.state.spots[WHERE.market_id].plan
    assert plan is not None
    assert plan.stance.declared > first.fair_value


def test_a_contradiction_is_left_for() -> None:
    room = entered()
    (order,) = room.loop.orders()
    room.loop.fill(order)
    room.wait(60)
    room.says(LOST)
    (exit_,) = room.loop.orders()
    assert exit_.action is Action.SELL
    assert "contradicted" in room.reasons


def test_a_correction_takes_the_signal_back() -> None:
    room = entered()
    (order,) = room.loop.orders()
    room.loop.fill(order, "100")
    room.wait(10)
    room.says("Correction: Harlan Voss did not win Iowa primary")
    room.wait(1)
    (exit_,) = room.loop.orders()
    assert (exit_.action, exit_.size) == (Action.SELL, Decimal("100"))
    assert "corrected" in room.reasons


def test_items_that_are_not_read() -> None:
    room = Newsroom()
    room.says(ago_s=-1)
    room.says(ago_s=601)
    room.says("El candidato Harlan Voss se va de la campaña en Iowa y no gana")
    room.says("A quiet day in the mountains")
    room.says(item_id="x", outlet="wire", headline="Nothing about anything here")
    room.says(item_id="x", outlet="wire", headline="Quite another headline of the same item")
    assert room.state.passed == {
        "from-the-future": 1,
        "too-old": 1,
        "not-english": 1,
        "no-market": 2,
        "duplicate": 1,
    }
    assert room.loop.signals() == []


def test_what_it_reads_and_does_not_trade() -> None:
    room = Newsroom()
    room.says("Harlan Voss visits Iowa primary voters")
    room.wait(2)
    room.says("Harlan Voss may win the Iowa primary", kind=Outlet.SOCIAL)
    room.wait(2)
    room.book("0.31", "0.33")
    room.says(WON, ago_s=1)
    room.wait(100)
    room.book("0.19", "0.22")
    room.wait(5)
    late = room.item("Voss triumphs: Harlan wins Iowa primary victory by a mile", ago_s=1)
    room.wait(6)
    room.loop.feed(late)
    assert room.loop.orders() == []
    assert room.reasons == ["no-stance", "low-confidence", "too-late", "processed-too-late"]


def test_without_an_earlier_book_nothing_is_traded() -> None:
    room = Newsroom()
    room.says(ago_s=500)
    assert room.reasons == ["no-earlier-book"]


def test_one_position_per_market_in_two_hours() -> None:
    room = entered()
    room.wait(61)
    assert room.loop.orders() == []
    room.wait(3600)
    again = "Iowa primary: Harlan Voss clinches victory, rivals surprised by margin"
    room.says(again)
    assert room.reasons[-1] == "market-pause"
    room.wait(3600)
    room.says("Official: Harlan Voss won the Iowa primary, landslide victory confirmed today")
    assert len(room.loop.orders()) == 1


def test_prices_outside_its_zones_are_not_traded() -> None:
    room = Newsroom()
    room.book("0.50", "0.53")
    room.wait(5)
    room.says()
    assert room.loop.orders() == []
    assert room.reasons == ["zone-not-allowed"]


def test_the_state_survives_a_restore() -> None:
    room = entered()
    room.loop.stage.restore(room.loop.stage.snapshot())
    room.wait(30)
    room.says()
    assert room.state.passed == {"duplicate": 1}
    room.wait(5)
    room.says(LOST)
    assert "contradicted" in room.reasons
    room.loop.feed(room.tape.resolved(WHERE, "1"))
    assert WHERE.market_id not in room.state.questions
    assert room.tape.now > START
