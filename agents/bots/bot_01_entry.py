"""Looking for a pair of bids, or of asks, that is worth its leg risk (STRATEGIES.md D.1).

The mirror case, selling both legs for more than a dollar, is priced as the pair of bids that the
same orders are in YES space: SELL YES at 1 − n is BUY NO at n (A.1).
"""

from decimal import Decimal

import msgspec

from agents.bots.base import Note, OrderDraft
from agents.bots.bot_01_sizing import (
    ZERO,
    LegStatistics,
    PairNumbers,
    PairSignal,
    displayed_share,
    in_focus,
    leg_risk,
    pair_signal,
    price_pairs,
)
from agents.bots.view import View
from configs.bots import RebalancingParameters
from configs.rules import TradingRules
from schemas.values import Action, IntentKind, Side
from streams.book import NO, YES, Book
from streams.prices import floor_lot


class PairChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The pair of bids that was found, or why there is none."""

    reason: str
    yes: Decimal = ZERO
    no: Decimal = ZERO
    signal: PairSignal | None = None
    offset: int = 0

    @property
    def asks(self) -> tuple[Decimal, Decimal]:
        """The same pair as asks, YES and NO."""
        return 1 - self.no, 1 - self.yes


class PairFinder:
    """Prices and sizes of new bundles."""

    def __init__(self, parameters: RebalancingParameters, rules: TradingRules) -> None:
        self._parameters = parameters
        self._rules = rules

    def choose(
        self,
        view: View,
        numbers: PairNumbers,
        measured: LegStatistics | None,
        held: Decimal | None = None,
    ) -> PairChoice:
        """The first pair of prices that pays, and its size.

        Args:
            view: Now.
            numbers: In force.
            measured: What touched pairs came to under the market's profile, if any were.
            held: Pairs to sell; None for a pair of bids, which needs cash.
        """
        last = PairChoice(reason="one-sided-book")
        for yes, no, offset in price_pairs(
            view, numbers.max_offset, improve=self._rules.improve_entry
        ):
            signal = self._signal(view, numbers, measured, (yes, no), held)
            if signal.drift < self._parameters.drift:
                reason = "drift-below-threshold"
            elif not signal.enter:
                reason = "no-edge-after-leg-risk"
            elif not in_focus(yes, no, self._parameters.focus):
                reason = "outside-focus"
            else:
                legs = (yes, no) if held is None else (1 - no, 1 - yes)
                reason = _size_obstacle(view, min(legs), signal.pairs)
            last = PairChoice(reason=reason, yes=yes, no=no, signal=signal, offset=offset)
            if signal.enter:
                return last
        return last

    def _signal(
        self,
        view: View,
        numbers: PairNumbers,
        measured: LegStatistics | None,
        prices: tuple[Decimal, Decimal],
        held: Decimal | None,
    ) -> PairSignal:
        (yes, no), standard, account = prices, self._parameters, view.account
        drift = 1 - (yes + no)
        if account is None or drift < standard.drift:
            return PairSignal(drift, False, ZERO, ZERO)
        pi, loss = leg_risk(standard, numbers, measured)
        allowed = displayed_share(view, yes, no, standard.depth_ticks, standard.depth_divisor)
        if held is None:
            held = max(account.free_cash, ZERO) / (yes + no)
        return pair_signal(
            yes,
            no,
            account.equity,
            fill_prob=pi,
            leg_loss=loss,
            threshold=standard.drift,
            cap=numbers.bundle,
            multiplier=self._multiplier(view),
            depth=min(allowed, floor_lot(held)),
        )

    def _multiplier(self, view: View) -> Decimal:
        most = self._parameters.lambda_max
        return most if view.account is None else min(most, view.account.sizing_lambda)

    def note(self, choice: PairChoice, view: View, taken: str = "bundle") -> Note:
        """What was seen, for the record; `taken` is what is done with a pair that pays."""
        decision = "none" if choice.reason else taken
        signal = choice.signal
        if signal is None:
            return Note(decision=decision, reason=choice.reason)
        return Note(
            decision=decision,
            reason=choice.reason or "drift-locked",
            mid=view.top.rough_mid,
            limit_price=choice.yes,
            edge=float(signal.drift),
            sizing_lambda=float(self._multiplier(view)),
            features={
                "yes": float(choice.yes),
                "no": float(choice.no),
                "drift_mid": _drift_mid(view.book),
                "full_kelly": float(signal.full_kelly),
                "pairs": float(signal.pairs),
                "offset": float(choice.offset),
            },
        )


def drafts(choice: PairChoice, bundle_id: str, numbers: PairNumbers) -> tuple[OrderDraft, ...]:
    """Both bids, of one size."""
    return _legs(choice, Action.BUY, (choice.yes, choice.no), bundle_id, numbers)


def ask_drafts(choice: PairChoice, bundle_id: str, numbers: PairNumbers) -> tuple[OrderDraft, ...]:
    """Both asks, of one size."""
    return _legs(choice, Action.SELL, choice.asks, bundle_id, numbers)


def _legs(
    choice: PairChoice,
    action: Action,
    prices: tuple[Decimal, Decimal],
    bundle_id: str,
    numbers: PairNumbers,
) -> tuple[OrderDraft, ...]:
    pairs = choice.signal.pairs if choice.signal is not None else ZERO
    return tuple(
        OrderDraft(
            side=side,
            action=action,
            price=price,
            size=pairs,
            kind=IntentKind.ARB,
            ttl_s=numbers.ttl_s,
            bundle_id=bundle_id,
        )
        for side, price in zip(Side, prices, strict=True)
    )


def _size_obstacle(view: View, cheaper: Decimal, pairs: Decimal) -> str:
    """The venue's minimum binds shares and dollars of each opening leg."""
    least = view.market.min_size
    return "size-below-minimum" if pairs < least or pairs * cheaper < least else ""


def _drift_mid(book: Book) -> float:
    """`|mid_A + mid_B − 1|` of the two legs as the venue shows them, dollars; for the record."""
    edges = [book.best_bid(YES), book.best_ask(YES), book.best_bid(NO), book.best_ask(NO)]
    known = [edge for edge in edges if edge is not None]
    return abs(sum(known) / (2 * book.grid) - 1) if len(known) == len(edges) else 0.0
