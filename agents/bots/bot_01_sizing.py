"""Prices and size of a pair: Half Kelly on leg risk (STRATEGIES.md D.1)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.bots.view import View
from configs.bots import RebalancingParameters
from configs.profiles import Profile
from schemas.values import Action, Price, Side
from streams.prices import PriceMode, floor_lot, post_only_price

ZERO = Decimal(0)


class PairNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """Bot 1's numbers in one market: the standard ones, overridden by the market's profile.

    Attributes:
        fill_prob: π before it is measured.
        leg_loss: ℓ before it is measured, dollars per pair.
        bundle: Greatest cost of a bundle, of E_b.
        max_offset: Ticks that both bids may be set under the D.0 price.
    """

    fill_prob: Decimal
    leg_loss: Decimal
    bundle: Decimal
    max_offset: int
    ttl_s: int
    reprice_ms: int
    abort_ms: int
    start_ms: int
    stop_ms: int
    reduce_until_ms: int


def pair_numbers(standard: RebalancingParameters, profile: Profile | None) -> PairNumbers:
    """The numbers in force under a profile, or under none."""
    if profile is None:
        return PairNumbers(
            fill_prob=standard.fill_prob,
            leg_loss=standard.leg_loss,
            bundle=standard.bundle,
            max_offset=standard.max_offset,
            ttl_s=standard.ttl_s,
            reprice_ms=standard.leg_reprice_s * 1000,
            abort_ms=standard.leg_abort_s * 1000,
            start_ms=standard.start_s * 1000,
            stop_ms=standard.stop_s * 1000,
            reduce_until_ms=standard.reduce_until_s * 1000,
        )
    return PairNumbers(
        fill_prob=profile.bot1.fill_prob,
        leg_loss=profile.bot1.leg_loss,
        bundle=profile.risk.bundle,
        max_offset=profile.bot1.max_offset,
        ttl_s=profile.common.ttl_s,
        reprice_ms=profile.bot1.leg_reprice_s * 1000,
        abort_ms=profile.bot1.leg_abort_s * 1000,
        start_ms=profile.common.start_s * 1000,
        stop_ms=profile.common.stop_s * 1000,
        reduce_until_ms=profile.common.reduce_until_s * 1000,
    )


class LegStatistics(msgspec.Struct, kw_only=True):
    """What touched pairs came to, under one profile.

    Attributes:
        touched: Bundles with at least one fill, closed.
        completed: Those of them whose legs filled alike.
        broken_size: Shares of excess that had to be sold or held.
        broken_loss: Dollars lost on them.
    """

    touched: int = 0
    completed: int = 0
    broken_size: Decimal = ZERO
    broken_loss: Decimal = ZERO

    def fill_prob(self, default: Decimal, after: int) -> Decimal:
        """π: the measured rate after `after` touched pairs, the default before."""
        if self.touched < after:
            return default
        return Decimal(self.completed) / self.touched

    def leg_loss(self, default: Decimal, after: int, floor: Decimal) -> Decimal:
        """ℓ: the measured mean after `after` touched pairs, never below `floor`."""
        if self.touched < after or not self.broken_size:
            return default
        return max(self.broken_loss / self.broken_size, floor)


def leg_risk(
    standard: RebalancingParameters, numbers: PairNumbers, measured: LegStatistics | None
) -> tuple[Decimal, Decimal]:
    """π and ℓ: measured where enough pairs were touched, else the configured ones."""
    if measured is None:
        return numbers.fill_prob, numbers.leg_loss
    after, floor = standard.measured_after, standard.leg_loss_floor
    return (
        measured.fill_prob(numbers.fill_prob, after),
        measured.leg_loss(numbers.leg_loss, after, floor),
    )


class PairSignal(NamedTuple):
    """Whether a pair of bids is worth placing.

    Attributes:
        drift: `d = 1 − (y + n)`, dollars locked per pair.
        enter: The drift reaches the threshold and Kelly is above zero.
        full_kelly: f.
        pairs: Shares of each leg, on lot; 0 when not entered.
    """

    drift: Decimal
    enter: bool
    full_kelly: Decimal
    pairs: Decimal


def pair_signal(
    yes_price: Decimal,
    no_price: Decimal,
    equity: Decimal,
    *,
    fill_prob: Decimal,
    leg_loss: Decimal,
    threshold: Decimal,
    cap: Decimal,
    multiplier: Decimal = Decimal("0.5"),
    depth: Decimal | None = None,
) -> PairSignal:
    """Size a pair: `b = d/ℓ`, `f = max(0, (bπ − (1−π))/b)`, `pairs = λ·f·E_b/ℓ` within its caps.

    Args:
        yes_price: y, dollars.
        no_price: n, dollars.
        equity: E_b, dollars.
        fill_prob: π, probability that both legs fill.
        leg_loss: ℓ, dollars lost per pair when one leg fills.
        threshold: Least drift, dollars.
        cap: Greatest cost as a share of E_b.
        multiplier: λ, at most 0.5.
        depth: Shares that the displayed book allows; None for no such cap.
    """
    cost = yes_price + no_price
    drift = 1 - cost
    if drift < threshold or drift <= 0 or equity <= 0:
        return PairSignal(drift, False, ZERO, ZERO)
    odds = drift / leg_loss
    kelly = max(ZERO, (odds * fill_prob - (1 - fill_prob)) / odds)
    if not kelly:
        return PairSignal(drift, False, ZERO, ZERO)
    pairs = min(multiplier * kelly * equity / leg_loss, cap * equity / cost)
    if depth is not None:
        pairs = min(pairs, depth)
    return PairSignal(drift, True, kelly, floor_lot(pairs))


def in_focus(yes_price: Decimal, no_price: Decimal, focus: tuple[Decimal, Decimal]) -> bool:
    """Whether the cheaper leg's price lies in the range where pairs are worth it (D.1)."""
    low, high = focus
    return low <= min(yes_price, no_price) <= high


