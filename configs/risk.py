"""Limits of the risk gate: `risk.yaml`, checked (STRATEGIES.md C.3, C.4, J).

Every wrong value is a sentence with file, line and what is allowed. The mission's own values are
refused in any other form unless `override_mission` says that the change is meant.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from configs.bots import Share, least_capital
from configs.profiles import Profile, StandardLimits
from configs.rules import Strict
from configs.yaml_file import Fault, Folder, load_yaml
from schemas.values import IntentKind, Zone

FILE = "risk.yaml"
MOST_BOTS = 99
"""Numbers that a bot may have; those above the mission's ten are further bots."""
BOTS = 10

ZoneNumber = Annotated[int, Field(ge=1, le=5)]
_ZONES = tuple(Zone)


class BotDrawdown(Strict):
    """Share of a bot's peak at which it is stopped."""

    default: Share
    bot7: Share
    bot8: Share


class MarkLimits(Strict):
    """When a mark is good, and how long the last good one is carried."""

    max_spread: Share
    carry_s: int = Field(ge=0)


class TradeLimits(Strict):
    """Most at risk in one order, one bundle or one quote side."""

    directional: Share
    bundle: Share
    mm_side: Share
    bot6_leg: Share
    bot8: Share


class MarketLimits(Strict):
    """Most at risk of one bot in one market."""

    default: Share
    bot8: Share


class OutcomeLimits(Strict):
    """Bot 6: most in one outcome, as a share of its budget for the event."""

    cap: Share
    event_budget: Share


class PositionLimits(Strict):
    """Open positions at a time."""

    default: int = Field(gt=0)
    bot6: int = Field(gt=0)
    bot8: int = Field(gt=0)


class ArbProof(Strict):
    """What a bundle must lock per set, in dollars: the greater of both, the second per leg."""

    threshold: Decimal = Field(gt=0, lt=1)
    per_leg: Decimal = Field(ge=0, lt=1)


class RateCeiling(Strict):
    """The mission's outer ceiling; the account's bucket must lie inside it."""

    burst: int = Field(gt=0)
    window_s: int = Field(gt=0)
    sustained_per_s: int = Field(gt=0)


class RateConfig(Strict):
    """The account's order and cancel buckets."""

    orders_per_s: int = Field(gt=0)
    orders_burst: int = Field(gt=0)
    cancels_per_s: int = Field(gt=0)
    cancels_burst: int = Field(gt=0)
    reserve: Decimal = Field(ge=0, lt=1, description="Of the burst, for REDUCE.")
    maker_share: Share
    ceiling: RateCeiling


class Heartbeat(Strict):
    """The venue's dead man's switch."""

    beat_s: int = Field(gt=0)
    lapse_s: int = Field(gt=0)


class Permission(Strict):
    """What a bot may open; reducing is always allowed."""

    intents: tuple[IntentKind, ...]
    zones: tuple[ZoneNumber, ...]
    lambda_max: Decimal = Field(gt=0, le=Decimal("0.5"))

    @property
    def whitelist(self) -> tuple[Zone, ...]:
        """Zones of directional orders."""
        return tuple(_ZONES[number - 1] for number in self.zones)


class Permissions(Strict):
    """One entry per bot of the mission, and one for all further ones."""

    bot1: Permission
    bot2: Permission
    bot3: Permission
    bot4: Permission
    bot5: Permission
    bot6: Permission
    bot7: Permission
    bot8: Permission
    bot9: Permission
    bot10: Permission
    further: Permission

    def of(self, number: int) -> Permission:
        """The permission of the bot of this number; from 11 on it is that of further bots."""
        everything: dict[str, Permission] = dict(self)
        return everything.get(f"bot{number}", self.further)


class RiskConfig(Strict):
    """`risk.yaml`."""

    override_mission: bool
    consecutive_losses: int = Field(gt=0)
    pause_h: int = Field(gt=0)
    daily_loss: Share
    bot_drawdown: BotDrawdown
    portfolio_drawdown: Share
    mark: MarkLimits
    trade: TradeLimits
    market: MarketLimits
    outcome: OutcomeLimits
    event_portfolio: Share
    bot_gross: Share
    portfolio_gross: Share
    positions: PositionLimits
    unhedged_leg: Share
    arb: ArbProof
    allow_arb_out_of_zone: bool
    rate: RateConfig
    heartbeat: Heartbeat
    permissions: Permissions

    def standard_limits(self) -> StandardLimits:
        """The limits a profile may tighten."""
        return StandardLimits(
            mark_max_spread=self.mark.max_spread,
            mark_carry_s=self.mark.carry_s,
            mm_side=self.trade.mm_side,
            bundle=self.trade.bundle,
            market=self.market.default,
        )

    def smallest_share(self, number: int) -> Decimal | None:
        """The share of E_b that bounds a bot's single order; None for a bot without orders."""
        intents = self.permissions.of(number).intents
        if number == 8:
            return self.trade.bot8
        shares = {
            IntentKind.ARB: self.trade.bundle,
            IntentKind.MM: self.trade.mm_side,
            IntentKind.DIRECTIONAL: self.trade.directional,
        }
        if number == 6:
            shares[IntentKind.DIRECTIONAL] = self.trade.bot6_leg
        return min((shares[kind] for kind in intents if kind in shares), default=None)


