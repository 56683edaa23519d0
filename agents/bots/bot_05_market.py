"""What bot 5 learns of one market: volatility, toxicity, jumps and its own markouts.

STRATEGIES.md D.5. The formulas are those of `streams`; here is when they are fed and what follows.
"""

from decimal import Decimal

import msgspec

from agents.bots.backoff import Backoff
from agents.bots.bot_05_numbers import MakerNumbers
from agents.bots.view import View
from configs.bots import MarketMakerParameters
from schemas.market import MarketTrade
from schemas.trading import Fill
from schemas.values import MICRO, PIPS
from streams import markouts, toxicity, volatility
from streams.logit import logit
from streams.markouts import HORIZONS_MS, MarkoutState
from streams.prints import HORIZON_MS, PrintMemory, to_yes_space
from streams.toxicity import BUCKETS_PER_DAY, ToxicityState
from streams.volatility import HOUR_MS, VolatilityState

SECOND_MS = 1_000
JUMP_STEP_MS = 200
"""Mids of the last second are remembered this far apart."""
MIRROR_MS = 50
"""How far the venue's stamps of one match on both tokens may lie apart."""
FIVE_MINUTES = HORIZONS_MS.index(300_000)
ROOT_SECONDS_PER_HOUR = 60.0
"""√3600: σ per √hour is 60 times σ per √second."""


class MakerMarket(msgspec.Struct, kw_only=True):
    """Bot 5's memory of one market.

    Attributes:
        traded: Micro-dollars of prints seen; a window's bucket follows from the one before.
        mids: Time and mid of the last second.
        pulled_until: No order before this, ms.
        pulled_by: Why, a stable word.
        stopped_until: Only exits before this, because markouts were not above zero, ms.
        checked_at: When markouts were looked at last, ms.
        per_dollar: Five-minute markouts per dollar, the latest `markout_fills`.
        bid: Refusals of the bid, in YES space.
        ask: Refusals of the ask.
        sampled: Minute of the last estimate of rewards.
    """

    series: str = ""
    volatility: VolatilityState = VolatilityState()
    toxicity: ToxicityState = ToxicityState()
    prints: PrintMemory = msgspec.field(default_factory=PrintMemory)
    traded: int = 0
    mids: list[tuple[int, float]] = msgspec.field(default_factory=list)
    pulled_until: int = 0
    pulled_by: str = ""
    stopped_until: int = 0
    markouts: MarkoutState = MarkoutState()
    checked_at: int = 0
    per_dollar: list[float] = msgspec.field(default_factory=list)
    bid: Backoff = msgspec.field(default_factory=Backoff)
    ask: Backoff = msgspec.field(default_factory=Backoff)
    sampled: int = 0

    def backoff(self, is_bid: bool) -> Backoff:
        """Refusals of one side, in YES space."""
        return self.bid if is_bid else self.ask

    def pull(self, until: int, reason: str) -> None:
        """No order before `until`."""
        self.pulled_until = until
        self.pulled_by = reason


def observe_trade(
    market: MakerMarket, trade: MarketTrade, view: View, numbers: MakerNumbers, previous: int
) -> None:
    """Add somebody's trade to the volume buckets, once if the venue reports it on both tokens.

    Args:
        market: Changed.
        trade: As reported.
        view: For the market's 24 h volume.
        numbers: How a bucket is measured.
        previous: Micro-dollars of the series' previous window; 0 when unknown.
    """
    if not market.prints.is_news(trade, MIRROR_MS):
        return
    dollars = trade.size * trade.ticks * trade.tick // PIPS
    market.traded += dollars
    if numbers.tox_bucket is None:
        bucket = int(view.market.volume_24h * MICRO) // BUCKETS_PER_DAY
    else:
        bucket = int(previous * numbers.tox_bucket)
    buys = not to_yes_space(trade).hits_bids
    market.toxicity = toxicity.add_print(market.toxicity, dollars, bucket, buy=buys)


def toxicity_of(market: MakerMarket) -> float:
    """The imbalance of takers; 0.7, that is unknown, before the first full bucket."""
    return toxicity.toxicity(market.toxicity) if market.toxicity.full else toxicity.UNKNOWN


