"""One market in either NautilusTrader, named by the runner's first argument: 1 or 2."""

import importlib
import sys

api = importlib.import_module(f"nautilus_{sys.argv.pop(1)}")
LAST = 128


def data(rows, price_of, shares_of):
    """Rows `[at, kind, side, price, size, last]` as the engine's data; kind 0 is a book's level."""
    waiting, found = [], []
    for index, (at, kind, side, level, size, last) in enumerate(rows):
        price, shares = price_of(level), shares_of(size)
        if kind:
            aggressor = api.SELLER if side == 0 else api.BUYER
            trade_id = api.TradeId(str(index))
            found.append(api.TradeTick(api.ID, price, shares, aggressor, trade_id, at, at))
            continue
        order_side = api.OrderSide.BUY if side == 0 else api.OrderSide.SELL
        order = api.BookOrder(order_side, price, shares, 0)
        action = api.BookAction.UPDATE if size else api.BookAction.DELETE
        flags = LAST if last else 0
        waiting.append(api.OrderBookDelta(api.ID, action, order, flags, index, at, at))
        if last:
            found.append(api.OrderBookDeltas(api.ID, waiting))
            waiting = []
    return found


def engine(found, strategy, size_precision, *, queue):
    """A backtest that is ready to run."""
    made = api.quiet_engine()
    made.add_venue(
        api.Venue("POLYMARKET"),
        api.OmsType.NETTING,
        api.AccountType.MARGIN,
        [api.Money(10_000_000, api.USDC)],
        base_currency=api.USDC,
        book_type=api.BookType.L2_MBP,
        queue_position=queue,
        **api.NO_FEES,
    )
    made.add_instrument(api.instrument(size_precision))
    made.add_data(found)
    made.add_strategy(strategy)
    return made
