"""Plays a tape in NautilusTrader 2; run by its own interpreter: TAPE noop|maker [queue|none].

Prints one JSON line: processor and wall seconds of the engine's run, orders, fills.
"""

import json
import sys
import time
from decimal import Decimal
from pathlib import Path

from nautilus_trader.backtest import BacktestEngine, BacktestEngineConfig
from nautilus_trader.common import LoggerConfig, LogLevel
from nautilus_trader.execution import MakerTakerFeeModel
from nautilus_trader.model import (
    AccountType,
    AggressorSide,
    AssetClass,
    BinaryOption,
    BookAction,
    BookOrder,
    BookType,
    Currency,
    InstrumentId,
    Money,
    OmsType,
    OrderBookDelta,
    OrderBookDeltas,
    OrderSide,
    Price,
    Quantity,
    Symbol,
    TradeId,
    TradeTick,
    Venue,
)
from nautilus_trader.trading import Strategy

ID = InstrumentId.from_str("YES.POLYMARKET")
USDC = Currency.from_str("USDC")
LAST = 128


def instrument():
    return BinaryOption(
        ID,
        Symbol("YES"),
        AssetClass.ALTERNATIVE,
        USDC,
        0,
        2**62,
        3,
        2,
        Price(0.001, 3),
        Quantity(0.01, 2),
        0,
        0,
    )


def events(path):
    rows, waiting, found = json.loads(Path(path).read_text()), [], []
    for index, (at, kind, side, ticks, size, last) in enumerate(rows):
        price, shares = Price(ticks / 1000, 3), Quantity(size / 100, 2)
        if kind:
            aggressor = AggressorSide.SELL if side == 0 else AggressorSide.BUY
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
        self.subscribe_book_deltas(ID, BookType.L2_MBP, managed=True)

    def on_book_deltas(self, deltas):
        pass


class Maker(Noop):
    """One 20-share post-only bid and ask at the touch, replaced whenever the touch moves."""

    def __init__(self):
        super().__init__()
        self.size = Quantity(20.0, 2)
        self.resting = [None, None]
        self.prices = [None, None]

    def on_book_deltas(self, deltas):
        book = self.cache.order_book(ID)
        self.keep(0, OrderSide.BUY, book.best_bid_price())
        self.keep(1, OrderSide.SELL, book.best_ask_price())

    def keep(self, slot, side, price):
        resting = self.resting[slot]
        if price is None or (price == self.prices[slot] and resting is not None):
            return
        if resting is not None and self.cache.is_order_open(resting):
            self.cancel_order(resting)
        order = self.order_factory.limit(ID, side, self.size, price, post_only=True)
        self.resting[slot], self.prices[slot] = order.client_order_id, price
        self.orders += 1
        self.submit_order(order)

    def on_order_filled(self, event):
        self.fills += 1
        for slot in (0, 1):
            known = self.resting[slot]
            if known == event.client_order_id and self.cache.is_order_closed(known):
                self.resting[slot] = None


def main():
    count, found = events(sys.argv[1])
    queue = len(sys.argv) < 4 or sys.argv[3] == "queue"
    logging = LoggerConfig(stdout_level=LogLevel.OFF, bypass_logging=True)
    engine = BacktestEngine(BacktestEngineConfig(bypass_logging=True, logging=logging))
    engine.add_venue(
        Venue("POLYMARKET"),
        OmsType.NETTING,
        AccountType.MARGIN,
        [Money(10_000_000, USDC)],
        base_currency=USDC,
        book_type=BookType.L2_MBP,
        queue_position=queue,
        fee_model=MakerTakerFeeModel(Decimal(0), Decimal(0)),
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
