"""What the risk gate goes by: limits of risk.yaml, rules.yaml and the profile in native units."""

from decimal import Decimal

import msgspec

from configs.complements import Complement
from configs.paper import PaperConfig
from configs.profiles import Profile, Profiles
from configs.risk import MOST_BOTS, RiskConfig
from configs.rules import TradingRules
from schemas.ids import BotId, MarketId
from schemas.values import IntentKind, Money, Zone
from streams.account_state import AccountRules
from streams.breaker_state import BreakerLimits
from streams.freshness import FreshnessLimits
from streams.markets import ShortHorizon
from streams.rate_limit import RateLimits

HOUR_MS = 3_600_000
MAKERS = (5, 8)
"""Bots that share the market makers' part of the order bucket."""


class BotRights(msgspec.Struct, frozen=True, kw_only=True):
    """What one bot may open; shares are of E_ref.

    Attributes:
        intents: Kinds of opening orders.
        zones: Whitelist of directional orders.
        lambda_max: Greatest Kelly multiplier.
        directional: Most at risk in one directional order.
        mm_side: Most at risk on one quote side.
        bundle: Most that one bundle may cost.
        market: Most at risk in one market.
        outcome: Most at risk in one outcome of a neg-risk event; None without such a limit.
        positions: Most open positions.
        maker: It shares the market makers' part of the order bucket.
        claims: Its directional orders may rest on a portfolio or a hedge.
    """

    intents: tuple[IntentKind, ...]
    zones: tuple[Zone, ...]
    lambda_max: Decimal
    directional: Decimal
    mm_side: Decimal
    bundle: Decimal
    market: Decimal
    outcome: Decimal | None
    positions: int
    maker: bool
    claims: bool


