"""Bot 2 in the closed loop: it enters, fills, leaves, and says why it does not."""

from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Running
from agents.bots.bot_02_esports import Esports
from agents.bots.bot_02_fair import is_in_window
from agents.stages.bots import BotsStage
from configs.bots import load_bot
from configs.bots_directional import EsportsParameters
from configs.profiles import load_profiles
from configs.rules import load_rules
from schemas.errors import ConfigurationError
from schemas.ids import BotId
from schemas.outside import GamePhase, GameState
from schemas.reasons import DenialCode
from schemas.trading import Signal
from schemas.values import Action, IntentKind, Side
from tests.agents.closed_loop import ClosedLoop
from tests.agents.tape import ACCOUNT, START, Tape, market

ME = BotId("bot_02")
MINUTE = 60_000
WHERE = msgspec.structs.replace(market("m"), match_id="match-1")
SHIPPED = load_bot(EsportsParameters, "bot_02_esports.yaml")
Ratings = tuple[float, float] | None
EVEN, WEAK = (1500.0, 1500.0), (1500.0, 1600.0)


class Match:
    """A match of 30 minutes from START on, one market, bot 2."""

    def __init__(self, *, live: bool = False, where: msgspec.Struct = WHERE) -> None:
        parameters = SHIPPED.model_copy(update={"live": live})
        bots = (Running(Esports(parameters, load_rules())),)
        self.loop = ClosedLoop(BotsStage(0, ACCOUNT, bots, load_profiles(), load_rules()))
        self.tape = Tape()
        self.where = where
        self.starts_at = START + 20 * MINUTE
        self.loop.feed(self.tape.listed(WHERE if where is WHERE else where))  # type: ignore[arg-type]
        self.book("0.33", "0.36")
        self.alive()

    def book(self, bid: str, ask: str) -> None:
        self.loop.feed(
            *self.tape.book(self.where, {bid: 900.0}, {ask: 900.0})  # type: ignore[arg-type]
        )

    def alive(self) -> None:
        self.loop.feed(self.tape.feed(), self.tape.account(ME))

    def to(self, minutes: float) -> None:
        """Let time pass until so many minutes before (or, negative, after) the start."""
        until = self.starts_at - int(minutes * MINUTE)
        while self.tape.now < until:
            self.tape.now = min(self.tape.now + 1_000, until)
            self.alive()
            self.loop.feed(self.tape.tick())

    def says(
        self,
        phase: GamePhase = GamePhase.SCHEDULED,
        ratings: Ratings = None,
        lag_ms: int = 0,
        **fields: object,
    ) -> None:
        head = self.tape.head()
        head["event_time"] -= lag_ms
        self.loop.feed(
            GameState(
                **head,
                game="lol",
                match_id="match-1",
                phase=phase,
                starts_at=self.starts_at,
                ratings=ratings,
                **fields,  # type: ignore[arg-type]
            )
        )

    @property
    def reasons(self) -> list[str]:
        return [signal.reason for signal in self.loop.signals()]


@pytest.mark.parametrize(("minutes", "inside"), [(16, False), (15, True), (5.1, True), (5, False)])
def test_the_window_before_the_start(minutes: float, inside: bool) -> None:
    assert is_in_window(int(minutes * MINUTE), (5, 15)) is inside


def test_it_enters_before_the_match_and_leaves_at_fair_value() -> None:
    match = Match()
    match.says(ratings=EVEN)
    match.to(15.1)
    assert match.loop.orders() == []
    match.to(14.9)
    (order,) = match.loop.orders()
    assert (order.side, order.action, order.price) == (Side.YES, Action.BUY, Decimal("0.34"))
    assert (order.kind, order.fair_value, order.edge) == (
        IntentKind.DIRECTIONAL,
        Decimal("0.5"),
        Decimal("0.16"),
    )
    assert order.size == Decimal("588.23")
    match.loop.fill(order)
    match.to(4)
    assert match.loop.orders() == []
    match.book("0.50", "0.52")
    (exit_,) = match.loop.orders()
    assert (exit_.side, exit_.action, exit_.kind) == (Side.YES, Action.SELL, IntentKind.REDUCE)
    match.loop.fill(exit_)
    match.to(3)
    assert match.loop.orders() == []


def test_it_buys_no_where_yes_is_dear() -> None:
    match = Match()
    match.book("0.70", "0.72")
    match.says(ratings=EVEN)
    match.to(14)
    (order,) = match.loop.orders()
    assert (order.side, order.price) == (Side.NO, Decimal("0.29"))


def test_yes_may_back_the_second_side() -> None:
    match = Match(where=msgspec.structs.replace(WHERE, match_side=1))
    match.says(ratings=WEAK)
    match.to(14)
    (order,) = match.loop.orders()
    assert order.fair_value == Decimal("0.640065")


def test_an_order_lives_twenty_seconds_and_is_placed_anew() -> None:
    match = Match()
    match.says(ratings=EVEN)
    match.to(14.9)
    (first,) = match.loop.orders()
    match.to(14.4)
    (second,) = match.loop.orders()
    assert second.order_id != first.order_id
    assert "ttl" in match.reasons


def test_orders_go_before_the_book_is_cleared() -> None:
    match = Match()
    match.says(ratings=EVEN)
    match.to(5.1)
    (order,) = match.loop.orders()
    match.loop.fill(order, "100")
    match.starts_at = match.tape.now + 59_000
    match.says()
    assert match.loop.orders() == []
    assert "book-about-to-clear" in match.reasons


