"""Fills of planned orders in NautilusTrader; run by its own interpreter with 1|2.

Reads paths of sessions, one a line, and answers each with a JSON line: model, order, [[ms, size]].
Orders reach the exchange at their planned nanosecond, so no latency is set.
"""

import json
import sys
from pathlib import Path

from nautilus_backtest import api, data, engine

SIZE_PRECISION = 6
PIPS, MICRO, NS = 10_000, 1_000_000, 1_000_000


def price_of(pips):
    return api.Price(pips / PIPS, 3)


def shares_of(size):
    return api.Quantity(size / MICRO, SIZE_PRECISION)


class Planned(api.Strategy):
    """Sends and cancels what is planned."""

    def __init__(self):
        super().__init__()
        self.planned = []
        self.sent = {}
        self.numbers = {}
        self.filled = {}

    def on_start(self):
        for order in self.planned:
            number, _, _, _, arrives, gone = order
            self.clock.set_time_alert_ns(
                f"place-{number}", arrives, callback=lambda _, order=order: self.place(*order)
            )
            self.clock.set_time_alert_ns(
                f"cancel-{number}", gone, callback=lambda _, number=number: self.drop(number)
            )

    def place(self, number, side, pips, size, *_):
        order_side = api.OrderSide.BUY if side == 0 else api.OrderSide.SELL
        order = self.order_factory.limit(
            api.ID, order_side, shares_of(size), price_of(pips), post_only=True
        )
        self.sent[number] = api.handle(order)
        self.numbers[str(order.client_order_id)] = number
        self.submit_order(order)

    def drop(self, number):
        if api.is_open(self, self.sent[number]):
            self.cancel_order(self.sent[number])

    def on_order_filled(self, event):
        number = self.numbers[str(event.client_order_id)]
        fill = [event.ts_event // NS, round(float(event.last_qty) * MICRO)]
        self.filled.setdefault(number, []).append(fill)


def fills(session):
    strategy = Planned()
    strategy.planned = session["orders"]
    found = data(session["events"], price_of, shares_of)
    made = engine(found, strategy, SIZE_PRECISION, queue=True)
    made.run()
    made.dispose()
    return strategy.filled


def main():
    for line in sys.stdin:
        session = json.loads(Path(line.strip()).read_text())
        print(json.dumps({api.MODEL: fills(session)}), flush=True)


main()
