"""Breakers, equity and exposure (STRATEGIES.md C.2, C.3, C.5)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from api.vectors.strategies.form import Function, Inputs, Result, dec, sure
from schemas.errors import ApplicationError
from schemas.ids import BotId, TokenId
from streams import breakers
from streams.breaker_events import (
    BreakerEvent,
    BreakerTripped,
    CapitalMoved,
    EpisodeEnded,
    EquityChanged,
    Rearmed,
    Tick,
)
from streams.breaker_state import BreakerLimits, effective, initial
from streams.exposure import Losses, exposure, states
from streams.holdings import Holding, Stake
from streams.marks import MarketMark

ZERO = Decimal(0)
EVERYBODY = "*"
DAY_MS = 86_400_000
SETTLED_MS = 1_000_000_000
"""Long after any carry: marks of bad books are the bids there are."""


def fold_events(i: Inputs) -> Result:
    """The breakers over a list of events; times are seconds in, seconds out."""
    equities = {BotId(bot): sure(value) for bot, value in i["initial_equity"].items()}
    limits = BreakerLimits(
        consecutive_losses=3,
        pause_ms=DAY_MS,
        daily_loss=Decimal("0.05"),
        bot_drawdown=Decimal("0.25"),
        portfolio_drawdown=Decimal("0.40"),
        bot_drawdowns={BotId(b): sure(v) for b, v in i.get("bot_drawdown_limits", {}).items()},
    )
    state = initial(equities, sure(i.get("reserve_cash", 0)))
    trips: list[list[object]] = []
    after: list[dict[str, str]] = []
    for number, event in enumerate(i["events"], start=1):
        state, outcomes = breakers.fold(state, _event(event, number), limits)
        trips += [
            [str(each.kind), each.bot_id or EVERYBODY, event["t"]]
            for each in outcomes
            if isinstance(each, BreakerTripped)
        ]
        after.append({bot: str(effective(state, bot)) for bot in equities})
    final = {bot: str(effective(state, bot)) for bot in equities}
    return {"trips": trips, "final_states": final, "states_after_each": after}


def _event(event: Mapping[str, Any], number: int) -> BreakerEvent:
    event_id, at = f"event-{number}", int(sure(event["t"]) * 1000)
    bot = event.get("bot")
    scope = None if bot in (None, EVERYBODY, "portfolio") else BotId(bot)
    match event["type"]:
        case "tick":
            return Tick(event_id=event_id, sequence=number, t=at)
        case "equity":
            value = sure(event["value"])
            return EquityChanged(
                event_id=event_id, sequence=number, t=at, bot_id=BotId(event["bot"]), equity=value
            )
        case "close":
            pnl = sure(event["pnl"])
            return EpisodeEnded(
                event_id=event_id, sequence=number, t=at, bot_id=BotId(event["bot"]), pnl=pnl
            )
        case "flow":
            amount = sure(event["amount"])
            return CapitalMoved(
                event_id=event_id, sequence=number, t=at, bot_id=scope, amount=amount
            )
        case "rearm":
            return Rearmed(event_id=event_id, sequence=number, t=at, bot_id=scope)
        case other:
            raise ApplicationError(
                f"Expected an event of type tick, equity, close, flow or rearm, received {other!r}."
            )


def bot_equity(i: Inputs) -> Result:
    """E_b: cash, pairs at one dollar, the excess at its best bid."""
    total = sure(i["cash"]) + sure(i.get("receivable", 0))
    for position in i["positions"]:
        stake = Stake(_holding(position["yes"]), _holding(position["no"]))
        bids = dec(position["best_bid_yes"]), dec(position["best_bid_no"])
        stake.mark(MarketMark(0, *bids), SETTLED_MS, 0)
        total += stake.value
    return {"equity": total}


def _holding(size: float | str) -> Holding:
    return Holding("", TokenId(""), 0, size=sure(size))


def worst_case_loss(i: Inputs) -> Result:
    """Payoff in each state of a neg-risk event and the worst loss of what everything cost."""
    cost = sure(i["total_cost"])
    losses = [Losses(-sure(yes), -sure(no)) for yes, no in zip(i["yes"], i["no"], strict=True)]
    losses[0] = losses[0].plus(Losses(cost, cost))
    each = states(losses, exclusive=True, complete=True)
    return {
        "worst_loss": exposure(losses, exclusive=True, complete=True),
        "payoffs": [cost - loss for loss in each],
    }


FUNCTIONS: dict[str, Function] = {
    "fold_events": fold_events,
    "bot_equity": bot_equity,
    "neg_risk_worst_case_loss": worst_case_loss,
}
