"""How much Kelly a bot has earned by its closes (STRATEGIES.md D.9).

The prior is that it has no edge: a bettor without skill wins as often as the price says. Bets held
to the end are counted as wins and losses under a Beta prior; where exits come earlier, or a bet is
not one outcome, the P&L per dollar at risk is shrunk instead (D-30).
"""

from collections.abc import Sequence
from math import isclose
from statistics import fmean, median
from typing import NamedTuple

import msgspec


class Model(NamedTuple):
    """The numbers of D.9.

    Attributes:
        prior_n: n₀, how many bets the prior weighs.
        min_n: Bets below which half of λ_max is advised.
        window: Latest closes that count.
        window_ms: And how old they may be.
        early_exits: Share of early exits above which P&L is looked at.
    """

    prior_n: float
    min_n: int
    window: int
    window_ms: int
    early_exits: float


class Close(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One closed position.

    Attributes:
        at: ms.
        price: Average entry price, dollars per share.
        risked: Dollars that could be lost.
        pnl: Dollars.
        payout: Dollars per share of what was held to the end; None after an early exit.
        held_ms: How long it was open.
    """

    at: int
    price: float
    risked: float
    pnl: float
    payout: float | None
    held_ms: int


class OpenBet(NamedTuple):
    """A position that is still open, at its mark; open losers are invisible among closes.

    Attributes:
        price: Average entry price.
        mark: What a holder would get now, dollars per share.
        held_ms: How long it is open.
    """

    price: float
    mark: float
    held_ms: int


class Posterior(NamedTuple):
    """What the record says.

    Attributes:
        n: Bets counted.
        p: Posterior probability of winning; None in the P&L version.
        edge: Posterior edge: dollars per share, or per dollar at risk in the P&L version.
        variance: Of the edge.
    """

    n: int
    p: float | None
    edge: float
    variance: float


def recent(closes: Sequence[Close], now: int, model: Model) -> list[Close]:
    """The closes that count: the latest, none too old."""
    young = [each for each in closes if now - each.at <= model.window_ms]
    return young[-model.window :]


def wins(won: float, lost: float, price: float, prior_n: float) -> Posterior:
    """Beta posterior of bets held to the end.

    Args:
        won: Bets paid 1.00.
        lost: All others.
        price: Mean entry price c̄; the prior is `Beta(n₀·c̄, n₀·(1 − c̄))`.
        prior_n: n₀.
    """
    a, b = prior_n * price + won, prior_n * (1.0 - price) + lost
    total = a + b
    p = a / total
    variance = a * b / (total * total * (total + 1.0))
    return Posterior(round(won + lost), p, p - price, variance)


def earnings(per_dollar: Sequence[float], prior_n: float) -> Posterior:
    """Shrunk mean of P&L per dollar at risk: `e = m·n/(n + n₀)`, `var = s²/(n + n₀)`.

    s² is the sample variance; a single bet has none, and its edge then counts for nothing.
    """
    n = len(per_dollar)
    if n == 0:
        return Posterior(0, None, 0.0, 0.0)
    mean = fmean(per_dollar)
    edge = mean * n / (n + prior_n)
    if n == 1:
        return Posterior(1, None, edge, float("inf"))
    variance = sum((each - mean) ** 2 for each in per_dollar) / (n - 1)
    return Posterior(n, None, edge, variance / (n + prior_n))


def posterior(
    closes: Sequence[Close],
    open_bets: Sequence[OpenBet],
    now: int,
    model: Model,
    *,
    by_pnl: bool,
) -> Posterior:
    """What a bot's record says now.

    A position that is open for more than twice the median hold counts at its mark: with what it
    would bring in the P&L version, and as so much of a win otherwise.

    Args:
        closes: Of the bot, oldest first.
        open_bets: Its open positions.
        now: The fold's `now`, ms.
        model: The numbers.
        by_pnl: The bot's bets are no single outcomes; P&L is looked at in any case.
    """
    counted = recent(closes, now, model)
    late: list[OpenBet] = []
    if counted:
        limit = 2 * median(each.held_ms for each in counted)
        late = [each for each in open_bets if each.held_ms > limit and each.price > 0.0]
    early = sum(each.payout is None for each in counted)
    if by_pnl or early > model.early_exits * len(counted):
        values = [each.pnl / each.risked for each in counted if each.risked > 0.0]
        values += [each.mark / each.price - 1.0 for each in late]
        return earnings(values, model.prior_n)
    ends = [each for each in counted if each.payout is not None]
    won = sum(isclose(each.payout or 0.0, 1.0) for each in ends)
    prices = [each.price for each in ends] + [each.price for each in late]
    if not prices:
        return Posterior(0, None, 0.0, 0.0)
    marked = sum(each.mark for each in late)
    lost = len(ends) - won + len(late) - marked
    return wins(won + marked, lost, fmean(prices), model.prior_n)


def advised_multiplier(found: Posterior, most: float, drawdown_share: float, min_n: int) -> float:
    """λ to advise: `λ_max · k · dd`, and `0.5 · λ_max · dd` before there are enough bets.

    Args:
        found: What the record says; k is `e²/(e² + var)`, 0 without a positive edge.
        most: λ_max of the bot.
        drawdown_share: Drawdown as a share of its limit; dd is what is left of 1.
        min_n: Bets below which the record says nothing.
    """
    room = min(max(0.0, 1.0 - drawdown_share), 1.0)
    if found.n < min_n:
        return 0.5 * most * room
    if found.edge <= 0.0:
        return 0.0
    square = found.edge * found.edge
    return most * square / (square + found.variance) * room
