"""Plays a tape in NautilusTrader; run by its own interpreter: 1|2 TAPE noop|maker [queue|none].

Prints one JSON line: processor and wall seconds of the engine's run, orders, fills.
"""

import json
import sys
import time
from pathlib import Path

from nautilus_backtest import api, data, engine

SIZE_PRECISION = 2


def price_of(ticks):
    return api.Price(ticks / 1000, 3)


def shares_of(size):
    return api.Quantity(size / 100, SIZE_PRECISION)


class Noop(api.Strategy):
    def __init__(self):
        super().__init__()
        self.orders = self.fills = 0

    def on_start(self):
        api.follow_book(self)

    def on_book_deltas(self, deltas):
        pass

    on_order_book_deltas = on_book_deltas


class Maker(Noop):
    """One 20-share post-only bid and ask at the touch, replaced whenever the touch moves."""

    def __init__(self):
        super().__init__()
        self.size = api.Quantity(20.0, SIZE_PRECISION)
        self.resting = [None, None]
        self.prices = [None, None]

    def on_book_deltas(self, deltas):
        book = self.cache.order_book(api.ID)
        self.keep(0, api.OrderSide.BUY, book.best_bid_price())
        self.keep(1, api.OrderSide.SELL, book.best_ask_price())

    on_order_book_deltas = on_book_deltas

    def keep(self, slot, side, price):
        resting = self.resting[slot]
        if price is None or (price == self.prices[slot] and resting is not None):
            return
        if resting is not None and api.is_open(self, resting):
            self.cancel_order(resting)
        order = self.order_factory.limit(api.ID, side, self.size, price, post_only=True)
        self.resting[slot], self.prices[slot] = api.handle(order), price
        self.orders += 1
        self.submit_order(order)

    def on_order_filled(self, event):
        self.fills += 1
        for slot in (0, 1):
            known = self.resting[slot]
            if known is not None and api.is_gone(self, known, event):
                self.resting[slot] = None


def main():
    rows = json.loads(Path(sys.argv[1]).read_text())
    strategy = Maker() if sys.argv[2] == "maker" else Noop()
    queue = len(sys.argv) < 4 or sys.argv[3] == "queue"
    made = engine(data(rows, price_of, shares_of), strategy, SIZE_PRECISION, queue=queue)
    cpu, wall = time.process_time(), time.perf_counter()
    made.run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    said = {"events": len(rows), "cpu": cpu, "wall": wall}
    print(json.dumps(said | {"orders": strategy.orders, "fills": strategy.fills}))


main()
