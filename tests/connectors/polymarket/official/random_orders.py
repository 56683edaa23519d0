"""Seeded random orders of every kind, signed by us and told to the peer."""

import random
from collections.abc import Iterator
from typing import Any

from connectors.polymarket import contracts
from connectors.polymarket.orders import OrderSigner, Signed
from connectors.polymarket.signer import Signer
from connectors.polymarket.wallets import wallets_of
from schemas.values import Action

EXCHANGES = (
    ("2", contracts.EXCHANGE_V2),
    ("2", contracts.NEG_RISK_EXCHANGE_V2),
    ("3", contracts.EXCHANGE_V3),
)


def orders(count: int, seed: int) -> Iterator[tuple[dict[str, Any], Signed]]:
    """Each order as the peer is asked, and as we signed it."""
    draw = random.Random(seed)
    keys = [bytes([index + 1]) * 32 for index in range(4)]
    signers = {key: Signer(key) for key in keys}
    accounts: dict[tuple[bytes, str, int], OrderSigner] = {}
    for _ in range(count):
        key, (version, exchange), kind = (
            draw.choice(keys),
            draw.choice(EXCHANGES),
            draw.randrange(4),
        )
        signer = signers[key]
        account = accounts.get((key, exchange, kind))
        if account is None:
            found = wallets_of(signer.address)
            maker = (signer.address, found.proxy, found.safe, found.deposit_beacon)[kind]
            account = OrderSigner(signer, version, exchange, kind, maker)
            accounts[key, exchange, kind] = account
        zero = draw.random() < 0.5
        codes = [contracts.ZERO_BYTES32 if zero else "0x" + draw.randbytes(32).hex() for _ in "ab"]
        signed = account.sign(
            draw.choice((Action.BUY, Action.SELL)),
            draw.getrandbits(draw.choice((40, 256))),
            draw.randrange(1, 10 ** draw.randrange(1, 14)),
            draw.randrange(1, 10 ** draw.randrange(1, 14)),
            draw.randrange(2**53),
            draw.randrange(10**12, 2 * 10**12),
            *codes,
        )
        order = signed.order
        yield (
            {
                "key": "0x" + key.hex(),
                "version": version,
                "exchange": exchange,
                "type": kind,
                "maker": order.maker,
                "signer": order.signer,
                "token": order.token_id,
                "maker_amount": order.maker_amount,
                "taker_amount": order.taker_amount,
                "action": str(order.action),
                "salt": order.salt,
                "timestamp": order.timestamp,
                "metadata": order.metadata,
                "builder": order.builder,
            },
            signed,
        )
