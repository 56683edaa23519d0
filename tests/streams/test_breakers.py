"""The breaker fold: every vector of STRATEGIES.md C.5, and the rules around them."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from schemas.ids import BotId
from schemas.risk import BreakerKind
from schemas.values import BotState
from streams import breakers
from streams.breaker_events import (
    BreakerEvent,
    BreakerReset,
    BreakerTripped,
    CapitalMoved,
    EpisodeEnded,
    EquityChanged,
    LevelReached,
    Outcome,
    Rearmed,
    Tick,
)
from streams.breaker_state import (
    BreakerLimits,
    Breakers,
    effective,
    initial,
    next_deadline,
    rearm_refusal,
)
from streams.nav import drawdown

MIDNIGHT = 1_767_225_600_000
ONE, SEVEN, EIGHT = BotId("bot_01"), BotId("bot_07"), BotId("bot_08")
LIMITS = BreakerLimits(
    consecutive_losses=3,
    pause_ms=86_400_000,
    daily_loss=Decimal("0.05"),
    bot_drawdown=Decimal("0.25"),
    bot_drawdowns={EIGHT: Decimal("0.15")},
    portfolio_drawdown=Decimal("0.40"),
)


class Fold:
    """Feeds events with times in seconds after midnight and remembers what came out."""

    def __init__(self, *, unallocated: str = "0", bots: Sequence[BotId] = (ONE, EIGHT)) -> None:
        self.state: Breakers = initial(dict.fromkeys(bots, Decimal(10000)), Decimal(unallocated))
        self.outcomes: list[Outcome] = []
        self._count = 0

    def feed(self, event: BreakerEvent) -> tuple[Outcome, ...]:
        self.state, outcomes = breakers.fold(self.state, event, LIMITS)
        self.outcomes.extend(outcomes)
        return outcomes

    def _head(self, t: float) -> tuple[str, int, int]:
        self._count += 1
        return f"event-{self._count}", self._count, MIDNIGHT + int(t * 1000)

    def eq(self, t: float, bot: BotId, value: str) -> tuple[Outcome, ...]:
        event_id, sequence, at = self._head(t)
        return self.feed(
            EquityChanged(
                event_id=event_id, sequence=sequence, t=at, bot_id=bot, equity=Decimal(value)
            )
        )

    def cl(self, t: float, bot: BotId, pnl: str) -> tuple[Outcome, ...]:
        event_id, sequence, at = self._head(t)
        return self.feed(
            EpisodeEnded(event_id=event_id, sequence=sequence, t=at, bot_id=bot, pnl=Decimal(pnl))
        )

    def tick(self, t: float) -> tuple[Outcome, ...]:
        event_id, sequence, at = self._head(t)
        return self.feed(Tick(event_id=event_id, sequence=sequence, t=at))

    def flow(self, t: float, bot: BotId | None, amount: str) -> tuple[Outcome, ...]:
        event_id, sequence, at = self._head(t)
        return self.feed(
            CapitalMoved(
                event_id=event_id, sequence=sequence, t=at, bot_id=bot, amount=Decimal(amount)
            )
        )

    def rearm(self, t: float, bot: BotId | None) -> tuple[Outcome, ...]:
        event_id, sequence, at = self._head(t)
        return self.feed(Rearmed(event_id=event_id, sequence=sequence, t=at, bot_id=bot))

    def of(self, bot: BotId) -> BotState:
        return effective(self.state, bot)

    def trips(self) -> list[tuple[BreakerKind, BotId | None]]:
        return [(o.kind, o.bot_id) for o in self.outcomes if isinstance(o, BreakerTripped)]


def test_three_losses_pause_for_exactly_24_hours() -> None:
    fold = Fold()
    fold.cl(10, ONE, "-4")
    fold.cl(20, ONE, "-1")
    assert fold.of(ONE) is BotState.ACTIVE
    fold.cl(30, ONE, "-2")
    assert fold.of(ONE) is BotState.PAUSED
    assert fold.of(EIGHT) is BotState.ACTIVE
    fold.tick(86429)
    assert fold.of(ONE) is BotState.PAUSED
    outcomes = fold.tick(86430)
    assert fold.of(ONE) is BotState.ACTIVE
    assert outcomes == (BreakerReset(BreakerKind.CONSECUTIVE_LOSSES, ONE, "time"),)


def test_daily_loss_trips_at_five_per_cent_and_ends_at_midnight() -> None:
    fold = Fold()
    fold.tick(0)
    fold.eq(3600, ONE, "9100")
    assert fold.trips() == []
    fold.eq(3700, ONE, "9000")
    assert fold.trips() == [(BreakerKind.DAILY_LOSS, None)]
    assert (fold.of(ONE), fold.of(EIGHT)) == (BotState.PAUSED, BotState.PAUSED)
    fold.tick(86400)
    assert (fold.of(ONE), fold.of(EIGHT)) == (BotState.ACTIVE, BotState.ACTIVE)
    assert fold.state.baseline == 19000
    fold.eq(86401, ONE, "8060")
    assert len(fold.trips()) == 1
    assert drawdown(fold.state.bots[ONE].nav) == Decimal("0.194")


def test_drawdown_trips_at_the_limit_and_not_before() -> None:
    fold = Fold(unallocated="80000")
    fold.eq(10, EIGHT, "11000")
    fold.eq(20, EIGHT, "9351")
    assert fold.of(EIGHT) is BotState.ACTIVE
    fold.eq(30, EIGHT, "9350")
    assert fold.of(EIGHT) is BotState.STOPPED
    assert fold.trips() == [(BreakerKind.BOT_DRAWDOWN, EIGHT)]
    fold.eq(40, ONE, "7501")
    assert fold.of(ONE) is BotState.ACTIVE
    fold.eq(50, ONE, "7500")
    assert fold.of(ONE) is BotState.STOPPED


def test_trips_come_in_the_normative_order() -> None:
    fold = Fold()
    fold.tick(0)
    fold.eq(5, ONE, "5000")
    assert fold.trips() == [(BreakerKind.BOT_DRAWDOWN, ONE), (BreakerKind.DAILY_LOSS, None)]
    assert (fold.of(ONE), fold.of(EIGHT)) == (BotState.STOPPED, BotState.PAUSED)
    fold.eq(6, EIGHT, "7000")
    assert fold.trips()[2:] == [
        (BreakerKind.PORTFOLIO_DRAWDOWN, None),
        (BreakerKind.BOT_DRAWDOWN, EIGHT),
    ]
    assert {fold.of(ONE), fold.of(EIGHT)} == {BotState.EMERGENCY_HALT}


@pytest.mark.parametrize(
    ("results", "paused"),
    [
        (("-1", "0", "-1", "0", "-1"), True),
        (("-1", "-1", "1", "-1", "-1"), False),
        (("-5", "-1", "2", "-3", "-3"), False),
    ],
)
def test_zero_neither_counts_nor_resets_and_a_win_resets(
    results: tuple[str, ...], paused: bool
) -> None:
    fold = Fold(bots=(ONE, SEVEN, EIGHT))
    for second, pnl in enumerate(results):
        fold.cl(10 + second, ONE, pnl)
    assert (fold.of(ONE) is BotState.PAUSED) is paused


def test_the_streak_moves_only_while_active_and_time_never_runs_back() -> None:
    fold = Fold()
    fold.cl(10, ONE, "-1")
    fold.cl(20, ONE, "-1")
    fold.eq(30, EIGHT, "9000")
    assert fold.trips() == [(BreakerKind.DAILY_LOSS, None)]
    fold.cl(40, ONE, "-1")
    assert fold.trips() == [(BreakerKind.DAILY_LOSS, None)]
    fold.tick(86400)
    assert fold.of(ONE) is BotState.ACTIVE
    fold.cl(86410, ONE, "-1")
    assert fold.trips()[1:] == [(BreakerKind.CONSECUTIVE_LOSSES, ONE)]
    assert fold.state.bots[ONE].pause_until == MIDNIGHT + 172_810_000
    before = fold.state
    assert fold.tick(86399) == ()
    assert fold.state.now == before.now
    assert (fold.state.bots, fold.state.baseline) == (before.bots, before.baseline)


def test_daily_loss_counts_against_the_baseline_of_the_day() -> None:
    fold = Fold(bots=(ONE, SEVEN, EIGHT))
    fold.tick(0)
    fold.eq(3600, ONE, "9000")
    fold.eq(7200, SEVEN, "9500")
    assert fold.trips() == [(BreakerKind.DAILY_LOSS, None)]
    fold.tick(86399)
    assert fold.of(ONE) is BotState.PAUSED
    fold.tick(86400)
    fold.eq(86500, ONE, "8000")
    assert len(fold.trips()) == 1
    assert fold.of(ONE) is BotState.ACTIVE


def test_a_pause_outlives_midnight_and_a_daily_halt() -> None:
    fold = Fold(bots=(ONE, SEVEN, EIGHT))
    for second in (80000, 80001, 80002):
        fold.cl(second, ONE, "-1")
    fold.eq(80003, SEVEN, "8400")
    assert fold.trips() == [
        (BreakerKind.CONSECUTIVE_LOSSES, ONE),
        (BreakerKind.DAILY_LOSS, None),
    ]
    fold.tick(86400)
    assert (fold.of(ONE), fold.of(SEVEN)) == (BotState.PAUSED, BotState.ACTIVE)
    fold.tick(166402)
    assert fold.of(ONE) is BotState.ACTIVE


def test_several_silent_days_roll_once_with_the_last_known_equity() -> None:
    fold = Fold()
    fold.eq(10, ONE, "9500")
    fold.eq(86400 * 5, ONE, "9000")
    assert fold.state.baseline == 19500


def test_the_first_event_takes_the_initial_equity_as_baseline() -> None:
    fold = Fold()
    fold.eq(10, ONE, "9000")
    assert fold.state.baseline == 20000
    assert fold.trips() == [(BreakerKind.DAILY_LOSS, None)]


def test_a_repeated_event_changes_nothing() -> None:
    fold = Fold()
    event = EpisodeEnded(event_id="a", sequence=7, t=MIDNIGHT, bot_id=ONE, pnl=Decimal(-1))
    fold.feed(event)
    before = fold.state
    assert fold.feed(event) == ()
    assert fold.state == before


def test_an_operator_re_arms_a_bot_without_touching_anything_else() -> None:
    fold = Fold(unallocated="80000")
    for second in (1, 2, 3):
        fold.cl(second, ONE, "-1")
    fold.eq(10, ONE, "7000")
    assert fold.of(ONE) is BotState.STOPPED
    assert fold.rearm(20, ONE) == (BreakerReset(BreakerKind.BOT_DRAWDOWN, ONE, "operator"),)
    assert fold.of(ONE) is BotState.PAUSED
    assert drawdown(fold.state.bots[ONE].nav) == 0
    fold.eq(30, ONE, "5251")
    assert fold.of(ONE) is BotState.PAUSED
    fold.eq(40, ONE, "5250")
    assert fold.of(ONE) is BotState.STOPPED


def test_a_re_arm_of_a_closed_breaker_does_not_cure_a_drawdown() -> None:
    fold = Fold(unallocated="80000")
    fold.eq(10, ONE, "8000")
    assert fold.rearm(20, ONE) == ()
    assert fold.rearm(20, None) == ()
    assert drawdown(fold.state.bots[ONE].nav) == Decimal("0.2")


def test_a_portfolio_re_arm_sets_all_peaks_and_leaves_stopped_bots_stopped() -> None:
    fold = Fold()
    fold.eq(5, ONE, "5000")
    fold.eq(6, EIGHT, "7000")
    fold.rearm(7, None)
    assert (fold.of(ONE), fold.of(EIGHT)) == (BotState.STOPPED, BotState.STOPPED)
    assert drawdown(fold.state.portfolio) == 0
    assert drawdown(fold.state.bots[ONE].nav) == 0
    assert fold.state.daily_open


def test_flows_neither_cure_nor_cause_a_drawdown_and_move_the_baseline() -> None:
    fold = Fold()
    fold.eq(10, ONE, "9200")
    fold.flow(20, ONE, "10000")
    assert abs(drawdown(fold.state.bots[ONE].nav) - Decimal("0.08")) < Decimal("1e-12")
    assert fold.state.baseline == 30000
    fold.flow(30, ONE, "-12000")
    assert abs(drawdown(fold.state.bots[ONE].nav) - Decimal("0.08")) < Decimal("1e-12")
    assert fold.state.baseline == 18000
    assert fold.trips() == []


def test_a_bot_without_capital_has_no_drawdown() -> None:
    nine = BotId("bot_09")
    fold = Fold()
    fold.flow(1, nine, "0")
    assert drawdown(fold.state.bots[nine].nav) == 0
    assert fold.trips() == []


def test_a_wiped_bot_stays_stopped_until_capital_and_a_re_arm() -> None:
    fold = Fold(unallocated="900000")
    fold.eq(10, ONE, "0")
    assert fold.of(ONE) is BotState.STOPPED
    fold.rearm(20, ONE)
    assert fold.of(ONE) is BotState.STOPPED
    refusal = rearm_refusal(fold.state, ONE)
    assert refusal == "There is no capital left; allocate capital before the re-arm."
    fold.flow(30, ONE, "500")
    assert fold.of(ONE) is BotState.STOPPED
    assert rearm_refusal(fold.state, ONE) is None
    fold.rearm(40, ONE)
    assert fold.of(ONE) is BotState.ACTIVE
    assert drawdown(fold.state.bots[ONE].nav) == 0


def test_warnings_come_once_per_level_and_again_after_a_new_peak() -> None:
    fold = Fold(unallocated="80000")

    def told() -> list[tuple[BreakerKind, str]]:
        levels = [o for o in fold.outcomes if isinstance(o, LevelReached)]
        return [(o.kind, str(o.level)) for o in levels if o.bot_id == EIGHT]

    fold.eq(10, EIGHT, "9250")
    fold.eq(11, EIGHT, "9240")
    assert told() == [(BreakerKind.BOT_DRAWDOWN, "0.5")]
    fold.eq(12, EIGHT, "8800")
    assert told() == [(BreakerKind.BOT_DRAWDOWN, "0.5"), (BreakerKind.BOT_DRAWDOWN, "0.8")]
    fold.eq(13, EIGHT, "12000")
    fold.eq(14, EIGHT, "11000")
    assert told()[2:] == [(BreakerKind.BOT_DRAWDOWN, "0.5")]


def test_daily_warnings_come_again_on_a_new_day() -> None:
    fold = Fold()
    fold.eq(10, ONE, "9500")
    fold.eq(86410, ONE, "9000")
    warned = [o for o in fold.outcomes if isinstance(o, LevelReached)]
    daily = [o.level for o in warned if o.kind is BreakerKind.DAILY_LOSS]
    assert daily == [Decimal("0.5"), Decimal("0.5")]


def test_a_trip_names_the_affected_bots_and_its_id_depends_on_its_cause() -> None:
    fold = Fold()
    fold.eq(10, ONE, "9000")
    trip = next(o for o in fold.outcomes if isinstance(o, BreakerTripped))
    assert trip.affected == (ONE, EIGHT)
    assert (trip.threshold, trip.value) == (Decimal("0.05"), Decimal("0.05"))
    again = Fold()
    again.eq(10, ONE, "9000")
    assert again.outcomes == fold.outcomes


def test_the_next_deadline_is_a_pause_or_midnight() -> None:
    fold = Fold()
    assert next_deadline(fold.state) == 0
    fold.tick(100)
    assert next_deadline(fold.state) == MIDNIGHT + 86_400_000
    for second in (200, 201, 202):
        fold.cl(second, ONE, "-1")
    fold.tick(86401)
    assert next_deadline(fold.state) == MIDNIGHT + 86_602_000
