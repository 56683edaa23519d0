"""Not working out again what cannot have changed: bot 5 looks at every market once a second.

A quote and its two orders follow from what is in their `Basis` alone, and while both orders rest
where they should, nothing is to be done. None of this is the bot's state: without it the same
decisions are made, more slowly.
"""

from decimal import Decimal
from typing import NamedTuple

import msgspec

from agents.bots.bot_05_inventory import Targets, lots_held, spendable, targets
from agents.bots.bot_05_numbers import MakerNumbers
from agents.bots.bot_05_quotes import yes_price
from agents.bots.view import Account, View
from schemas.ids import MarketId
from schemas.market import Market
from streams.quoting import Quote, model_quote
from streams.top import Top
from streams.volatility import HOUR_MS


class ModelBasis(msgspec.Struct, frozen=True, kw_only=True):
    """What the model's quote follows from.

    Attributes:
        rivals: Best bid and ask of our other bots.
        sigma: Volatility per √hour in force.
        horizon_ms: τ in force.
        inventory: q, lots.
    """

    numbers: MakerNumbers
    top: Top
    tick: Decimal
    rivals: tuple[Decimal | None, Decimal | None]
    sigma: float
    horizon_ms: int
    inventory: float


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What the two orders follow from.

    Attributes:
        dollars: Base size in dollars a side.
        equity: E_b, dollars.
        spendable: Dollars that a side may spend, as far as it matters: at most `dollars`.
        held: YES and NO tokens, and their costs.
    """

    model: ModelBasis
    market: Market
    dollars: Decimal
    equity: Decimal
    spendable: Decimal
    held: tuple[Decimal, Decimal, Decimal, Decimal]
    is_toxic: bool


class Worked(NamedTuple):
    """A quote and its orders; no orders where the model wants more spread than is allowed."""

    basis: Basis
    quote: Quote
    wanted: Targets | None


class _Settled(NamedTuple):
    """Live orders that are where they should be, until when if only time passes, ms."""

    facts: tuple[object, ...]
    until: int


class Workings:
    """The last quote and orders of every market."""

    def __init__(self, max_skew: Decimal) -> None:
        """Start without any.

        Args:
            max_skew: From here on only the reducing side is quoted.
        """
        self._max_skew = max_skew
        self._worked: dict[MarketId, Worked] = {}
        self._settled: dict[MarketId, _Settled] = {}

    def work(
        self,
        view: View,
        account: Account,
        numbers: MakerNumbers,
        dollars: Decimal,
        sigma: float,
        *,
        is_toxic: bool,
    ) -> Worked:
        """The quote and the orders that are wanted now.

        Args:
            view: Now.
            account: The bot's.
            numbers: Limits in force.
            dollars: Base size in dollars a side.
            sigma: Volatility per √hour, logit units.
            is_toxic: Halve both sizes.
        """
        left, held = view.time_left_ms, view.holding
        model = ModelBasis(
            numbers=numbers,
            top=view.top,
            tick=view.tick,
            rivals=(view.rival_bid, view.rival_ask),
            sigma=sigma,
            horizon_ms=numbers.horizon_ms if left is None else min(numbers.horizon_ms, left),
            inventory=lots_held(view, dollars),
        )
        basis = Basis(
            model=model,
            market=view.market,
            dollars=dollars,
            equity=account.equity,
            spendable=min(spendable(view, account), dollars),
            held=(held.yes, held.no, held.yes_cost, held.no_cost),
            is_toxic=is_toxic,
        )
        last = self._worked.get(view.market.market_id)
        if last is not None and last.basis == basis:
            return last
        is_new = last is None or last.basis.model != model
        quote = _quote(model, view) if last is None or is_new else last.quote
        worked = Worked(basis, quote, self._targets(basis, quote, view, account))
        self._worked[view.market.market_id] = worked
        return worked

    def is_settled(self, wanted: Targets, view: View) -> bool:
        """Whether the live orders still are where they should be, as told before."""
        known = self._settled.get(view.market.market_id)
        return known is not None and view.now < known.until and known.facts == _facts(wanted, view)

    def settle(self, wanted: Targets, view: View, until: int) -> None:
        """The live orders are where they should be.

        Args:
            wanted: Where they should be.
            view: Now.
            until: When the first of them is to be renewed, ms; 0 when that is unknown.
        """
        self._settled[view.market.market_id] = _Settled(_facts(wanted, view), until)

    def forget(self, market_id: MarketId) -> None:
        """Drop what is kept of a market that is resolved."""
        self._worked.pop(market_id, None)
        self._settled.pop(market_id, None)

    def _targets(self, basis: Basis, quote: Quote, view: View, account: Account) -> Targets | None:
        if quote.pulled:
            return None
        numbers, most, is_toxic = basis.model.numbers, self._max_skew, basis.is_toxic
        return targets(view, account, quote, basis.dollars, numbers, most, is_toxic=is_toxic)


def _quote(model: ModelBasis, view: View) -> Quote:
    return model_quote(
        model.top.rough_microprice or 0.0,
        model.inventory,
        model.sigma,
        model.horizon_ms / HOUR_MS,
        model.numbers.quote,
        view.ask_floor,
        view.bid_cap,
        view.tick,
    )


def _facts(wanted: Targets, view: View) -> tuple[object, ...]:
    """What decides whether live orders are to be moved, but for the time."""
    bid, ask = wanted.bid, wanted.ask
    return (
        None if bid is None else yes_price(bid),
        None if ask is None else yes_price(ask),
        view.tick,
        view.holding.yes,
        view.holding.no,
        [
            (own.order, own.phase, own.filled, own.rested_at, own.cancel_asked_at)
            for own in view.orders
        ],
    )