class GateRules(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the gate is configured with; times in ms.

    Attributes:
        account: Parameters of the account fold.
        rights: By bot; a bot that is not named may open nothing.
        gtd_ahead_ms: How far ahead a GTD time must be.
        unhedged: Filled unmatched legs above this share of E_ref forbid new bundles.
        arb_threshold: Dollars that a set must lock.
        arb_per_leg: The same per leg.
        on_chain: The wallet merges and splits what execution cannot.
        complements: What completes a market's token, by the operator's list.
    """

    account: AccountRules
    rights: dict[BotId, BotRights]
    rates: RateLimits
    freshness: FreshnessLimits
    gtd_ahead_ms: int
    lot: Decimal
    e_ref_slack: Decimal
    mm_grace_ms: int
    event_portfolio: Decimal
    bot_gross: Decimal
    portfolio_gross: Decimal
    unhedged: Decimal
    arb_threshold: Decimal
    arb_per_leg: Decimal
    allow_arb_out_of_zone: bool = False
    money: Money = Money.PAPER
    on_chain: bool = False
    complements: dict[MarketId, Complement] = msgspec.field(default_factory=dict)

    @property
    def settles_pairs(self) -> bool:
        """Whether execution merges and splits: on paper, or by the wallet on the chain."""
        return self.money is Money.PAPER or self.on_chain

    @property
    def converts(self) -> bool:
        """Whether execution converts: on paper alone."""
        return self.money is Money.PAPER


def gate_rules(
    risk: RiskConfig,
    rules: TradingRules,
    profiles: Profiles,
    paper: PaperConfig,
    money: Money,
    complements: dict[MarketId, Complement] | None = None,
    *,
    on_chain: bool = False,
) -> GateRules:
    """Put the gate's rules together.

    Args:
        risk: `risk.yaml`.
        rules: `rules.yaml`.
        profiles: `profiles.yaml`.
        paper: `paper.yaml`, for redemption.
        money: Whose; a profile may be for money that is not real, pairs are settled on paper.
        complements: `complements.yaml` by market.
        on_chain: The wallet merges and splits with live money.
    """
    return GateRules(
        account=account_rules(risk, profiles, paper),
        rights={bot_id(number): _rights(risk, number) for number in range(1, MOST_BOTS + 1)},
        rates=_rates(risk),
        freshness=FreshnessLimits(rules.book_max_age_s * 1000, rules.feed_silence_s * 1000),
        gtd_ahead_ms=rules.gtd_min_ahead_s * 1000,
        lot=rules.lot,
        e_ref_slack=rules.e_ref_slack,
        mm_grace_ms=rules.mm_grace_s * 1000,
        event_portfolio=risk.event_portfolio,
        bot_gross=risk.bot_gross,
        portfolio_gross=risk.portfolio_gross,
        unhedged=risk.unhedged_leg,
        arb_threshold=risk.arb.threshold,
        arb_per_leg=risk.arb.per_leg,
        allow_arb_out_of_zone=risk.allow_arb_out_of_zone,
        money=money,
        on_chain=on_chain,
        complements=complements or {},
    )


def account_rules(risk: RiskConfig, profiles: Profiles, paper: PaperConfig) -> AccountRules:
    """The part that gate and ledger share."""
    limits = BreakerLimits(
        consecutive_losses=risk.consecutive_losses,
        pause_ms=risk.pause_h * HOUR_MS,
        daily_loss=risk.daily_loss,
        bot_drawdown=risk.bot_drawdown.default,
        portfolio_drawdown=risk.portfolio_drawdown,
        bot_drawdowns={bot_id(7): risk.bot_drawdown.bot7, bot_id(8): risk.bot_drawdown.bot8},
    )
    return AccountRules(
        breakers=limits,
        carry_ms=risk.mark.carry_s * 1000,
        redeem_ms=paper.redeem_delay_s * 1000,
        redeem_gas=paper.gas_usdc,
        profile=short_horizon(profiles.short_horizon),
    )


def short_horizon(profile: Profile) -> ShortHorizon:
    """The profile as gate and ledger follow it."""
    low_s, high_s = profile.match.window_s
    return ShortHorizon(
        min_window_ms=low_s * 1000,
        max_window_ms=high_s * 1000,
        bots=tuple(bot_id(number) for number in profile.bots),
        paper_only=profile.paper_only,
        book_max_age_ms=profile.common.book_max_age_s * 1000,
        feed_silence_ms=profile.common.feed_silence_s * 1000,
        stop_ms=profile.common.stop_s * 1000,
        carry_ms=profile.risk.mark.carry_s * 1000,
        block_ms=profile.risk.episode_block_h * HOUR_MS,
        mm_side=profile.risk.mm_side,
        bundle=profile.risk.bundle,
        market=profile.risk.market,
        same_end=profile.risk.same_end,
    )


def bot_id(number: int) -> BotId:
    """`bot_01` … `bot_10`."""
    return BotId(f"bot_{number:02d}")


def _rights(risk: RiskConfig, number: int) -> BotRights:
    permission, trade, positions = risk.permissions.of(number), risk.trade, risk.positions
    directional, mm_side = trade.directional, trade.mm_side
    if number == 6:
        directional = trade.bot6_leg
    if number == 8:
        directional = mm_side = trade.bot8
    return BotRights(
        intents=permission.intents,
        zones=permission.whitelist,
        lambda_max=permission.lambda_max,
        directional=directional,
        mm_side=mm_side,
        bundle=trade.bundle,
        market=risk.market.bot8 if number == 8 else risk.market.default,
        outcome=risk.outcome.cap * risk.outcome.event_budget if number == 6 else None,
        positions={6: positions.bot6, 8: positions.bot8}.get(number, positions.default),
        maker=number in MAKERS,
        claims=number == 6,
    )


def _rates(risk: RiskConfig) -> RateLimits:
    rate = risk.rate
    return RateLimits(
        per_s=rate.orders_per_s,
        burst=rate.orders_burst,
        reserve=int(rate.orders_burst * rate.reserve),
        maker_per_s=max(int(rate.orders_per_s * rate.maker_share), 1),
        maker_burst=max(int(rate.orders_burst * rate.maker_share), 1),
        ceiling_per_s=rate.ceiling.sustained_per_s,
        ceiling_burst=rate.ceiling.burst,
    )
