"""NautilusTrader 2 for the runners: names, and the few calls that version 1 spells otherwise."""

from decimal import Decimal

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

__all__ = [
    "USDC",
    "AccountType",
    "BookAction",
    "BookOrder",
    "BookType",
    "Money",
    "OmsType",
    "OrderBookDelta",
    "OrderBookDeltas",
    "OrderSide",
    "Price",
    "Quantity",
    "Strategy",
    "TradeId",
    "TradeTick",
    "Venue",
]
MODEL = "NautilusTrader 2.0.0rc6"
ID = InstrumentId.from_str("YES.POLYMARKET")
USDC = Currency.from_str("USDC")
SELLER, BUYER = AggressorSide.SELL, AggressorSide.BUY
NO_FEES = {"fee_model": MakerTakerFeeModel(Decimal(0), Decimal(0))}


def instrument(size_precision):
    return BinaryOption(
        ID,
        Symbol("YES"),
        AssetClass.ALTERNATIVE,
        USDC,
        0,
        2**62,
        3,
        size_precision,
        Price(0.001, 3),
        Quantity(10.0**-size_precision, size_precision),
        0,
        0,
    )


def quiet_engine():
    logging = LoggerConfig(stdout_level=LogLevel.OFF, bypass_logging=True)
    return BacktestEngine(BacktestEngineConfig(bypass_logging=True, logging=logging))


def follow_book(strategy):
    strategy.subscribe_book_deltas(ID, BookType.L2_MBP, managed=True)


def handle(order):
    """What an order is cancelled and looked up by."""
    return order.client_order_id


def is_open(strategy, order_id):
    return strategy.cache.is_order_open(order_id)


def is_gone(strategy, order_id, event):
    """Whether a fill is this order's and closed it."""
    return order_id == event.client_order_id and strategy.cache.is_order_closed(order_id)
