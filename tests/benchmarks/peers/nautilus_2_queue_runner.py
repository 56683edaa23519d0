"""Fills of planned orders in NautilusTrader 2; run by its own interpreter.

Reads paths of sessions, one a line, and answers each with a JSON line: model, order, [[ms, size]].
Orders reach the exchange at their planned nanosecond, so no latency is set.
"""

import json
import sys
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
PIPS, MICRO, NS = 10_000, 1_000_000, 1_000_000
MODEL = "NautilusTrader 2.0.0rc6"


def price_of(pips):
    return Price(pips / PIPS, 3)


def shares_of(size):
    return Quantity(size / MICRO, 6)


def instrument():
    return BinaryOption(
        ID, Symbol("YES"), AssetClass.ALTERNATIVE, USDC, 0, 2**62, 3, 6,
        Price(0.001, 3), Quantity(0.000001, 6), 0, 0,
    )  # fmt: skip


def events(rows):
    waiting, found = [], []
    for index, (at, kind, side, pips, size, last) in enumerate(rows):
        price, shares = price_of(pips), shares_of(size)
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
    return found


class Planned(Strategy):
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
        order_side = OrderSide.BUY if side == 0 else OrderSide.SELL
        order = self.order_factory.limit(
            ID, order_side, shares_of(size), price_of(pips), post_only=True
        )
        self.sent[number] = order.client_order_id
        self.numbers[str(order.client_order_id)] = number
        self.submit_order(order)

    def drop(self, number):
        if self.cache.is_order_open(self.sent[number]):
            self.cancel_order(self.sent[number])

    def on_order_filled(self, event):
        number = self.numbers[str(event.client_order_id)]
        fill = [event.ts_event // NS, round(float(event.last_qty) * MICRO)]
        self.filled.setdefault(number, []).append(fill)


def fills(session):
    logging = LoggerConfig(stdout_level=LogLevel.OFF, bypass_logging=True)
    engine = BacktestEngine(BacktestEngineConfig(bypass_logging=True, logging=logging))
    engine.add_venue(
        Venue("POLYMARKET"), OmsType.NETTING, AccountType.MARGIN, [Money(10_000_000, USDC)],
        base_currency=USDC, book_type=BookType.L2_MBP, queue_position=True,
        fee_model=MakerTakerFeeModel(Decimal(0), Decimal(0)),
    )  # fmt: skip
    engine.add_instrument(instrument())
    engine.add_data(events(session["events"]))
    strategy = Planned()
    strategy.planned = session["orders"]
    engine.add_strategy(strategy)
    engine.run()
    engine.dispose()
    return strategy.filled


def main():
    for line in sys.stdin:
        session = json.loads(Path(line.strip()).read_text())
        print(json.dumps({MODEL: fills(session)}), flush=True)


main()
