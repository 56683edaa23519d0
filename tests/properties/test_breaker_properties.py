"""Breakers as a fold: G.11, G.12 and G.13 of STRATEGIES.md over generated streams."""

from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import BotId
from schemas.risk import BreakerKind
from schemas.values import BotState
from streams.breaker_events import (
    BreakerEvent,
    BreakerReset,
    BreakerTripped,
    CapitalMoved,
    EpisodeEnded,
    EquityChanged,
    Outcome,
    Rearmed,
    Tick,
)
from streams.breaker_state import BreakerLimits, Breakers, effective, initial
from streams.breakers import fold
from streams.nav import drawdown, value

BOTS = (BotId("bot_01"), BotId("bot_08"), BotId("bot_10"))
LIMITS = BreakerLimits(
    consecutive_losses=3,
    pause_ms=86_400_000,
    daily_loss=Decimal("0.05"),
    bot_drawdown=Decimal("0.25"),
    bot_drawdowns={BOTS[1]: Decimal("0.15")},
    portfolio_drawdown=Decimal("0.40"),
)
START = 1_767_225_600_000
Step = tuple[str, int, int, int]
"""(kind, milliseconds to go on, bot, amount)."""

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("equity", "close", "flow", "rearm", "rearm-all", "tick")),
        st.sampled_from((-5000, 0, 1, 60_000, 3_600_000, 40_000_000)),
        st.integers(0, len(BOTS) - 1),
        st.integers(-30, 30),
    ),
    max_size=60,
)
NO_FLOWS = STEPS.map(lambda steps: [step for step in steps if step[0] != "flow"])


def events(steps: list[Step], scale: int = 1) -> list[BreakerEvent]:
    found: list[BreakerEvent] = []
    t = START
    equities = dict.fromkeys(BOTS, Decimal(10000 * scale))
    for sequence, (kind, wait, number, amount) in enumerate(steps):
        t += wait
        bot = BOTS[number]
        event_id = f"e{sequence}"
        if kind == "equity":
            equities[bot] = max(equities[bot] + amount * 100 * scale, Decimal(scale))
            found.append(
                EquityChanged(
                    event_id=event_id, sequence=sequence, t=t, bot_id=bot, equity=equities[bot]
                )
            )
        elif kind == "close":
            pnl = Decimal(amount * scale)
            found.append(
                EpisodeEnded(event_id=event_id, sequence=sequence, t=t, bot_id=bot, pnl=pnl)
            )
        elif kind == "flow":
            flow = Decimal(max(amount * 100, 1 - int(equities[bot])) * scale)
            equities[bot] += flow
            found.append(
                CapitalMoved(event_id=event_id, sequence=sequence, t=t, bot_id=bot, amount=flow)
            )
        elif kind == "tick":
            found.append(Tick(event_id=event_id, sequence=sequence, t=t))
        else:
            scope = bot if kind == "rearm" else None
            found.append(Rearmed(event_id=event_id, sequence=sequence, t=t, bot_id=scope))
    return found


def start(scale: int = 1) -> Breakers:
    return initial(dict.fromkeys(BOTS, Decimal(10000 * scale)), Decimal(5000 * scale))


def run(state: Breakers, stream: list[BreakerEvent]) -> tuple[Breakers, list[Outcome]]:
    told: list[Outcome] = []
    for event in stream:
        state, outcomes = fold(state, event, LIMITS)
        told.extend(outcomes)
    return state, told


@given(STEPS, st.integers(0, 60))
def test_folding_in_two_parts_with_a_restart_between_changes_nothing(
    steps: list[Step], cut: int
) -> None:
    stream = events(steps)
    whole, told = run(start(), stream)
    half, first = run(start(), stream[:cut])
    restored = msgspec.json.decode(msgspec.json.encode(half), type=Breakers)
    assert restored == half
    again, second = run(restored, stream[cut:])
    assert again == whole
    assert first + second == told


@given(STEPS, st.data())
def test_repeated_events_change_nothing(steps: list[Step], data: st.DataObject) -> None:
    stream = events(steps)
    repeated: list[BreakerEvent] = []
    for position, event in enumerate(stream):
        repeated.append(event)
        if position and data.draw(st.booleans()):
            repeated.append(stream[data.draw(st.integers(0, position))])
    assert run(start(), repeated) == run(start(), stream)


