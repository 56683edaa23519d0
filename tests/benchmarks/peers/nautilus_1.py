"""NautilusTrader 1 for the runners: names, and the few calls that version 2 spells otherwise."""

from decimal import Decimal

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
MODEL = "NautilusTrader 1.231.0"
ID = InstrumentId.from_str("YES.POLYMARKET")
SELLER, BUYER = AggressorSide.SELLER, AggressorSide.BUYER
NO_FEES = {}


def instrument(size_precision):
    return BinaryOption(
        instrument_id=ID,
        raw_symbol=Symbol("YES"),
        outcome="Yes",
        description="A market",
        asset_class=AssetClass.ALTERNATIVE,
        currency=USDC,
        price_precision=3,
        price_increment=Price(0.001, 3),
        size_precision=size_precision,
        size_increment=Quantity(10.0**-size_precision, size_precision),
        activation_ns=0,
        expiration_ns=2**62,
        max_quantity=None,
        min_quantity=None,
        maker_fee=Decimal(0),
        taker_fee=Decimal(0),
        ts_event=0,
        ts_init=0,
    )


def quiet_engine():
    return BacktestEngine(
        BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False)
    )


def follow_book(strategy):
    strategy.subscribe_order_book_deltas(ID, BookType.L2_MBP)


def handle(order):
    """What an order is cancelled and looked up by."""
    return order


def is_open(_, order):
    return order.is_open


def is_gone(_, order, event):
    """Whether a fill, of whichever order, finds this one closed."""
    return order.is_closed
