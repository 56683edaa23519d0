"""Plays a tape in NautilusTrader 1; run by its own interpreter: TAPE noop|maker [queue|none].

Prints one JSON line: processor and wall seconds of the engine's run, orders, fills.
"""

import json
import sys
import time
from decimal import Decimal
from pathlib import Path

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import USDC
from nautilus_trader.model.data import BookOrder, OrderBookDelta, OrderBookDeltas, TradeTick
from nautilus_trader.model.enums import (
    AccountType,
    AggressorSide,
    AssetClass,
    BookAction,
    BookType,
    OmsType,
    OrderSide,
)
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TradeId, Venue
from nautilus_trader.model.instruments import BinaryOption
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

ID = InstrumentId.from_str("YES.POLYMARKET")
LAST = 128


def instrument():
    return BinaryOption(
        instrument_id=ID,
        raw_symbol=Symbol("YES"),
        outcome="Yes",
        description="A market",
        asset_class=AssetClass.ALTERNATIVE,
        currency=USDC,
        price_precision=3,
        price_increment=Price(0.001, 3),
        size_precision=2,
        size_increment=Quantity(0.01, 2),
        activation_ns=0,
        expiration_ns=2**62,
        max_quantity=None,
        min_quantity=None,
        maker_fee=Decimal(0),
        taker_fee=Decimal(0),
        ts_event=0,
        ts_init=0,
    )


def events(path):
    rows, waiting, found = json.loads(Path(path).read_text()), [], []
    for index, (at, kind, side, ticks, size, last) in enumerate(rows):
        price, shares = Price(ticks / 1000, 3), Quantity(size / 100, 2)
        if kind:
            aggressor = AggressorSide.SELLER if side == 0 else AggressorSide.BUYER
            found.append(TradeTick(ID, price, shares, aggressor, TradeId(str(index)), at, at))
            continue
        order = BookOrder(OrderSide.BUY if side == 0 else OrderSide.SELL, price, shares, 0)
        action = BookAction.UPDATE if size else BookAction.DELETE
        waiting.append(OrderBookDelta(ID, action, order, LAST if last else 0, index, at, at))
        if last:
            found.append(OrderBookDeltas(ID, waiting))
            waiting = []
    return len(rows), found


class Noop(Strategy):
    def __init__(self):
        super().__init__()
        self.orders = self.fills = 0

    def on_start(self):
        self.instrument = self.cache.instrument(ID)
        self.subscribe_order_book_deltas(ID, BookType.L2_MBP)

    def on_order_book_deltas(self, deltas):
        pass


class Maker(Noop):
    """One 20-share post-only bid and ask at the touch, replaced whenever the touch moves."""

    def __init__(self):
        super().__init__()
        self.size = Quantity(20.0, 2)
        self.resting = [None, None]
        self.prices = [None, None]

    def on_order_book_deltas(self, deltas):
        book = self.cache.order_book(ID)
        self.keep(0, OrderSide.BUY, book.best_bid_price())
        self.keep(1, OrderSide.SELL, book.best_ask_price())

    def keep(self, slot, side, price):
        resting = self.resting[slot]
        if price is None or (price == self.prices[slot] and resting is not None):
            return
        if resting is not None and resting.is_open:
            self.cancel_order(resting)
        order = self.order_factory.limit(ID, side, self.size, price, post_only=True)
        self.resting[slot], self.prices[slot] = order, price
        self.orders += 1
        self.submit_order(order)

    def on_order_filled(self, event):
        self.fills += 1
        for slot in (0, 1):
            known = self.resting[slot]
            if known is not None and known.is_closed:
                self.resting[slot] = None


def main():
    count, found = events(sys.argv[1])
    queue = len(sys.argv) < 4 or sys.argv[3] == "queue"
    engine = BacktestEngine(
        BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False)
    )
    engine.add_venue(
        Venue("POLYMARKET"),
        OmsType.NETTING,
        AccountType.MARGIN,
        [Money(10_000_000, USDC)],
        base_currency=USDC,
        book_type=BookType.L2_MBP,
        queue_position=queue,
    )
    engine.add_instrument(instrument())
    engine.add_data(found)
    strategy = Maker() if sys.argv[2] == "maker" else Noop()
    engine.add_strategy(strategy)
    cpu, wall = time.process_time(), time.perf_counter()
    engine.run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(
        json.dumps(
            {
                "events": count,
                "cpu": cpu,
                "wall": wall,
                "orders": strategy.orders,
                "fills": strategy.fills,
            }
        )
    )


main()
