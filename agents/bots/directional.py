"""Opening a directional position: price, size and reasons, the same for every directional bot.

STRATEGIES.md D.0 (post-only price, zone 3's second try), A.9 (size), B.4 (zones).
"""

from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.bots.base import Note, OrderDraft
from agents.bots.view import ZERO, View
from configs.rules import TradingRules
from schemas.errors import DomainError
from schemas.values import Action, IntentKind, Side, Zone
from streams.kelly import shrinkage
from streams.prices import PriceMode, directional_price, floor_lot
from streams.sizing import size_order
from streams.zones import Z3_MIN_EDGE, classify

QUANTUM = Decimal("0.000001")
"""Step of a declared probability."""
LOWEST = Decimal("0.000001")


class Stance(msgspec.Struct, frozen=True, kw_only=True):
    """What a bot believes of one token.

    Attributes:
        fair_value: Win probability of the token of `side`.
        sigma: Its standard error.
        multiplier: λ that the bot wants, above 0; the account's own λ caps it.
        most: Shares at most, whatever Kelly says; None for no such limit.
        limit: Never pay more than this, dollars; None for no such limit.
        corr_scale: From `kelly.correlation_scale`.
    """

    side: Side
    fair_value: float
    sigma: float
    multiplier: Decimal
    most: Decimal | None = None
    limit: Decimal | None = None
    corr_scale: float = 1.0

    @property
    def declared(self) -> Decimal:
        """The fair value as it is declared to the gate, strictly between 0 and 1."""
        value = Decimal(str(self.fair_value)).quantize(QUANTUM)
        return min(max(value, LOWEST), 1 - LOWEST)


class EntryRules(NamedTuple):
    """How a bot opens.

    Attributes:
        min_edge: Least net edge, dollars per share.
        cap: Greatest cost of one order as a share of E_b.
        zones: Where it may open.
        ttl_s: Its orders' time to live.
    """

    min_edge: Decimal
    cap: Decimal
    zones: frozenset[Zone]
    ttl_s: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The order that a stance leads to, or why there is none.

    Attributes:
        reason: Empty when the order may be placed.
        price: Dollars per token of the stance's side; None where no passive price exists.
    """

    stance: Stance
    reason: str = ""
    price: Decimal | None = None
    shares: Decimal = ZERO
    multiplier: Decimal = ZERO

    @property
    def edge(self) -> Decimal | None:
        """Declared net edge, dollars per share."""
        return None if self.price is None else self.stance.declared - self.price


def zones_of(numbers: tuple[int, ...]) -> frozenset[Zone]:
    """Zones by the numbers that configuration files use, 1 to 5."""
    every = tuple(Zone)
    return frozenset(every[number - 1] for number in numbers)


def token_quotes(view: View, side: Side) -> tuple[Decimal | None, Decimal | None]:
    """Best bid and lowest ask of a token, net of our own orders; other bots' asks count."""
    if side is Side.YES:
        return view.top.bid, view.bid_cap
    bid, ask = view.ask_floor, view.top.ask
    return (None if ask is None else 1 - ask), (None if bid is None else 1 - bid)


def find_entry(stance: Stance, view: View, how: EntryRules, rules: TradingRules) -> Entry:
    """Price and size an order for a stance.

    Args:
        stance: What the bot believes.
        view: Now; whether anything may be opened at all is asked by the bot before.
        how: Edge, cap, zones.
        rules: Whether entries improve the best price.
    """
    bid, ask = token_quotes(view, stance.side)
    if bid is None or ask is None:
        return Entry(stance=stance, reason="one-sided-book")
    mode = PriceMode.IMPROVE if rules.improve_entry else PriceMode.JOIN
    least = (
        how.min_edge if stance.limit is None else max(how.min_edge, stance.declared - stance.limit)
    )
    price = directional_price(stance.declared, least, bid, ask, view.tick, mode)
    if price is None:
        return Entry(stance=stance, reason="no-passive-price")
    found = Entry(stance=stance, price=price)
    if reason := _veto(stance.declared - price, price, how):
        return msgspec.structs.replace(found, reason=reason)
    account = view.account
    multiplier = ZERO if account is None else min(stance.multiplier, account.sizing_lambda)
    if account is None or multiplier <= 0:
        return msgspec.structs.replace(found, reason="advised-not-to-open")
    shares = _shares(stance, price, view, multiplier, how)
    small = shares < view.market.min_size or shares * price < view.market.min_size
    return msgspec.structs.replace(
        found,
        reason="size-below-minimum" if small else "",
        shares=shares,
        multiplier=multiplier,
    )


def draft_of(entry: Entry, ttl_s: int, size: Decimal | None = None) -> OrderDraft:
    """The order of an entry.

    Raises:
        DomainError: The entry has no price.
    """
    if entry.price is None:
        raise DomainError(
            f"An order needs a price, received an entry refused with {entry.reason!r}. "
            "Ask for the reason before placing it."
        )
    return OrderDraft(
        side=entry.stance.side,
        action=Action.BUY,
        price=entry.price,
        size=entry.shares if size is None else size,
        kind=IntentKind.DIRECTIONAL,
        ttl_s=ttl_s,
        fair_value=entry.stance.declared,
        sigma=Decimal(str(entry.stance.sigma)).quantize(QUANTUM),
        edge=entry.edge,
    )


def note_of(
    entry: Entry,
    view: View,
    decision: str,
    reason: str = "",
    features: dict[str, float] | None = None,
) -> Note:
    """The signal record of an entry, traded or not."""
    stance, price = entry.stance, entry.price
    return Note(
        decision=decision,
        reason=reason or entry.reason,
        side=stance.side,
        fair_value=stance.fair_value,
        sigma=stance.sigma,
        mid=view.top.rough_mid,
        limit_price=price,
        edge=None if entry.edge is None else float(entry.edge),
        sizing_lambda=float(entry.multiplier),
        shrinkage=(
            None if price is None else shrinkage(stance.fair_value, float(price), stance.sigma)
        ),
        features={} if features is None else features,
    )


def _veto(edge: Decimal, price: Decimal, how: EntryRules) -> str:
    if edge < how.min_edge:
        return "edge-below-minimum"
    zone = classify(price)
    if zone is None or zone not in how.zones:
        return "zone-not-allowed"
    return "zone-3-edge" if zone is Zone.ZONE_3 and edge < Z3_MIN_EDGE else ""


def _shares(
    stance: Stance, price: Decimal, view: View, multiplier: Decimal, how: EntryRules
) -> Decimal:
    account = view.account
    if account is None:
        return ZERO
    shares = size_order(
        account.equity,
        float(stance.declared),
        price,
        stance.sigma,
        multiplier,
        how.cap,
        corr_scale=stance.corr_scale,
        min_size=view.market.min_size,
    )
    affordable = floor_lot(max(account.free_cash, ZERO) / price)
    most = shares if stance.most is None else min(shares, floor_lot(stance.most))
    return min(most, affordable)
