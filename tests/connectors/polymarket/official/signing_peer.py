"""Runs in the official client's own environment: signs orders as told, or says how long it takes.

Reads JSON lines. An order is answered with its hash and signature; `{"bench": n}` builds and signs
n orders as a user of the client does and is answered with microseconds of CPU an order.
"""

import json
import sys
import time
from typing import Any

from py_clob_client_v2 import ClobClient  # type: ignore[import-not-found]
from py_clob_client_v2.clob_types import (  # type: ignore[import-not-found]
    OrderArgsV2,
    PartialCreateOrderOptions,
)
from py_clob_client_v2.order_utils import (  # type: ignore[import-not-found]
    ExchangeOrderBuilderV2,
    Side,
    SignatureTypeV2,
)
from py_clob_client_v2.order_utils.model.order_data_v2 import (  # type: ignore[import-not-found]
    OrderDataV2,
)
from py_clob_client_v2.signer import Signer  # type: ignore[import-not-found]

SIGNERS: dict[str, Any] = {}
BUILDERS: dict[tuple[str, str, str], Any] = {}


def sign(order: dict[str, Any]) -> dict[str, str]:
    key, exchange, version = order["key"], order["exchange"], order["version"]
    signer = SIGNERS.setdefault(key, Signer(key, 137))
    builder = BUILDERS.get((key, exchange, version))
    if builder is None:
        builder = ExchangeOrderBuilderV2(exchange, 137, signer, domain_version=version)
        BUILDERS[key, exchange, version] = builder
    builder.generate_salt = lambda: str(order["salt"])
    signed = builder.build_signed_order(
        OrderDataV2(
            maker=order["maker"],
            signer=order["signer"],
            tokenId=str(order["token"]),
            makerAmount=str(order["maker_amount"]),
            takerAmount=str(order["taker_amount"]),
            side=Side.BUY if order["action"] == "BUY" else Side.SELL,
            signatureType=SignatureTypeV2(order["type"]),
            timestamp=str(order["timestamp"]),
            metadata=order["metadata"],
            builder=order["builder"],
        )
    )
    return {"signature": signed.signature}


def bench(count: int) -> dict[str, float]:
    client = ClobClient(host="http://127.0.0.1:1", chain_id=137, key="0x" + "11" * 32)
    client._ClobClient__cached_version = 2
    token = "71321045679252212594626385532706912750332728571942532289631379312455583992563"
    client._ClobClient__tick_sizes[token] = "0.01"
    client._ClobClient__neg_risk[token] = False
    options = PartialCreateOrderOptions(tick_size="0.01", neg_risk=False)
    began = time.process_time()
    for _ in range(count):
        client.create_order(
            OrderArgsV2(token_id=token, price=0.57, size=123.45, side="BUY"), options
        )
    return {"us": (time.process_time() - began) / count * 1e6}


for line in sys.stdin:
    asked = json.loads(line)
    answer = bench(asked["bench"]) if "bench" in asked else sign(asked)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
