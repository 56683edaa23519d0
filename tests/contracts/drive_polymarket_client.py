"""Runs inside an environment that has polymarket-client and nothing of ours.

    python drive_polymarket_client.py HOST TOKEN CONDITION BID ASK

It uses the client as it is, its addresses pointed at a venue, and prints what it saw as JSON.
"""

import asyncio
import dataclasses
import json
import sys
from decimal import Decimal
from typing import Any

from eth_account import Account
from polymarket import AsyncSecureClient  # type: ignore[import-not-found]
from polymarket._internal.environment import PRODUCTION_CONFIG, create_environment  # type: ignore[import-not-found]
from polymarket._internal.wallet import (  # type: ignore[import-not-found]
    derive_beacon_deposit_wallet_address,
    derive_proxy_wallet_address,
    derive_safe_wallet_address,
)
from polymarket.errors import RequestRejectedError  # type: ignore[import-not-found]
from polymarket.streams import MarketSpec, SportsSpec, UserSpec  # type: ignore[import-not-found]

KEY = (
    "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"  # pragma: allowlist secret
)
EVENTS = 200


def environment(host: str) -> Any:
    ws = "ws" + host.removeprefix("http")
    config = dataclasses.replace(
        PRODUCTION_CONFIG,
        clob_url=host,
        gamma_url=host,
        data_url=host,
        relayer_url=host,
        rpc_url=host,
        clob_market_ws_url=f"{ws}/ws/market",
        clob_user_ws_url=f"{ws}/ws/user",
        sports_ws_url=f"{ws}/ws/sports",
        rtds_ws_url=f"{ws}/ws/rtds",
        realtime_ws_url=f"{ws}/ws/live",
    )
    return create_environment(name="sandbox", config=config)


async def heard(handle: Any, until: Any, seconds: float = 20.0) -> list[str]:
    """Kinds of events up to the first that satisfies `until`."""
    kinds: list[str] = []

    async def read() -> None:
        async for event in handle:
            kinds.append(event.type)
            if until(event) or len(kinds) >= EVENTS:
                return

    await asyncio.wait_for(read(), seconds)
    return kinds


async def first(paginator: Any, count: int = 5) -> list[Any]:
    rows: list[Any] = []
    async for page in paginator:
        rows += page.items
        if len(rows) >= count:
            break
    return rows


async def trade_on(client: Any, token: str, condition: str, bid: Decimal, ask: Decimal) -> Any:
    """Place, batch, read, take and cancel."""
    seen: dict[str, Any] = {}
    low = (bid / 2).quantize(Decimal("0.01"))
    resting = await client.place_limit_order(
        token_id=token, price=low, size=10, side="BUY", post_only=True
    )
    seen["resting"] = [resting.ok, resting.status, resting.order_id]
    drafts = [
        await client.create_limit_order(token_id=token, price=low, size=size, side="BUY")
        for size in (11, 12, 13)
    ]
    batch = await client.post_orders(drafts)
    seen["batch"] = [row.ok for row in batch]
    seen["open"] = [row.id for row in await first(client.list_open_orders(market=condition), 50)]
    seen["one"] = (await client.get_order(order_id=resting.order_id)).status
    seen["crossing"] = ""
    try:
        await client.place_limit_order(
            token_id=token, price=ask + Decimal("0.05"), size=10, side="BUY", post_only=True
        )
    except RequestRejectedError as error:
        seen["crossing"] = str(error)
    bought = await client.place_market_order(
        token_id=token, side="BUY", amount=20, max_price=min(ask + Decimal("0.05"), Decimal("0.97"))
    )
    seen["bought"] = [bought.ok, bought.status, str(bought.taking_amount)]
    seen["hashes"] = list(await client.wait_for_order_fill_settlement(bought))
    seen["trades"] = [row.status for row in await first(client.list_account_trades())]
    shares = await client.get_balance_allowance(asset_type="CONDITIONAL", token_id=token)
    seen["shares"] = shares.balance
    seen["cancelled"] = [
        len((await client.cancel_order(order_id=resting.order_id)).canceled),
        len((await client.cancel_orders(order_ids=[batch[0].order_id])).canceled),
        len((await client.cancel_market_orders(market=condition)).canceled),
        len((await client.cancel_all()).canceled),
    ]
    return seen


async def wallets(host: str, token: str, bid: Decimal) -> dict[str, Any]:
    """Orders of the three smart wallets of one owner."""
    owner = Account.from_key(KEY).address
    config = PRODUCTION_CONFIG.wallet_derivation
    derived = {
        "proxy": derive_proxy_wallet_address(owner, config),
        "safe": derive_safe_wallet_address(owner, config),
        "deposit": derive_beacon_deposit_wallet_address(owner, config),
    }
    seen: dict[str, Any] = {}
    for name, wallet in derived.items():
        client = await AsyncSecureClient.create(
            private_key=KEY, wallet=wallet, environment=environment(host)
        )
        async with client:
            low = (bid / 2).quantize(Decimal("0.01"))
            order = await client.place_limit_order(token_id=token, price=low, size=7, side="BUY")
            row = await client.get_order(order_id=order.order_id)
            balance = await client.get_balance_allowance(asset_type="COLLATERAL")
            seen[name] = [order.ok, row.maker_address == wallet, balance.balance > 0]
            await client.cancel_all()
    return seen


async def run(host: str, token: str, condition: str, bid: str, ask: str) -> dict[str, Any]:
    owner = Account.from_key(KEY).address
    limits: list[Any] = []
    client = await AsyncSecureClient.create(
        private_key=KEY,
        wallet=owner,
        environment=environment(host),
        on_rate_limit_update=limits.append,
    )
    async with client:
        seen: dict[str, Any] = {"keys": list(await client.fetch_api_keys())}
        book = await client.get_order_book(token_id=token)
        seen["book"] = [len(book.bids) > 0, len(book.asks) > 0]
        market = await client.subscribe(MarketSpec(asset_ids=[token], custom_feature_enabled=True))
        user = await client.subscribe(UserSpec())
        sports = await client.subscribe(SportsSpec())
        seen["market"] = await heard(market, lambda event: event.type == "price_change")
        seen |= await trade_on(client, token, condition, Decimal(bid), Decimal(ask))
        confirmed = await heard(
            user,
            lambda event: event.type == "trade" and event.payload.status == "CONFIRMED",
        )
        seen["user"] = sorted(set(confirmed))
        seen["sports"] = (await heard(sports, lambda event: True))[:1]
        seen["closed_only"] = await client.get_closed_only_mode()
        seen["public"] = [row.side for row in await first(client.list_trades(user=owner))]
        seen["positions"] = [
            str(row.current_size) for row in await first(client.list_positions(user=owner))
        ]
        leaders = await first(client.list_trader_leaderboard())
        seen["leaders"] = len(leaders)
        markets = await first(client.list_markets(closed=False))
        seen["markets"] = len(markets)
        seen["tier"] = limits[-1].tier
    seen["wallets"] = await wallets(host, token, Decimal(bid))
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(run(*sys.argv[1:]))))