@given(NO_FLOWS, st.sampled_from((3, 10, 1000)))
def test_the_size_of_the_account_does_not_matter(steps: list[Step], scale: int) -> None:
    small, told_small = run(start(), events(steps))
    large, told_large = run(start(scale), events(steps, scale))
    assert [type(o) for o in told_small] == [type(o) for o in told_large]
    assert [(o.kind, o.bot_id) for o in told_small] == [(o.kind, o.bot_id) for o in told_large]
    for bot in BOTS:
        assert effective(small, bot) is effective(large, bot)
        assert small.bots[bot].streak == large.bots[bot].streak


@given(STEPS)
def test_flows_change_neither_drawdown_nor_streak(steps: list[Step]) -> None:
    state = start()
    for event in events(steps):
        before = state
        state, _ = fold(state, event, LIMITS)
        if not isinstance(event, CapitalMoved):
            continue
        for bot in BOTS:
            old, new = before.bots[bot], state.bots[bot]
            assert abs(drawdown(new.nav) - drawdown(old.nav)) < Decimal("1e-12")
            assert new.streak == old.streak


@given(STEPS)
def test_drawdowns_are_fractions_and_peaks_fall_only_at_a_re_arm(steps: list[Step]) -> None:
    state = start()
    for event in events(steps):
        before = state
        state, outcomes = fold(state, event, LIMITS)
        rearmed = any(isinstance(o, BreakerReset) and o.by == "operator" for o in outcomes)
        for bot in BOTS:
            assert 0 <= drawdown(state.bots[bot].nav) <= 1
            old, new = before.bots[bot].nav, state.bots[bot].nav
            if not rearmed:
                assert new.peak_equity * old.peak_units >= old.peak_equity * new.peak_units
            assert value(new) >= 0
        assert 0 <= drawdown(state.portfolio) <= 1


@given(STEPS)
def test_a_trip_is_told_once_until_its_reset_and_states_worsen_only_by_trips(
    steps: list[Step],
) -> None:
    order = [BotState.ACTIVE, BotState.PAUSED, BotState.STOPPED, BotState.EMERGENCY_HALT]
    state = start()
    open_now: set[tuple[BreakerKind, BotId | None]] = set()
    for event in events(steps):
        before = state
        state, outcomes = fold(state, event, LIMITS)
        for outcome in outcomes:
            key = (outcome.kind, outcome.bot_id)
            if isinstance(outcome, BreakerTripped):
                assert key not in open_now
                open_now.add(key)
            elif isinstance(outcome, BreakerReset):
                open_now.remove(key)
        for bot in BOTS:
            was, now = order.index(effective(before, bot)), order.index(effective(state, bot))
            if now < was:
                assert any(isinstance(o, BreakerReset) for o in outcomes)
            if now > was:
                assert any(isinstance(o, BreakerTripped) for o in outcomes)
            paused = state.bots[bot].pause_until
            known = before.bots[bot].pause_until
            if paused is not None and known is None:
                assert state.now is not None
                assert paused == state.now + LIMITS.pause_ms


@given(STEPS)
def test_a_late_event_never_moves_time_or_the_day_back(steps: list[Step]) -> None:
    state = start()
    for event in events(steps):
        before = state
        state, _ = fold(state, event, LIMITS)
        assert state.now is not None
        if before.now is None:
            continue
        assert state.now == max(before.now, event.t)
        if state.now // 86_400_000 == before.now // 86_400_000:
            flow = event.amount if isinstance(event, CapitalMoved) else 0
            assert state.baseline == before.baseline + flow


@given(STEPS)
def test_the_baseline_of_a_new_day_is_the_equity_before_its_first_event(
    steps: list[Step],
) -> None:
    state = start()
    for event in events(steps):
        before = state
        state, _ = fold(state, event, LIMITS)
        if before.now is None or state.now is None:
            continue
        if state.now // 86_400_000 > before.now // 86_400_000:
            flow = event.amount if isinstance(event, CapitalMoved) else 0
            assert state.baseline == before.portfolio.equity + flow


@given(STEPS)
def test_portfolio_equity_is_the_sum_of_its_parts(steps: list[Step]) -> None:
    state, _ = run(start(), events(steps))
    total = sum((bot.nav.equity for bot in state.bots.values()), state.unallocated)
    assert state.portfolio.equity == total
