"""Bot 5's numbers in one market: the standard ones, overridden by the market's profile."""

from decimal import Decimal

import msgspec

from configs.bots import MarketMakerParameters
from configs.profiles import Profile
from streams.quoting import QuoteParameters
from streams.volatility import HOUR_MS, VolatilityParameters


class MakerNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """What bot 5 quotes by (STRATEGIES.md D.5, J).

    Attributes:
        horizon_ms: τ at most.
        sigma: Least and greatest volatility per √hour.
        digital_floor: σ is at least this over √hours left; None for a market without an end.
        base: Dollars a side as a share of E_b.
        is_fixed_base: The base stays whatever the markouts are.
        side_cap: Most that markouts may make of it.
        market_cap: Worst-case loss in the market, of E_b.
        tox_bucket: Share of the previous window's volume that makes a bucket; None for a fiftieth
            of the market's 24 h volume.
    """

    quote: QuoteParameters
    volatility: VolatilityParameters
    horizon_ms: int
    sigma: tuple[float, float]
    digital_floor: float | None
    base: Decimal
    is_fixed_base: bool
    side_cap: Decimal
    market_cap: Decimal
    min_mid: Decimal
    tox_bucket: float | None
    tox_pull_ms: int
    ttl_s: int
    start_ms: int
    stop_ms: int
    reduce_until_ms: int


def maker_numbers(standard: MarketMakerParameters, profile: Profile | None) -> MakerNumbers:
    """The numbers in force under a profile, or under none."""
    return _standard(standard) if profile is None else _short(profile)


def _standard(own: MarketMakerParameters) -> MakerNumbers:
    return MakerNumbers(
        quote=QuoteParameters(
            gamma=own.gamma,
            kappa=own.kappa,
            spread=own.spread,
            pull_mult=own.pull_mult,
            shift_clip=own.shift_clip,
            arrivals=own.arrivals,
        ),
        volatility=VolatilityParameters(
            sample_ms=own.vol_sample_s * 1000,
            half_life_ms=round(own.vol_halflife_min * 60_000),
        ),
        horizon_ms=round(own.tau_h * HOUR_MS),
        sigma=own.sigma,
        digital_floor=None,
        base=own.base,
        is_fixed_base=False,
        side_cap=own.side_cap,
        market_cap=own.market_cap,
        min_mid=own.min_mid,
        tox_bucket=None,
        tox_pull_ms=own.tox_pull_s * 1000,
        ttl_s=own.ttl_s,
        start_ms=own.start_s * 1000,
        stop_ms=own.stop_s * 1000,
        reduce_until_ms=own.reduce_until_s * 1000,
    )


def _short(profile: Profile) -> MakerNumbers:
    own, common, risk = profile.bot5, profile.common, profile.risk
    return MakerNumbers(
        quote=QuoteParameters(
            gamma=own.gamma,
            kappa=own.kappa,
            spread=own.spread,
            pull_mult=own.pull_mult,
            shift_clip=own.shift_clip,
        ),
        volatility=VolatilityParameters(
            sample_ms=own.vol_sample_s * 1000, half_life_ms=own.vol_halflife_s * 1000
        ),
        horizon_ms=own.tau_s * 1000,
        sigma=own.sigma,
        digital_floor=own.vol_floor,
        base=own.base,
        is_fixed_base=True,
        side_cap=risk.mm_side,
        market_cap=risk.market,
        min_mid=own.min_mid,
        tox_bucket=own.tox_bucket,
        tox_pull_ms=own.tox_pull_s * 1000,
        ttl_s=common.ttl_s,
        start_ms=common.start_s * 1000,
        stop_ms=common.stop_s * 1000,
        reduce_until_ms=common.reduce_until_s * 1000,
    )
