"""Which alerts stand now, from the live state. Pure: times are given."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from api.live import LiveState
from schemas.risk import BreakerState, TradingState
from schemas.values import BotState

SILENT_S = 15.0
DATA_OLD_S = 30.0
LAG_LIMIT = 5_000
NEAR = Decimal("0.8")
ACCOUNT = "account"


class Condition(NamedTuple):
    """Something that an operator should know as long as it holds."""

    rule: str
    scope: str
    detail: str


class Ages(NamedTuple):
    """What only a clock knows.

    Attributes:
        heartbeats: Wall seconds since each component was heard.
        market_data: Wall seconds since any book changed; None before the first.
        database: The database answers.
    """

    heartbeats: dict[str, float]
    market_data: float | None
    database: bool


def conditions(state: LiveState, ages: Ages) -> Iterator[Condition]:
    """Every condition that holds.

    Args:
        state: The present.
        ages: How old it is.
    """
    yield from _trading(state)
    for breaker in state.breakers.values():
        yield from _breaker(breaker)
    for bot_id, life in state.bots.items():
        if life is BotState.ERROR:
            reason = state.bot_reasons.get(bot_id, "")
            yield Condition("bot-error", bot_id, f"{bot_id} is in ERROR: {reason}")
    yield from _pipeline(state, ages)


def _trading(state: LiveState) -> Iterator[Condition]:
    risk = state.risk
    if risk is None or risk.trading_state is TradingState.ACTIVE:
        return
    emergency = risk.trading_state is TradingState.EMERGENCY_HALT
    rule = "emergency-halt" if emergency else "trading-halted"
    yield Condition(rule, ACCOUNT, f"The account is {risk.trading_state}: {risk.reason}")


def _breaker(breaker: BreakerState) -> Iterator[Condition]:
    what = f"{breaker.kind} of {breaker.scope} is at {breaker.value:f} of {breaker.limit:f}."
    scope = f"{breaker.scope}/{breaker.kind}"
    if breaker.open:
        yield Condition("breaker-open", scope, what)
    elif breaker.limit > 0 and breaker.value >= NEAR * breaker.limit:
        yield Condition("breaker-near", scope, what)


def _pipeline(state: LiveState, ages: Ages) -> Iterator[Condition]:
    for name, age_s in ages.heartbeats.items():
        if age_s > SILENT_S:
            yield Condition("stage-silent", name, f"{name} was not heard for {SILENT_S:.0f} s.")
        elif state.heartbeats[name].lag > LAG_LIMIT:
            lag = state.heartbeats[name].lag
            yield Condition("stage-behind", name, f"{name} has {lag:,} records to read.")
    if ages.market_data is not None and ages.market_data > DATA_OLD_S:
        detail = f"No book has changed for more than {DATA_OLD_S:.0f} s."
        yield Condition("market-data-old", "connector", detail)
    if not ages.database:
        yield Condition("database-away", "database", "The database does not answer the API.")
