"""Plays a tape in hftbacktest; run by its own interpreter: TAPE noop|maker.

Compiled before the clock starts. No latency, risk-averse queue, like the others' queue positions.
Prints one JSON line: processor and wall seconds of the second run, orders, fills.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
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


def load(path):
    rows = json.loads(Path(path).read_text())
    data = np.zeros(len(rows), event_dtype)
    for index, (at, kind, side, ticks, size, _) in enumerate(rows):
        event = TRADE_EVENT if kind else DEPTH_EVENT
        is_buy = (side == 0) is not bool(kind)
        flags = event | EXCH_EVENT | LOCAL_EVENT | (BUY_EVENT if is_buy else SELL_EVENT)
        data[index] = (flags, at, at, ticks * TICK, size * LOT, 0, 0, 0.0)
    return data


@njit
def noop(hbt):
    while hbt.wait_next_feed(False, 10**15) in (0, 2, 3):
        pass
    return 0


@njit
def maker(hbt):
    orders = 0
    bid_id, ask_id = 0, 0
    bid_px, ask_px = 0, 0
    while hbt.wait_next_feed(True, 10**15) in (0, 2, 3):
        depth, known = hbt.depth(0), hbt.orders(0)
        hbt.clear_inactive_orders(0)
        bid, ask = depth.best_bid_tick, depth.best_ask_tick
        if bid != bid_px or (bid_id and bid_id not in known):
            if bid_id and bid_id in known and known.get(bid_id).cancellable:
                hbt.cancel(0, bid_id, False)
            orders += 1
            bid_id, bid_px = orders, bid
            hbt.submit_buy_order(0, bid_id, bid * TICK, 20.0, GTX, LIMIT, False)
        if ask != ask_px or (ask_id and ask_id not in known):
            if ask_id and ask_id in known and known.get(ask_id).cancellable:
                hbt.cancel(0, ask_id, False)
            orders += 1
            ask_id, ask_px = orders, ask
            hbt.submit_sell_order(0, ask_id, ask * TICK, 20.0, GTX, LIMIT, False)
    return orders


def backtest(data):
    asset = (
        BacktestAsset()
        .data([data])
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(TICK)
        .lot_size(LOT)
        .roi_lb(0.0)
        .roi_ub(1.0)
        .last_trades_capacity(0)
    )
    return ROIVectorMarketDepthBacktest([asset])


def main():
    data = load(sys.argv[1])
    play = maker if sys.argv[2] == "maker" else noop
    compiled = backtest(data[:2000])
    play(compiled)
    compiled.close()
    hbt = backtest(data)
    cpu, wall = time.process_time(), time.perf_counter()
    orders = play(hbt)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    fills = hbt.state_values(0).num_trades
    print(
        json.dumps(
            {
                "events": len(data),
                "cpu": cpu,
                "wall": wall,
                "orders": int(orders),
                "fills": int(fills),
            }
        )
    )


main()
