"""Whatever the key is, nothing that leaves the wallet's process tells it."""

import asyncio
import base64
import traceback
from collections.abc import Callable

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.wallet_relayer import RELAYER_ADDRESS, RELAYER_KEY, relayer_access
from configs.redaction import redact_text
from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polygon.encoding import encode_call
from connectors.polygon.signing import Fields, sign_fields
from connectors.polymarket import contracts
from connectors.polymarket.relayer_payload import Batch, RelayedWallet, payload, relayed_wallet
from connectors.polymarket.relayer_rest import RelayerRest
from connectors.polymarket.signer import Signer
from connectors.polymarket.wallets import wallets_of
from schemas.errors import ConfigurationError, InfrastructureError
from schemas.wallet import CallKind, ChainCall

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
KEYS = st.integers(2**200, ORDER - 1).map(lambda number: number.to_bytes(32, "big"))
TEXTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=24, max_size=40)
CALL = ChainCall(kind=CallKind.APPROVE, token=contracts.COLLATERAL, to=contracts.ROUTER, amount=7)


def forms(key: bytes) -> list[str]:
    """Every way in which a key is usually written."""
    hexed = key.hex()
    encoded = base64.b64encode(key).decode().rstrip("=")
    urlsafe = base64.urlsafe_b64encode(key).decode().rstrip("=")
    return [hexed, hexed.upper(), str(int(hexed, 16)), encoded, urlsafe, repr(key)[2:-1]]


def tells(said: str, key: bytes) -> bool:
    return any(form in said for form in forms(key))


def raised(act: Callable[[], object]) -> str:
    """An exception as logs have it: its sentence and the whole way to it."""
    with pytest.raises(ConfigurationError) as told:
        act()
    return "".join(traceback.format_exception(told.value)) + repr(told.value)


def every_wallet(signer: Signer) -> list[RelayedWallet]:
    found = wallets_of(signer.address)
    return [relayed_wallet(signer, address, LOCAL_CHAIN_ID) for address in found]


@given(KEYS)
@settings(max_examples=40, deadline=None)
def test_what_is_signed_sent_and_shown_does_not_tell_the_key(key: bytes) -> None:
    signer = Signer(key)
    call = encode_call(CALL, signer.address)
    fields = Fields(
        chain_id=LOCAL_CHAIN_ID,
        nonce=1,
        max_tip=2,
        max_fee=3,
        gas_limit=4,
        to=call.to,
        value=call.value,
        data=call.data,
    )
    signed = sign_fields(signer, fields)
    said = [repr(signer), str(signer), repr(signed), signed.raw.hex(), repr(fields)]
    for wallet in every_wallet(signer):
        batch = Batch((call, call), 1, 2_000_000_000, 5, contracts.RELAY_HUB)
        body = payload(wallet, batch)
        said += [repr(wallet), repr(batch), body.decode(), repr(msgspec.json.decode(body))]
    assert not any(tells(each, key) for each in said)


@given(KEYS)
@settings(max_examples=40, deadline=None)
def test_no_exception_on_the_way_tells_the_key(key: bytes) -> None:
    signer = Signer(key)
    unknown = ChainCall(kind=CallKind.SPLIT, version="v9")
    said = [
        raised(lambda: relayed_wallet(signer, contracts.ROUTER, LOCAL_CHAIN_ID)),
        raised(lambda: encode_call(unknown, signer.address)),
        raised(lambda: Signer.from_text(key.hex() + "0")),
        raised(lambda: Signer.from_text("z" + key.hex()[1:])),
    ]
    assert not any(tells(each, key) for each in said)


@given(TEXTS)
@settings(max_examples=20, deadline=None)
def test_the_relayers_key_is_not_told_even_where_the_relayer_repeats_it(secret: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"error": f"bad key {request.headers['relayer_api_key']}"})

    async def ask() -> str:
        headers = relayer_access({RELAYER_KEY: secret, RELAYER_ADDRESS: contracts.ROUTER})
        rest = RelayerRest("http://relayer", headers, transport=httpx.MockTransport(answer))
        async with rest:
            with pytest.raises(InfrastructureError) as told:
                await rest.submit(b"{}")
        return redact_text("".join(traceback.format_exception(told.value)))

    assert secret not in asyncio.run(ask())
