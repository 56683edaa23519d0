"""Turns the events of a matching engine into the frames that the venue sends.

Order within one batch, all of one timestamp: trades, level changes, new best prices, then the whole
books where a trade happened. A trade comes before the level it took from, so that whoever follows a
queue does not count it twice.
"""

from collections.abc import Iterable

from connectors.sandbox.book_frame import BookFields, book, book_hash, level_json
from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Event, Filled, LevelChanged, Resolved, TickChanged
from connectors.sandbox.frames import (
    Dispatch,
    Frame,
    LegView,
    Print,
    best_bid_ask,
    best_of,
    last_trade_price,
    market_resolved,
    price_changes,
    quote_text,
    tick_size_change,
)
from connectors.sandbox.identity import bytes32
from connectors.sandbox.ladder import Ladder
from connectors.sandbox.market import MarketSpec, MarketState
from connectors.sandbox.mirror import ASK, BID, LEGS, YES, mirrored
from connectors.sandbox.units import price_text, size_text
from schemas.values import PIPS

Top = tuple[int | None, int | None]


class Publisher:
    """The public face of one market's engine.

    Attributes:
        spec: The market's metadata.
        state: What changes about it; updated here.
        tokens: Its token ids by leg.
    """

    def __init__(self, spec: MarketSpec, state: MarketState, engine: MatchingEngine) -> None:
        self.spec = spec
        self.state = state
        self.tokens = spec.token_ids
        self._engine = engine
        self._json: tuple[tuple[dict[int, str], dict[int, str]], ...] = (({}, {}), ({}, {}))
        self._tops: list[Top] = [(None, None), (None, None)]

    def top(self, leg: int) -> Top:
        """Best bid and ask of a token in its own price, pips."""
        return best_of(self._engine.bids.prices, self._engine.asks.prices, leg)

    def publish(self, events: Iterable[Event], at_ms: int) -> list[Dispatch]:
        """Frames of one batch of engine events.

        Args:
            events: All that one action of one participant caused.
            at_ms: The venue's clock; never before the last batch.
        """
        changes: dict[tuple[int, int], int] = {}
        fills: list[Filled] = []
        ticks: list[TickChanged] = []
        final: Resolved | None = None
        for event in events:
            match event:
                case LevelChanged(side, pips, size):
                    changes[side, pips] = size
                case Filled():
                    fills.append(event)
                case TickChanged():
                    ticks.append(event)
                case Resolved():
                    final = event
                case _:
                    pass
        if not (changes or ticks or final):
            return []
        out = self._trades(fills, at_ms)
        if changes:
            out += self._levels(changes, at_ms)
        out += self._ticks(ticks, at_ms)
        if fills or ticks:
            out += [self._to(leg, at_ms, self.book(leg)) for leg in LEGS]
        if final is not None:
            out.append(self._final(final, at_ms))
        return out

    def book(self, leg: int) -> Frame:
        """The whole book of a token as it is now; its timestamp is that of the last change."""
        bids, asks = self._engine.bids, self._engine.asks
        rising, falling = _levels(bids, bids.prices, leg), _levels(asks, asks.prices[::-1], leg)
        wire = (rising, falling) if leg == YES else (falling, rising)
        return book(self._fields(leg), wire[0], wire[1], self._hash(leg))

    def _trades(self, fills: list[Filled], at_ms: int) -> list[Dispatch]:
        prints: list[Print] = []
        for fill in fills:
            leg = fill.taker.leg
            pips = mirrored(leg, fill.yes_pips)
            self.state.volume += fill.size * pips
            if prints and prints[-1].pips == pips:
                prints[-1] = prints[-1]._replace(size=prints[-1].size + fill.size)
                continue
            transaction = bytes32("transaction", self.spec.condition_id, fill.trade_no)
            action = fill.taker.action.value
            prints.append(Print(self.tokens[leg], pips, fill.size, action, transaction))
            self.state.record_trade(leg, pips, action)
        return [
            Dispatch(
                at_ms,
                last_trade_price(self.spec.condition_id, at_ms, trade),
                (trade.asset_id,),
            )
            for trade in prints
        ]

    def _levels(self, changes: dict[tuple[int, int], int], at_ms: int) -> list[Dispatch]:
        self.state.changed_ms = at_ms
        for (side, pips), size in changes.items():
            self._keep_json(side, pips, size)
        views = (self._view(LEGS[0]), self._view(LEGS[1]))
        rows = [(side, pips, size) for (side, pips), size in changes.items()]
        frames = price_changes(self.spec.condition_id, at_ms, rows, views)
        out = [Dispatch(at_ms, frame, self.tokens) for frame in frames]
        for leg in LEGS:
            top = self.top(leg)
            if top != self._tops[leg]:
                self._tops[leg] = top
                frame = best_bid_ask(self.spec.condition_id, at_ms, self.tokens[leg], *top)
                out.append(Dispatch(at_ms, frame, (self.tokens[leg],), gated=True))
        return out

    def _ticks(self, ticks: list[TickChanged], at_ms: int) -> list[Dispatch]:
        if ticks:
            self.state.changed_ms = at_ms
        return [
            self._to(
                leg,
                at_ms,
                tick_size_change(
                    self.spec.condition_id, at_ms, self.tokens[leg], tick.old, tick.new
                ),
            )
            for tick in ticks
            for leg in LEGS
        ]

    def _final(self, final: Resolved, at_ms: int) -> Dispatch:
        self.state.resolved_ms = at_ms
        self.state.yes_payout = final.yes_payout
        frame = market_resolved(self.spec, at_ms, final.yes_payout)
        return Dispatch(at_ms, frame, self.tokens, gated=True)

    def _keep_json(self, side: int, pips: int, size: int) -> None:
        for leg in LEGS:
            kept = self._json[leg][side]
            if size:
                kept[pips] = level_json(price_text(mirrored(leg, pips)), size_text(size))
            else:
                kept.pop(pips, None)

    def _hash(self, leg: int) -> str:
        kept = self._json[leg]
        rising = ",".join([kept[BID][pips] for pips in self._engine.bids.prices])
        falling = ",".join([kept[ASK][pips] for pips in reversed(self._engine.asks.prices)])
        wire = (rising, falling) if leg == YES else (falling, rising)
        return book_hash(self._fields(leg), *wire)

    def _fields(self, leg: int) -> BookFields:
        last = self.state.last_trade[leg]
        return BookFields(
            market=self.spec.condition_id,
            asset_id=self.tokens[leg],
            timestamp=str(self.state.changed_ms),
            min_order_size=size_text(self.spec.min_size),
            tick_size=price_text(self._engine.tick),
            neg_risk=self.spec.neg_risk,
            last_trade_price=quote_text(last),
        )

    def _view(self, leg: int) -> LegView:
        bid, ask = self.top(leg)
        return LegView(self.tokens[leg], self._hash(leg), quote_text(bid), quote_text(ask))

    def _to(self, leg: int, at_ms: int, frame: Frame) -> Dispatch:
        return Dispatch(at_ms, frame, (self.tokens[leg],))


def _levels(ladder: Ladder, prices: list[int], leg: int) -> list[dict[str, str]]:
    return [
        {
            "price": price_text(pips if leg == YES else PIPS - pips),
            "size": size_text(ladder.levels[pips].size),
        }
        for pips in prices
    ]
