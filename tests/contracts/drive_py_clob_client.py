"""Runs inside an environment that has py-clob-client-v2 and nothing of ours.

    python drive_py_clob_client.py HOST TOKEN CONDITION BID ASK

It uses the client as it is, against a venue, and prints what it saw as JSON.
"""

import json
import sys
import time
from typing import Any

from py_clob_client_v2 import (  # type: ignore[import-not-found]
    AssetType,
    BalanceAllowanceParams,
    BookParams,
    ClobClient,
    MarketOrderArgs,
    OpenOrderParams,
    OrderArgs,
    OrderMarketCancelParams,
    OrderPayload,
    OrderType,
    PartialCreateOrderOptions,
    PostOrdersV2Args,
)

KEY = (
    "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"  # pragma: allowlist secret
)


def placed(client: Any, token: str, price: float, size: float, **further: Any) -> Any:
    args = OrderArgs(token_id=token, price=price, size=size, side="BUY")
    return client.create_and_post_order(args, **further)


def run(host: str, token: str, condition: str, bid: float, ask: float) -> dict[str, Any]:
    client = ClobClient(host=host, chain_id=137, key=KEY)
    client.set_api_creds(client.create_or_derive_api_key())
    seen: dict[str, Any] = {"keys": client.get_api_keys(), "version": client.get_version()}
    again = ClobClient(host=host, chain_id=137, key=KEY)
    seen["derived"] = again.create_or_derive_api_key().api_key
    seen["clock"] = abs(int(client.get_server_time()) - time.time())
    book = client.get_order_book(token)
    seen["book"] = [book["bids"][-1]["price"], book["asks"][-1]["price"]]
    seen["hash"] = [book["hash"], client.get_order_book_hash(book)]
    seen["books"] = len(client.get_order_books([BookParams(token_id=token)]))
    seen["midpoints"] = client.get_midpoints([BookParams(token_id=token)])
    seen["prices"] = client.get_prices([BookParams(token_id=token, side="BUY")])
    seen["spreads"] = client.get_spreads([BookParams(token_id=token)])
    seen["last"] = client.get_last_trades_prices([BookParams(token_id=token)])
    low = round(bid / 2, 2)
    resting = placed(client, token, low, 10.0, post_only=True)
    seen["resting"] = resting
    options = PartialCreateOrderOptions()
    batch = [
        PostOrdersV2Args(
            order=client.create_order(
                OrderArgs(token_id=token, price=low, size=size, side="BUY"), options
            ),
            orderType=OrderType.GTC,
        )
        for size in (11.0, 12.0, 13.0)
    ]
    seen["batch"] = client.post_orders(batch)
    ids = [row["orderID"] for row in seen["batch"]]
    seen["open"] = [row["id"] for row in client.get_open_orders(OpenOrderParams(market=condition))]
    seen["one"] = client.get_order(resting["orderID"])
    bought = client.create_and_post_market_order(
        MarketOrderArgs(token_id=token, amount=20.0, side="BUY", price=min(ask + 0.05, 0.97)),
        order_type=OrderType.FAK,
    )
    seen["bought"] = bought
    seen["trades"] = client.get_trades()
    held = BalanceAllowanceParams(asset_type=AssetType.CONDITIONAL, token_id=token)
    seen["balances"] = [
        client.get_balance_allowance(BalanceAllowanceParams(asset_type=AssetType.COLLATERAL)),
        client.get_balance_allowance(held),
    ]
    seen["beat"] = client.post_heartbeat("")
    seen["cancelled"] = [
        client.cancel_order(OrderPayload(orderID=resting["orderID"])),
        client.cancel_orders(ids[:1]),
        client.cancel_market_orders(OrderMarketCancelParams(market=condition)),
        client.cancel_all(),
    ]
    seen["closed_only"] = client.get_closed_only_mode()
    seen["left"] = client.get_open_orders()
    return seen


if __name__ == "__main__":
    host, token, condition, bid, ask = sys.argv[1:]
    sys.stdout.write(json.dumps(run(host, token, condition, float(bid), float(ask))))
