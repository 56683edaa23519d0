"""Profiles: parameters chosen by the market instead of the bot (STRATEGIES.md J, D-28).

A profile serves markets that the standard numbers cannot serve. Its rules keep it consistent with
the venue's order life, with the standard limits and with itself.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from configs.bots import Probability, Seconds, Share, broken_rule, check_range
from configs.rules import Strict, TradingRules, load_rules
from configs.yaml_file import Fault, Folder, load_yaml
from schemas.values import DataLabel

FILE = "profiles.yaml"
MAX_TTL_S = 125
"""An order can die by itself no earlier, so no profile may count on more."""
STOP_MARGIN_S = 25
"""Seconds between the death of the last quote and the end."""
MIN_QUOTING_S = 600
"""What must be left of the shortest window after start and stop."""
PULL_THRESHOLD = 0.04
"""The standard rule's: bot 5 never quotes where its model wants more."""
WINDOW_TICK = 0.01
"""Tick of windowed markets in dollars; the least spread cannot be narrower."""
MAX_SILENCE_S = 12


class StandardLimits(NamedTuple):
    """The standard risk limits that a profile may tighten, never loosen (STRATEGIES.md C.3)."""

    mark_max_spread: Decimal = Decimal("0.10")
    mark_carry_s: int = 300
    mm_side: Decimal = Decimal("0.02")
    bundle: Decimal = Decimal("0.05")
    market: Decimal = Decimal("0.10")


class Match(Strict):
    """Which markets take the profile: the window's length and how it resolves."""

    window_s: tuple[int, int]
    auto_resolved: bool

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not 0 < self.window_s[0] <= self.window_s[1]:
            raise broken_rule(
                "window_s", f"window_s must be two rising numbers, received {self.window_s}."
            )
        return self


class ProfileCommon(Strict):
    """Times and freshness; `start_s` counts from the window's start, the others to its end.

    Attributes:
        ref_feed: By where a market's data comes from, the channel of the price that its windows
            are about; `FeedStatus` names it CHANNEL/SYMBOL. Nothing for data without such a price.
        ref_max_age_s: Bot 5 pulls its quotes when that price was not heard for longer.
    """

    book_max_age_s: int = Field(gt=0)
    feed_silence_s: int = Field(gt=0)
    ref_feed: dict[DataLabel, str] = Field(default_factory=dict)
    ref_max_age_s: int = Field(gt=0)
    ttl_s: int = Field(gt=0)
    start_s: Seconds
    stop_s: int = Field(gt=0)
    reduce_until_s: Seconds


class ProfileMark(Strict):
    """What a good mark is, and how long the last good one is carried."""

    max_spread: Probability
    carry_s: Seconds


class ProfileRisk(Strict):
    """Limits as shares of E_b; the window's own and of all windows that end together."""

    mark: ProfileMark
    mm_side: Share
    bundle: Share
    market: Share
    same_end: Share
    episode_block_h: int = Field(gt=0, le=24)


class ProfileBot1(Strict):
    """Bot 1's numbers under the profile."""

    fill_prob: Probability
    leg_loss: Probability
    leg_reprice_s: int = Field(gt=0)
    leg_abort_s: int = Field(gt=0)
    max_offset: int = Field(ge=0, le=20)


class ProfileBot5(Strict):
    """Bot 5's numbers under the profile."""

    gamma: float = Field(gt=0)
    kappa: float = Field(gt=0)
    tau_s: int = Field(gt=0)
    spread: tuple[float, float]
    pull_mult: float = Field(gt=0)
    shift_clip: float = Field(gt=0)
    min_mid: Decimal = Field(gt=0, lt=Decimal("0.5"))
    base: Share
    vol_sample_s: int = Field(gt=0)
    vol_halflife_s: int = Field(gt=0)
    vol_floor: float = Field(gt=0)
    sigma: tuple[float, float]
    tox_bucket: float = Field(gt=0, le=1)
    tox_pull_s: int = Field(gt=0)

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        check_range(self.spread, "spread")
        check_range(self.sigma, "sigma")
        return self


class Profile(Strict):
    """One profile."""

    match: Match
    bots: tuple[Annotated[int, Field(ge=1, le=10)], ...]
    paper_only: bool
    common: ProfileCommon
    risk: ProfileRisk
    bot1: ProfileBot1
    bot5: ProfileBot5

    def trades(self, number: int) -> bool:
        """Whether the bot of this number runs in the profile's markets."""
        return number in self.bots


class Profiles(Strict):
    """The profiles that exist; one so far."""

    short_horizon: Profile

    def named(self) -> tuple[tuple[str, Profile], ...]:
        """Names and profiles, in the order of the file."""
        return (("short_horizon", self.short_horizon),)


