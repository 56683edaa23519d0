"""Fills of planned orders in hftbacktest; run by its own interpreter.

Reads paths of sessions, one a line, and answers each with a JSON line: model, order, [[ms, size]].
Orders reach the exchange at their planned nanosecond, so no latency is set. An exchange that fills
an order whole or not at all, as its documentation recommends for books of levels.
"""

import json
import sys
from pathlib import Path

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
    FILLED,
    GTX,
    LIMIT,
    LOCAL_EVENT,
    SELL_EVENT,
    TRADE_EVENT,
    BacktestAsset,
    ROIVectorMarketDepthBacktest,
    event_dtype,
)
from numba import njit

TICK, LOT = 0.001, 0.01
PIPS, PIPS_A_TICK, MICRO, NS = 10_000, 10, 1_000_000, 1_000_000
MODELS = {
    "hftbacktest RiskAdverse": lambda asset: asset.risk_adverse_queue_model(),
    "hftbacktest PowerProb 3": lambda asset: asset.power_prob_queue_model(3.0),
    "hftbacktest LogProb": lambda asset: asset.log_prob_queue_model(),
}


def load(rows):
    data = np.zeros(len(rows), event_dtype)
    for index, (at, kind, side, pips, size, _) in enumerate(rows):
        event = TRADE_EVENT if kind else DEPTH_EVENT
        is_buy = (side == 0) is not bool(kind)
        flags = event | EXCH_EVENT | LOCAL_EVENT | (BUY_EVENT if is_buy else SELL_EVENT)
        data[index] = (flags, at, at, pips / PIPS, size / MICRO, 0, 0, 0.0)
    return data


def deeds_of(orders):
    """Arrivals and cancels by time: when, whether it arrives, order, side, ticks, shares."""
    deeds = []
    for number, side, pips, size, arrives, gone in orders:
        order = (number + 1, side, pips // PIPS_A_TICK, size / MICRO)
        deeds += [(arrives, 1, *order), (gone, 0, *order)]
    return np.array(sorted(deeds), dtype=np.float64), np.array([d[0] for d in sorted(deeds)])


@njit
def play(hbt, deeds, when, filled):
    hbt.wait_next_feed(False, 10**15)  # its clock has no time before the first event
    for index in range(len(when)):
        wait = when[index] - hbt.current_timestamp
        if wait > 0:
            hbt.elapse(wait)
        order_id, ticks, shares = int(deeds[index, 2]), int(deeds[index, 4]), deeds[index, 5]
        if deeds[index, 1] == 0:
            known = hbt.orders(0)
            if order_id in known:
                order = known.get(order_id)
                if order.status == FILLED:
                    filled[order_id] = order.exch_timestamp
                elif order.cancellable:
                    hbt.cancel(0, order_id, False)
        elif deeds[index, 3] == 0:
            hbt.submit_buy_order(0, order_id, ticks * TICK, shares, GTX, LIMIT, False)
        else:
            hbt.submit_sell_order(0, order_id, ticks * TICK, shares, GTX, LIMIT, False)


def fills(data, orders, model):
    asset = (
        model(BacktestAsset().data([data]).linear_asset(1.0).constant_order_latency(0, 0))
        .no_partial_fill_exchange().trading_value_fee_model(0.0, 0.0)
        .tick_size(TICK).lot_size(LOT).roi_lb(0.0).roi_ub(1.0).last_trades_capacity(0)
    )  # fmt: skip
    hbt = ROIVectorMarketDepthBacktest([asset])
    filled = np.zeros(len(orders) + 2, np.int64)
    play(hbt, *deeds_of(orders), filled)
    hbt.close()
    sizes = {number: size for number, _, _, size, _, _ in orders}
    return {
        number: [[int(filled[number + 1]) // NS, size]]
        for number, size in sizes.items()
        if filled[number + 1]
    }


def main():
    for line in sys.stdin:
        session = json.loads(Path(line.strip()).read_text())
        data = load(session["events"])
        found = {name: fills(data, session["orders"], model) for name, model in MODELS.items()}
        print(json.dumps(found), flush=True)


main()
