"""Signed orders and who signs them (PROTOCOL.md sections 2 and 3)."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from api.vectors.case import Case, Runner, equal
from api.vectors.compare import difference
from connectors.polymarket.amounts import limit_amounts
from connectors.polymarket.auth import ApiCredentials, l1_digest, l1_headers, l2_headers
from connectors.polymarket.order_body import order_body
from connectors.polymarket.orders import OrderSigner
from connectors.polymarket.orders_v1 import OrderV1, body_v1, sign_v1
from connectors.polymarket.signer import Signer
from schemas.values import Action, TimeInForce

Inputs = Mapping[str, Any]
OWNER = "11111111-2222-3333-4444-555555555555"
ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PHRASE = "pp"
"""The credentials that the files were made with, where a case does not name them."""


def _signed(i: Inputs) -> object:
    signer = OrderSigner(
        Signer.from_text(i["private_key"]),
        i["domain_version"],
        i["verifying_contract"],
        i["signature_type"],
        i["maker"],
        i["chain_id"],
    )
    price, size, tick = (Decimal(i[name]) for name in ("price", "size", "tick_size"))
    action = Action(i["side"])
    amounts = limit_amounts(action, price, size, tick)
    signed = signer.sign(
        action,
        int(i["token_id"]),
        amounts.maker,
        amounts.taker,
        i["salt"],
        i["timestamp_ms"],
        i["metadata"],
        i["builder"],
    )
    tif = TimeInForce(i["order_type"])
    body = order_body(
        signed, i["owner_api_key"], tif, i["expiration"], post_only=i["post_only"]
    ).decode()
    return {
        "maker_amount": str(amounts.maker),
        "taker_amount": str(amounts.taker),
        "order_signer": signed.order.signer,
        "domain_separator": "0x" + signer.separator.hex(),
        "order_hash": signed.digest,
        "signature": signed.signature,
        "post_order_body": json.loads(body),
        "post_order_serialized": body,
    }


def _legacy(case: Case) -> str | None:
    i, expected = case["input"], case["expected"]
    price, size, tick = (Decimal(i[name]) for name in ("price", "size", "tick_size"))
    action = Action(i["side"])
    amounts = limit_amounts(action, price, size, tick)
    order = OrderV1(
        i["salt"],
        i["maker"],
        i["signer_address"],
        int(i["token_id"]),
        amounts.maker,
        amounts.taker,
        action,
        i["signature_type"],
        i["expiration"],
        int(i["nonce"]),
        int(i["fee_rate_bps"]),
    )
    found, signature = sign_v1(
        Signer.from_text(i["private_key"]), order, i["exchange"], i["chain_id"]
    )
    body = expected["post_order_body"]
    actual = {
        "maker_amount": str(amounts.maker),
        "taker_amount": str(amounts.taker),
        "order_hash": found,
        "signature": signature,
        "post_order_body": body_v1(
            order, signature, OWNER, body["orderType"], post_only=body["postOnly"]
        ),
    }
    return difference(actual, expected)


def _l1(i: Inputs) -> object:
    signer = Signer.from_text(i["private_key"])
    found = l1_digest(i["address"], i["timestamp"], i["nonce"], i["chain_id"])
    return {
        "headers": l1_headers(signer, i["timestamp"], i["nonce"], i["chain_id"]),
        "digest": "0x" + found.hex(),
    }


def _l2(i: Inputs) -> object:
    credentials = ApiCredentials(OWNER, i["secret"], PHRASE)
    body = (i["body"] or "").encode()
    headers = l2_headers(ADDRESS, credentials, i["timestamp"], i["method"], i["path"], body)
    return {
        "signed_message": f"{i['timestamp']}{i['method']}{i['path']}{body.decode()}",
        "signature": headers["POLY_SIGNATURE"],
        "headers": headers,
    }


RUNNERS: dict[str, Runner] = {
    "orders_signed": equal(_signed),
    "orders_v1_legacy": _legacy,
    "l1_auth_headers": equal(_l1),
    "l2_hmac_headers": equal(_l2),
}