def profile_faults(
    profile: Profile, rules: TradingRules, limits: StandardLimits
) -> Iterator[Fault]:
    """What does not fit together (STRATEGIES.md J, end), as key and sentence.

    Args:
        profile: The profile.
        rules: The venue's order life.
        limits: The standard limits.
    """
    yield from _time_faults(profile, rules)
    yield from _size_faults(profile, limits)
    wide = profile.bot5.pull_mult * profile.bot5.spread[1]
    if wide > PULL_THRESHOLD + 1e-12:
        yield "bot5.pull_mult", f"pull_mult x spread[1] must be at most 0.04, received {wide:g}."
    if profile.bot5.spread[0] < WINDOW_TICK:
        narrow = profile.bot5.spread[0]
        yield "bot5.spread", f"spread[0] must be at least the tick 0.01, received {narrow}."


def _time_faults(profile: Profile, rules: TradingRules) -> Iterator[Fault]:
    times, legs = profile.common, profile.bot1
    least_stop = rules.gtd_life_s + STOP_MARGIN_S
    if times.stop_s < least_stop:
        yield (
            "common.stop_s",
            f"stop_s must be at least {least_stop}, an order's GTD life of {rules.gtd_life_s} s "
            f"plus {STOP_MARGIN_S} s, received {times.stop_s}.",
        )
    if not times.reduce_until_s < times.stop_s:
        yield (
            "common.reduce_until_s",
            f"reduce_until_s must be below stop_s {times.stop_s}, received {times.reduce_until_s}.",
        )
    shortest = times.start_s + times.stop_s + MIN_QUOTING_S
    if profile.match.window_s[0] < shortest:
        yield (
            "match.window_s",
            f"window_s[0] must be at least start_s + stop_s + {MIN_QUOTING_S} = {shortest}, "
            f"received {profile.match.window_s[0]}.",
        )
    if times.ttl_s > MAX_TTL_S:
        yield "common.ttl_s", f"ttl_s must be at most {MAX_TTL_S}, received {times.ttl_s}."
    if times.feed_silence_s > MAX_SILENCE_S:
        yield (
            "common.feed_silence_s",
            f"feed_silence_s must be at most {MAX_SILENCE_S}, received {times.feed_silence_s}.",
        )
    room = times.stop_s - times.reduce_until_s
    if not legs.leg_reprice_s < legs.leg_abort_s < room:
        yield (
            "bot1.leg_abort_s",
            f"leg_reprice_s < leg_abort_s < stop_s - reduce_until_s = {room} must hold, received "
            f"{legs.leg_reprice_s} and {legs.leg_abort_s}.",
        )
    carry = profile.risk.mark.carry_s
    if not carry < times.reduce_until_s:
        yield (
            "risk.mark.carry_s",
            f"carry_s must be below reduce_until_s {times.reduce_until_s}, received {carry}.",
        )


def _size_faults(profile: Profile, limits: StandardLimits) -> Iterator[Fault]:
    risk, base = profile.risk, profile.bot5.base
    if not base <= risk.mm_side <= risk.market <= risk.same_end:
        yield (
            "risk.same_end",
            "bot5.base <= risk.mm_side <= risk.market <= risk.same_end must hold, received "
            f"{base}, {risk.mm_side}, {risk.market} and {risk.same_end}.",
        )
    for key, value, limit in (
        ("risk.mark.max_spread", risk.mark.max_spread, limits.mark_max_spread),
        ("risk.mark.carry_s", risk.mark.carry_s, limits.mark_carry_s),
        ("risk.mm_side", risk.mm_side, limits.mm_side),
        ("risk.bundle", risk.bundle, limits.bundle),
        ("risk.market", risk.market, limits.market),
    ):
        if value > limit:
            yield key, f"{key} must be at most the standard {limit}, received {value}."


def load_profiles(
    folder: Folder | None = None,
    rules: TradingRules | None = None,
    limits: StandardLimits | None = None,
) -> Profiles:
    """Load `profiles.yaml` and check that each profile fits together.

    Args:
        folder: The operator's folder, or None.
        rules: The common rules; loaded from the same folder when None.
        limits: The standard limits; those of STRATEGIES.md J when None.

    Raises:
        ConfigurationError: Something is wrong; each sentence names file, line and allowed values.
    """
    known_rules = rules if rules is not None else load_rules(folder)
    known_limits = limits if limits is not None else StandardLimits()

    def check(profiles: Profiles) -> Iterator[Fault]:
        for name, profile in profiles.named():
            for key, sentence in profile_faults(profile, known_rules, known_limits):
                yield f"{name}.{key}", sentence

    return load_yaml(Profiles, FILE, folder, check)
