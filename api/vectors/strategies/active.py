"""Bots 1 to 4 and 6: pairs, matches, leaders, stories, bundles (STRATEGIES.md D.1 to D.6)."""

from decimal import Decimal

import msgspec

from agents.bots.bot_01_sizing import in_focus, pair_signal
from api.vectors.strategies.form import Function, Result
from api.vectors.strategies.shape import shaped
from schemas.values import Side
from streams.bundles import every_leg_has_a_zone, set_signal
from streams.esports import Swing, has_trigger, live_fair
from streams.leaders import copy_fraction, copy_size
from streams.news_signal import hold_hours, news_signal
from streams.portfolio import hedge

NO_LIMIT = Decimal("Infinity")


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 1, with its standard numbers."""

    yes_price: Decimal
    no_price: Decimal
    equity: Decimal
    fill_prob: Decimal = Decimal("0.60")
    leg_loss: Decimal = Decimal("0.01")
    threshold: Decimal = Decimal("0.005")
    cap: Decimal = Decimal("0.05")
    multiplier: Decimal = Decimal("0.5")
    depth: Decimal | None = None
    focus: tuple[Decimal, Decimal] = (Decimal("0.20"), Decimal("0.50"))


class Game(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 2 while a match runs."""

    p_pre: float
    kill_swing: int
    tower_diff: int
    k_kill: float = 0.06
    k_tower: float = 0.30
    clip: float = 1.5
    min_kill_swing: int = 5
    min_tower_lead: int = 2


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 3, before the bound of `size_order`."""

    leader_shares: Decimal
    win_rate: float
    price: Decimal
    equity: Decimal
    cap: Decimal = Decimal("0.02")
    fraction: tuple[float, float] = (0.20, 0.50)


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 4."""

    mid_pre: float
    mid_now: float
    sentiment: float
    relevance: float
    source_weight: float
    stance: int
    beta: float = 0.8
    min_conf: float = 0.35
    consumed_max: float = 0.70
    consumed_min: float = -0.50
    hold_h: tuple[float, float] = (2.0, 12.0)


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 6, a token of every outcome."""

    prices: list[Decimal]
    equity: Decimal
    depth: Decimal = NO_LIMIT
    cap: Decimal = Decimal("0.05")
    bundle_min: Decimal = Decimal("0.005")
    bundle_per_leg: Decimal = Decimal("0.001")


class Linked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 6, a holding and a market that may move with it."""

    shares: Decimal
    rho: float
    sd_primary: float
    sd_hedge: float


def _pair(i: Pair) -> Result:
    found = pair_signal(
        i.yes_price,
        i.no_price,
        i.equity,
        fill_prob=i.fill_prob,
        leg_loss=i.leg_loss,
        threshold=i.threshold,
        cap=i.cap,
        multiplier=i.multiplier,
        depth=i.depth,
    )
    enter = found.enter and in_focus(i.yes_price, i.no_price, i.focus)
    return {
        "drift": found.drift,
        "enter": enter,
        "full_kelly": found.full_kelly,
        "pairs": found.pairs if enter else Decimal(0),
    }


def _game(i: Game) -> Result:
    moved = Swing(i.kill_swing, i.tower_diff)
    return {
        "trigger": has_trigger(moved, i.min_kill_swing, i.min_tower_lead),
        "p_live": live_fair(
            i.p_pre,
            i.kill_swing,
            i.tower_diff,
            k_kill=i.k_kill,
            k_tower=i.k_tower,
            limit=i.clip,
        ),
    }


def _copy(i: Copy) -> Result:
    fraction = copy_fraction(i.win_rate, *i.fraction)
    shares = copy_size(i.leader_shares, fraction, i.price, i.equity, i.cap)
    return {"fraction": fraction, "shares": shares}


def _story(i: Story) -> Result:
    found = news_signal(
        i.mid_pre,
        i.mid_now,
        i.sentiment,
        i.relevance,
        i.source_weight,
        i.stance,
        beta=i.beta,
        min_confidence=i.min_conf,
        consumed_max=i.consumed_max,
        consumed_min=i.consumed_min,
    )
    return {
        "conf": found.confidence,
        "p_hat": found.fair_value,
        "side": str(found.side),
        "consumed": found.consumed,
        "trade": not found.reason,
        "hold_h": hold_hours(found.confidence, *i.hold_h),
    }


def _bundle(side: Side, i: Bundle) -> Result:
    found = set_signal(
        side,
        i.prices,
        i.equity,
        i.depth,
        least=i.bundle_min,
        per_leg=i.bundle_per_leg,
        cap=i.cap,
    )
    enter = found.enter and every_leg_has_a_zone(i.prices)
    return {
        "d": found.drift,
        "thr": found.threshold,
        "enter": enter,
        "sets": found.sets if enter else Decimal(0),
    }


def _hedge(i: Linked) -> Result:
    """A holding of YES is hedged; the answer names the hedge's side relative to it."""
    found = hedge(i.shares, Side.YES, i.rho, i.sd_primary, i.sd_hedge)
    side = None
    if found.side is not None:
        side = "SAME" if found.side is Side.YES else "OPPOSITE"
    return {"linked": found.linked, "beta": found.beta, "shares": found.shares, "side": side}


FUNCTIONS: dict[str, Function] = {
    "pair_signal": shaped(Pair, _pair),
    "live_fair": shaped(Game, _game),
    "copy_size": shaped(Copy, _copy),
    "news_signal": shaped(Story, _story),
    "bundle_yes": shaped(Bundle, lambda i: _bundle(Side.YES, i)),
    "bundle_no": shaped(Bundle, lambda i: _bundle(Side.NO, i)),
    "hedge": shaped(Linked, _hedge),
}