def price_pairs(
    view: View, max_offset: int, *, improve: bool
) -> Iterator[tuple[Decimal, Decimal, int]]:
    """Post-only bids for both legs, the most aggressive first (D.0).

    The best prices are improved where the spread has room; then joined; a profile with offsets goes
    on with both bids k = 1 … `max_offset` ticks under the D.0 price instead.

    Yields:
        YES price, NO price, offset k in ticks.
    """
    first = _leg_prices(view, PriceMode.IMPROVE if improve else PriceMode.JOIN)
    if first is None:
        return
    yield (*first, 0)
    if not max_offset:
        joined = _leg_prices(view, PriceMode.JOIN)
        if joined is not None and joined != first:
            yield (*joined, 0)
    for offset in range(1, max_offset + 1):
        yes, no = (price - offset * view.tick for price in first)
        if min(yes, no) < Price.LOWEST:
            return
        yield yes, no, offset


def displayed_share(
    view: View, yes_price: Decimal, no_price: Decimal, within: int, divisor: int
) -> Decimal:
    """Shares a pair may have: a part of what is displayed near each leg's price, the lesser."""
    yes = view.depth(Side.YES, Action.BUY, yes_price, within)
    no = view.depth(Side.NO, Action.BUY, no_price, within)
    return min(yes, no) / divisor


def _leg_prices(view: View, mode: PriceMode) -> tuple[Decimal, Decimal] | None:
    bid, ask = view.top.bid, view.top.ask
    cap, floor = view.bid_cap, view.ask_floor
    if bid is None or ask is None or cap is None or floor is None:
        return None
    yes = post_only_price(Action.BUY, Price.HIGHEST, bid, cap, view.tick, mode)
    no = post_only_price(Action.BUY, Price.HIGHEST, 1 - ask, 1 - floor, view.tick, mode)
    return None if yes is None or no is None else (yes, no)