def test_it_says_why_it_does_nothing() -> None:
    match = Match()
    match.to(19)
    match.says(ratings=None)
    match.to(18)
    match.says(ratings=(1500.0, 1615.0))
    match.to(14)
    assert match.loop.orders() == []
    match.says(phase=GamePhase.LIVE)
    match.to(13)
    match.says(phase=GamePhase.ENDED)
    for reason in ("match-unknown", "no-rating", "outside-window", "live-is-off", "match-over"):
        assert reason in match.reasons


def live(**fields: object) -> Match:
    match = Match(live=True)
    match.book("0.44", "0.48")
    match.starts_at = START
    match.says(phase=GamePhase.LIVE, ratings=(1500.0, 1535.0), map_number=1)
    match.tape.now += 301_000
    match.alive()
    return match


def test_a_kill_swing_is_bought_and_sold_by_the_opposite_one() -> None:
    match = live()
    match.says(phase=GamePhase.LIVE, kills=(4, 0), map_number=1)
    assert match.loop.orders() == []
    match.tape.now += 1_000
    match.says(phase=GamePhase.LIVE, kills=(6, 0), map_number=1)
    (order,) = match.loop.orders()
    assert (order.side, order.price, order.size) == (Side.YES, Decimal("0.45"), Decimal("444.44"))
    match.loop.fill(order)
    match.tape.now += 301_000
    match.alive()
    match.says(phase=GamePhase.LIVE, kills=(6, 6), towers=(0, 2), map_number=1)
    (exit_,) = match.loop.orders()
    assert exit_.action is Action.SELL
    assert {"no-trigger", "entered", "opposite-trigger"} <= set(match.reasons)


def test_kills_and_towers_that_disagree_are_weighed_by_the_fair_value() -> None:
    match = live()
    match.says(phase=GamePhase.LIVE, kills=(20, 0), towers=(0, 2), map_number=1)
    (order,) = match.loop.orders()
    assert (order.side, order.action) == (Side.YES, Action.BUY)


def test_a_live_position_is_left_after_ten_minutes_or_near_its_fair_value() -> None:
    for after in ("time", "price"):
        match = live()
        match.says(phase=GamePhase.LIVE, kills=(6, 0), map_number=1)
        (order,) = match.loop.orders()
        match.loop.fill(order)
        if after == "price":
            match.book("0.53", "0.56")
        else:
            match.to(-16)
        (exit_,) = match.loop.orders()
        assert exit_.action is Action.SELL


def test_live_vetoes() -> None:
    match = live()
    match.says(phase=GamePhase.LIVE, kills=(6, 0), map_number=1, lag_ms=11_000)
    match.tape.now += 2_000
    match.says(phase=GamePhase.PAUSED, kills=(6, 0), map_number=1)
    match.tape.now += 2_000
    match.says(phase=GamePhase.LIVE, kills=(6, 0), map_number=1, best_of=3)
    match.tape.now += 2_000
    match.says(phase=GamePhase.LIVE, kills=(9, 3), map_number=2)
    assert match.loop.orders() == []
    assert match.reasons[-4:] == [
        "feed-lags",
        "match-not-running",
        "map-is-not-the-match",
        "history-too-short",
    ]


def test_a_refused_order_drops_the_signal_and_a_crossing_one_is_tried_again() -> None:
    match = live()
    match.loop.deny = lambda order: DenialCode.WOULD_CROSS
    match.says(phase=GamePhase.LIVE, kills=(6, 0), map_number=1)
    intents = [e for e in match.loop.emitted if e.message.__class__.__name__ == "PlaceIntent"]
    assert len(intents) == 2 * 4
    match.loop.deny = lambda order: DenialCode.EXPOSURE_EVENT
    match.tape.now += 60_000
    match.alive()
    match.says(phase=GamePhase.LIVE, kills=(7, 0), map_number=1)
    assert match.loop.orders() == []
    assert match.reasons[-1] == "waiting-after-exposure_event"


def test_a_market_that_resolves_is_forgotten() -> None:
    match = Match()
    match.says(ratings=EVEN)
    match.to(14)
    match.loop.feed(match.tape.resolved(WHERE, "1"))
    assert '"spots":{}' in match.loop.stage.snapshot().decode()


def test_a_wrong_window_names_file_line_and_rule(tmp_path: object) -> None:
    from configs.yaml_file import parse_yaml

    text = "number: 2\nname: x\nlambda_max: 0.9\ncap: 0.02\nzones: [4]\nttl_s: 20\nlive: false\n"
    with pytest.raises(ConfigurationError) as caught:
        parse_yaml(EsportsParameters, text, "bots/bot_02_esports.yaml")
    said = str(caught.value)
    assert "line 3, lambda_max: It should be less than or equal to 0.5" in said
    assert "line 5, zones.0: It should be less than or equal to 3" in said


def test_signals_carry_the_features() -> None:
    match = live()
    match.says(phase=GamePhase.LIVE, kills=(6, 0), map_number=1)
    (entered,) = [signal for signal in match.loop.signals() if signal.reason == "entered"]
    assert isinstance(entered, Signal)
    assert entered.features["kill_swing"] == 6.0
    assert entered.fair_value == pytest.approx(0.5394, abs=1e-3)
    assert entered.sizing_lambda == 0.25
