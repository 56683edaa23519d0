"""A trader with a key, who signs with eth-account and nothing of ours."""

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
from eth_account import Account
from eth_account.messages import encode_typed_data

from connectors.sandbox.source import Listing
from schemas.values import MICRO, PIPS
from tests.connectors.sandbox.builders import NOW_MS

ZERO = "0x" + "0" * 64
EXCHANGES = {
    False: "0xE111180000d2663C0091e4f400237545B87B996B",
    True: "0xe2222d279d744050d28e00520010520000310F59",
}
FIELDS = (
    "uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,"
    "uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,"
    "bytes32 builder"
)
TYPES = {
    "Order": [
        dict(zip(("type", "name"), field.split(" "), strict=True)) for field in FIELDS.split(",")
    ]
}
AUTH = {
    "ClobAuth": [
        {"name": "address", "type": "address"},
        {"name": "timestamp", "type": "string"},
        {"name": "nonce", "type": "uint256"},
        {"name": "message", "type": "string"},
    ]
}


class Trader:
    """One wallet owner at a venue."""

    def __init__(self, client: httpx.AsyncClient, number: int = 1) -> None:
        self.client = client
        self.account = Account.from_key(number.to_bytes(32, "big"))
        self.address = self.account.address
        self.keys: dict[str, str] = {}
        self._salt = 0

    def l1_headers(self, at_s: int = NOW_MS // 1000, nonce: int = 0) -> dict[str, str]:
        message = {
            "address": self.address,
            "timestamp": str(at_s),
            "nonce": nonce,
            "message": "This message attests that I control the given wallet",
        }
        domain = {"name": "ClobAuthDomain", "version": "1", "chainId": 137}
        signed = self.account.sign_message(encode_typed_data(domain, AUTH, message))
        return {
            "POLY_ADDRESS": self.address,
            "POLY_TIMESTAMP": str(at_s),
            "POLY_NONCE": str(nonce),
            "POLY_SIGNATURE": "0x" + signed.signature.hex().removeprefix("0x"),
        }

    async def sign_in(self) -> None:
        answer = await self.client.post("/auth/api-key", headers=self.l1_headers())
        self.keys = answer.json()

    def l2_headers(
        self, method: str, path: str, body: bytes = b"", at_s: int = NOW_MS // 1000
    ) -> dict[str, str]:
        text = f"{at_s}{method}{path.partition('?')[0]}".encode() + body
        key = base64.urlsafe_b64decode(self.keys["secret"])
        signature = base64.urlsafe_b64encode(hmac.new(key, text, hashlib.sha256).digest())
        return {
            "POLY_ADDRESS": self.address,
            "POLY_SIGNATURE": signature.decode(),
            "POLY_TIMESTAMP": str(at_s),
            "POLY_API_KEY": self.keys["apiKey"],
            "POLY_PASSPHRASE": self.keys["passphrase"],
        }

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        headers = self.l2_headers(method, path, content)
        return await self.client.request(method, path, content=content, headers=headers)

    def order(
        self,
        listing: Listing,
        leg: int,
        side: str,
        pips: int,
        shares: float,
        kind: str = "GTC",
        **extra: Any,
    ) -> tuple[dict[str, Any], str]:
        """A signed body and the id that the venue should answer."""
        self._salt += 1
        size = round(shares * MICRO)
        money = size * pips // PIPS
        fields = {
            "salt": self._salt,
            "maker": extra.pop("maker", self.address),
            "signer": self.address,
            "tokenId": int(listing.spec.token_ids[leg]),
            "makerAmount": money if side == "BUY" else size,
            "takerAmount": size if side == "BUY" else money,
            "side": 0 if side == "BUY" else 1,
            "signatureType": extra.pop("signature_type", 0),
            "timestamp": NOW_MS,
            "metadata": ZERO,
            "builder": ZERO,
        }
        domain = {
            "name": "Polymarket CTF Exchange",
            "version": "2",
            "chainId": 137,
            "verifyingContract": EXCHANGES[extra.pop("neg_risk", listing.spec.neg_risk)],
        }
        signed = self.account.sign_message(encode_typed_data(domain, TYPES, fields))
        wire = {key: str(value) for key, value in fields.items()}
        wire |= {
            "salt": fields["salt"],
            "side": side,
            "signatureType": fields["signatureType"],
            "signature": "0x" + signed.signature.hex().removeprefix("0x"),
            "expiration": extra.pop("expiration", "0"),
        }
        body = {
            "deferExec": False,
            "order": wire,
            "orderType": kind,
            "owner": self.keys["apiKey"],
            **extra,
        }
        return body, "0x" + signed.message_hash.hex().removeprefix("0x")