def observe_book(
    market: MakerMarket, view: View, numbers: MakerNumbers, standard: MarketMakerParameters
) -> None:
    """Sample the volatility, look for a jump, answer markouts that are due."""
    top, now = view.top, view.now
    microprice, mid = top.rough_microprice, top.rough_mid
    if microprice is None or mid is None or view.stale:
        return
    if volatility.is_due(market.volatility, now, numbers.volatility):
        market.volatility = volatility.observe(
            market.volatility, microprice, now, numbers.volatility
        )
    _watch_jump(market, mid, view, numbers, standard.jump_sigmas)
    if now >= market.checked_at + SECOND_MS:
        market.checked_at = now
        if market.markouts.waiting and top.mid is not None:
            _answer_markouts(market, top.mid, view, standard)
        seen = market.prints.seen
        if seen and now - seen[-1].venue_ms > HORIZON_MS:
            seen.clear()  # too old to be mirrored; keeps snapshots small


def observe_fill(market: MakerMarket, fill: Fill, now: int) -> None:
    """Follow a fill of our own; its markout is known five minutes later."""
    market.markouts = markouts.on_fill(market.markouts, fill, now)


def sigma_of(market: MakerMarket, view: View, numbers: MakerNumbers) -> float | None:
    """Volatility per √hour, logit units; None before there are two samples."""
    low, high = numbers.sigma
    left = view.time_left_ms
    if numbers.digital_floor is None or left is None:
        return volatility.sigma(market.volatility, low, high)
    return volatility.digital_sigma(
        market.volatility, left / HOUR_MS, numbers.digital_floor, low, high
    )


def base_dollars(
    market: MakerMarket,
    numbers: MakerNumbers,
    standard: MarketMakerParameters,
    equity: Decimal,
    multiplier: Decimal,
) -> Decimal:
    """Dollars a side: a fixed share of E_b, after enough fills Half Kelly of their markouts.

    `min(λ·(ē/v̄)·E_b, side_cap·E_b)`, ē and v̄ being mean and variance of the net five-minute markout
    per dollar; 0 when ē is not above zero.
    """
    fills = market.per_dollar
    if numbers.is_fixed_base or len(fills) < standard.markout_fills:
        return min(numbers.base, numbers.side_cap) * equity
    mean, variance = _moments(fills)
    if mean <= 0.0:
        return Decimal(0)
    cap = numbers.side_cap * equity
    if variance <= 0.0:
        return cap
    return min(multiplier * Decimal(str(mean / variance)) * equity, cap)


def _watch_jump(
    market: MakerMarket, mid: float, view: View, numbers: MakerNumbers, sigmas: float
) -> None:
    """Pull when the mid moved more than `sigmas`·σ and more than a tick within a second.

    One tick is the grid's own step: in a calm market every one of them exceeds 4σ of a second.
    """
    now, samples = view.now, market.mids
    while samples and now - samples[0][0] > SECOND_MS:
        del samples[0]
    moved = [old for _, old in samples if old != mid]
    if moved and _is_jump(mid, moved, view, sigma_of(market, view, numbers), sigmas):
        market.pull(now + numbers.tox_pull_ms, "mid-jump")
    if not samples or now - samples[-1][0] >= JUMP_STEP_MS:
        samples.append((now, mid))


def _is_jump(
    mid: float, before: list[float], view: View, sigma: float | None, sigmas: float
) -> bool:
    if sigma is None:
        return False
    limit = sigmas * sigma / ROOT_SECONDS_PER_HOUR
    tick = float(view.tick) + 1e-9
    x = logit(mid)
    return any(abs(mid - old) > tick and abs(x - logit(old)) > limit for old in before)


def _answer_markouts(
    market: MakerMarket, mid: Decimal, view: View, standard: MarketMakerParameters
) -> None:
    market.markouts, complete = markouts.on_mid(
        market.markouts, view.market.market_id, mid, view.now
    )
    for fill in complete:
        value = fill.per_dollar(FIVE_MINUTES)
        if value is not None:
            market.per_dollar.append(value)
    del market.per_dollar[: -standard.markout_fills]
    if complete and len(market.per_dollar) >= standard.markout_fills:
        mean, _ = _moments(market.per_dollar)
        if mean <= 0.0:
            market.stopped_until = view.now + standard.markout_stop_h * HOUR_MS
            market.per_dollar.clear()


def _moments(values: list[float]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    return mean, sum((value - mean) ** 2 for value in values) / (len(values) - 1)