MISSION: tuple[tuple[str, str], ...] = (
    ("consecutive_losses", "3"),
    ("pause_h", "24"),
    ("daily_loss", "0.05"),
    ("bot_drawdown.default", "0.25"),
    ("bot_drawdown.bot7", "0.25"),
    ("bot_drawdown.bot8", "0.15"),
    ("portfolio_drawdown", "0.40"),
    ("positions.bot6", "12"),
    ("rate.ceiling.burst", "3500"),
    ("rate.ceiling.window_s", "10"),
    ("rate.ceiling.sustained_per_s", "60"),
)
"""The mission's values, by dotted key."""


def load_risk(folder: Folder | None = None) -> RiskConfig:
    """Load `risk.yaml`.

    Args:
        folder: The operator's folder, or None.

    Raises:
        ConfigurationError: Something is wrong; each sentence names file, line and allowed values.
    """
    return load_yaml(RiskConfig, FILE, folder, risk_faults)


def risk_faults(risk: RiskConfig) -> Iterator[Fault]:
    """What does not fit together, as key and sentence."""
    if not risk.override_mission:
        for key, wanted in MISSION:
            value = _value(risk, key)
            if value != Decimal(wanted):
                yield (
                    key,
                    f"this is the mission's value {wanted}, received {value}. Set it back, or "
                    "set override_mission to true if the change is meant.",
                )
    yield from _rate_faults(risk.rate)
    if not risk.trade.mm_side <= risk.market.default <= risk.bot_gross:
        yield (
            "market.default",
            "trade.mm_side <= market.default <= bot_gross must hold, received "
            f"{risk.trade.mm_side}, {risk.market.default} and {risk.bot_gross}.",
        )
    if not risk.trade.bot8 <= risk.market.bot8:
        yield "market.bot8", f"it must be at least trade.bot8, received {risk.market.bot8}."
    if not risk.heartbeat.beat_s < risk.heartbeat.lapse_s:
        yield "heartbeat.beat_s", f"it must be below lapse_s, received {risk.heartbeat.beat_s}."


def _rate_faults(rate: RateConfig) -> Iterator[Fault]:
    ceiling = rate.ceiling
    if rate.orders_per_s > ceiling.sustained_per_s:
        yield (
            "rate.orders_per_s",
            f"it must be at most the ceiling's {ceiling.sustained_per_s}, received "
            f"{rate.orders_per_s}.",
        )
    most = rate.orders_burst + rate.orders_per_s * ceiling.window_s
    if most > ceiling.burst:
        yield (
            "rate.orders_burst",
            f"burst and refill may give {ceiling.burst} orders in {ceiling.window_s} s, "
            f"received values that give {most}.",
        )
    if rate.orders_burst * (1 - rate.reserve) < 1:
        yield "rate.reserve", f"it leaves no order of {rate.orders_burst}, received {rate.reserve}."


def risk_notes(risk: RiskConfig) -> tuple[str, ...]:
    """Sentences about switches that loosen the rules, to be logged at every start."""
    notes = []
    if risk.allow_arb_out_of_zone:
        notes.append("allow_arb_out_of_zone is set: locked bundles may open outside every zone.")
    if risk.override_mission:
        notes.append("override_mission is set: the mission's own limits may have been changed.")
    return tuple(notes)


def capital_notes(
    risk: RiskConfig, profile: Profile, min_size: Decimal, capitals: Mapping[int, Decimal]
) -> tuple[str, ...]:
    """Sentences about bots that can never trade with their capital (STRATEGIES.md C.3).

    Args:
        risk: The limits.
        profile: The short-horizon profile, whose base is smaller than the standard one.
        min_size: The venue's minimum in dollars, typically 5.
        capitals: Dollars per bot number.
    """
    notes = []
    for number, capital in capitals.items():
        share = risk.smallest_share(number)
        if share is not None and capital < (least := least_capital(share, min_size)):
            notes.append(
                f"Bot {number} has {capital} dollars; its limit of {share} of them is below the "
                f"venue's minimum order of {min_size}. It needs at least {least:f} to trade at all."
            )
        base = profile.bot5.base
        if number == 5 and capital < (least := least_capital(base, min_size)):
            notes.append(
                f"Bot 5 has {capital} dollars; in short-horizon markets its base of {base} of "
                f"them is below the minimum order. It needs at least {least:f} to trade there."
            )
    return tuple(notes)


def _value(risk: RiskConfig, key: str) -> Decimal:
    value: object = risk
    for part in key.split("."):
        value = getattr(value, part)
    return Decimal(str(value))
