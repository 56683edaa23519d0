"""Order bodies in the official form (PROTOCOL.md 3.4), and a market to send them to."""

from typing import Any

from connectors.sandbox.mirror import YES
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.source import Listing
from schemas.values import MICRO, PIPS
from tests.connectors.sandbox.builders import NOW_MS

KEY = "11111111-2222-3333-4444-555555555555"
MAKER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
ZERO = "0x" + "0" * 64


def wide_market(sandbox: Sandbox) -> Listing:
    """An open simulated market with room between its best prices."""
    for listing in sandbox.venue.listings():
        bid, ask = listing.top(YES)
        tick = listing.tick
        if listing.spec.label == "simulated" and bid and ask and ask - bid >= 3 * tick == 300:
            return listing
    raise AssertionError("the world of this seed should have a wide market")


def body(
    token: str,
    side: str,
    maker_amount: int,
    taker_amount: int,
    kind: str = "GTC",
    salt: int = 1,
    **extra: Any,
) -> dict[str, Any]:
    """The official body (PROTOCOL.md 3.4)."""
    expiration = extra.pop("expiration", "0")
    return {
        "deferExec": False,
        "order": {
            "builder": ZERO,
            "expiration": expiration,
            "maker": MAKER,
            "makerAmount": str(maker_amount),
            "metadata": ZERO,
            "salt": salt,
            "side": side,
            "signature": "0x",
            "signatureType": 0,
            "signer": MAKER,
            "takerAmount": str(taker_amount),
            "timestamp": str(NOW_MS),
            "tokenId": token,
        },
        "orderType": kind,
        "owner": KEY,
        **extra,
    }


def buy(listing: Listing, leg: int, pips: int, shares: int, **extra: Any) -> dict[str, Any]:
    money = shares * MICRO * pips // PIPS
    return body(listing.spec.token_ids[leg], "BUY", money, shares * MICRO, **extra)
