"""Wire events to messages: prices to ticks, sizes to micro-shares, tokens to legs. Pure."""

from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b

import msgspec

from connectors.polymarket.wire import (
    BookWire,
    LastTradeWire,
    MarketResolvedWire,
    PriceChangesWire,
    TickSizeWire,
    WireLevel,
)
from schemas.envelope import Header
from schemas.errors import InfrastructureError
from schemas.ids import MarketId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    Level,
    Market,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.values import MICRO, PIPS, Action, Trust

SOURCE = "polymarket"


class OffGridError(InfrastructureError):
    """A price is not on the market's tick grid."""


class Token(msgspec.Struct, frozen=True):
    """Where a token belongs: its market and its leg, 0 YES or 1 NO."""

    market_id: MarketId
    leg: int


def ticks_of(price: str, tick: int) -> int:
    """A price text in ticks.

    Args:
        price: Dollars, as the venue writes them.
        tick: Tick size in pips of 0.0001.

    Raises:
        OffGridError: The price is not a whole number of ticks between 0 and 1.
    """
    ticks, rest = divmod(Decimal(price) * PIPS, tick)
    if rest or not 0 <= ticks * tick <= PIPS:
        raise OffGridError(
            f"Expected a price on the grid of {Decimal(tick) / PIPS}, received {price}. "
            "The tick size may have changed; the book is read anew."
        )
    return int(ticks)


class TickTable(dict[str, int]):
    """Price texts of one grid in ticks; worked out where a text comes the first time."""

    LIMIT = 65_536

    def __init__(self, tick: int) -> None:
        """Start empty.

        Args:
            tick: Tick size in pips of 0.0001.
        """
        super().__init__()
        self._tick = tick

    def __missing__(self, price: str) -> int:
        """Work a price out.

        Raises:
            OffGridError: The price is not a whole number of ticks between 0 and 1.
        """
        ticks = ticks_of(price, self._tick)
        if len(self) < self.LIMIT:
            self[price] = ticks
        return ticks


@lru_cache(maxsize=64)
def table_of(tick: int) -> TickTable:
    """The table of a grid, one for all markets."""
    return TickTable(tick)


@lru_cache(maxsize=64)
def pips_of(tick_size: str) -> int:
    """A tick size text in pips, e.g. "0.01" is 100."""
    return int(Decimal(tick_size) * PIPS)


@lru_cache(maxsize=65_536)
def micro_of(size: str) -> int:
    """A size text in micro-shares; exact for six decimals below nine billion shares.

    Remembered, because both legs of a change have the same size, and round ones come again.
    """
    return round(float(size) * MICRO)


def millis_of(timestamp: str, otherwise: int) -> int:
    """The venue's time in ms, whether it wrote seconds or milliseconds; `otherwise` if none."""
    if not timestamp:
        return otherwise
    value = int(timestamp)
    return value if value > 100_000_000_000 else value * 1000


def content_id(payload: bytes) -> str:
    """An id derived from an event's bytes."""
    return blake2b(payload, digest_size=12).hexdigest()


def envelope(payload: bytes, event_time: int, ingest_time: int, salt: str = "") -> Header:
    """The header of a message made from wire bytes; `salt` tells apart what repeats verbatim."""
    return Header(
        event_id=content_id(payload + salt.encode()),
        event_time=event_time,
        ingest_time=ingest_time,
        source=SOURCE,
        causation_id="",
    )


def levels_of(wire: list[WireLevel], tick: int) -> tuple[Level, ...]:
    """Book levels best first; the venue sends the best one last."""
    table = table_of(tick)
    return tuple(
        [
            (table[level.price], micro_of(level.size))
            for level in reversed(wire)
            if level.size != "0"
        ]
    )


def parse_book(wire: BookWire, token: Token, tick: int, head: Header, feed: str) -> BookSnapshot:
    """A whole book. Its tick size, where the frame names one, wins over the known one."""
    tick = pips_of(wire.tick_size) if wire.tick_size else tick
    return BookSnapshot(
        **head,
        market_id=token.market_id,
        leg=token.leg,
        tick=tick,
        bids=levels_of(wire.bids, tick),
        asks=levels_of(wire.asks, tick),
        feed=feed,
        trust=Trust.CONSISTENT,
    )


def parse_changes(
    wire: PriceChangesWire, legs: dict[str, int], market: Market, head: Header, feed: str
) -> BookDelta:
    """Level changes of both legs.

    Raises:
        KeyError: A change names a token that is not the market's.
        OffGridError: A price is off the market's grid.
    """
    tick = market.tick
    table = table_of(tick)
    return BookDelta(
        **head,
        market_id=market.market_id,
        tick=tick,
        changes=tuple(
            [
                (
                    legs[change.asset_id],
                    0 if change.side == "BUY" else 1,
                    table[change.price],
                    micro_of(change.size),
                )
                for change in wire.price_changes
            ]
        ),
        feed=feed,
        trust=Trust.CONSISTENT,
    )


def parse_trade(wire: LastTradeWire, token: Token, tick: int, head: Header) -> MarketTrade:
    """Somebody's trade; a price between ticks is rounded to the nearest for display and queues."""
    return MarketTrade(
        **head,
        market_id=token.market_id,
        leg=token.leg,
        tick=tick,
        ticks=round(Decimal(wire.price) * PIPS / tick),
        size=micro_of(wire.size),
        action=Action(wire.side),
        transaction=wire.transaction_hash,
    )


def parse_tick_size(wire: TickSizeWire, head: Header) -> TickSizeChanged:
    """A new price grid; it holds for both tokens of the market."""
    return TickSizeChanged(
        **head,
        market_id=MarketId(wire.market),
        old_tick=pips_of(wire.old_tick_size),
        new_tick=pips_of(wire.new_tick_size),
    )


def parse_resolution(wire: MarketResolvedWire, market: Market, head: Header) -> MarketResolved:
    """The final outcome; without a winner both tokens pay one half."""
    payout = Decimal("0.5")
    if wire.winning_asset_id:
        payout = Decimal(wire.winning_asset_id == market.yes_token_id)
    return MarketResolved(**head, market_id=market.market_id, yes_payout=payout)
