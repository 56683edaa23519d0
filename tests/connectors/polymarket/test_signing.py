from decimal import Decimal

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from connectors.polymarket import contracts
from connectors.polymarket.amounts import (
    ROUNDING,
    buy_amount_within,
    fee_per_share,
    is_valid_price,
    limit_amounts,
    market_amounts,
)
from connectors.polymarket.auth import ApiCredentials, l2_headers
from connectors.polymarket.keccak import keccak, library_keccak
from connectors.polymarket.order_body import batch_body, order_body
from connectors.polymarket.orders import LARGEST_SALT, OrderSigner, salt_of
from connectors.polymarket.position_ids import condition_key
from connectors.polymarket.signer import Signer
from connectors.polymarket.wallets import signature_type_of, wallets_of
from schemas.errors import ConfigurationError, InvalidOrderError
from schemas.values import Action, TimeInForce

KEY = bytes(range(1, 33))
FIELDS = (
    ("salt", "uint256"),
    ("maker", "address"),
    ("signer", "address"),
    ("tokenId", "uint256"),
    ("makerAmount", "uint256"),
    ("takerAmount", "uint256"),
    ("side", "uint8"),
    ("signatureType", "uint8"),
    ("timestamp", "uint256"),
    ("metadata", "bytes32"),
    ("builder", "bytes32"),
)


@given(st.binary(max_size=600))
def test_the_hash_is_the_librarys(data: bytes) -> None:
    assert keccak(data) == library_keccak(data)


@given(
    st.sampled_from(list(Action)),
    st.integers(0, 2**256 - 1),
    st.integers(0, 10**15),
    st.integers(0, 10**15),
    st.integers(0, LARGEST_SALT),
    st.sampled_from([("2", contracts.NEG_RISK_EXCHANGE_V2), ("3", contracts.EXCHANGE_V3)]),
)
def test_an_order_is_hashed_and_signed_as_any_wallet_would(
    action: Action, token: int, maker: int, taker: int, salt: int, exchange: tuple[str, str]
) -> None:
    signer = Signer(KEY)
    signed = OrderSigner(signer, *exchange).sign(action, token, maker, taker, salt, 1)
    values = (
        salt,
        signer.address,
        signer.address,
        token,
        maker,
        taker,
        list(Action).index(action),
        0,
        1,
        bytes(32),
        bytes(32),
    )
    message = encode_typed_data(
        domain_data={
            "name": "Polymarket CTF Exchange",
            "version": exchange[0],
            "chainId": 137,
            "verifyingContract": exchange[1],
        },
        message_types={"Order": [{"name": name, "type": kind} for name, kind in FIELDS]},
        message_data=dict(zip((name for name, _ in FIELDS), values, strict=True)),
    )
    expected = Account.sign_message(message, KEY)
    assert signed.signature == "0x" + expected.signature.hex()
    assert signed.digest == "0x" + expected.message_hash.hex()


def test_a_key_and_a_secret_are_never_shown() -> None:
    signer = Signer(KEY)
    credentials = ApiCredentials("id", "c2VjcmV0", "phrase")
    shown = f"{signer!r} {signer} {credentials!r} {credentials}"
    assert KEY.hex() not in shown
    assert "c2VjcmV0" not in shown
    assert "phrase" not in shown
    with pytest.raises(ConfigurationError) as told:
        Signer.from_text("0x" + "zz" * 32)
    assert "zz" not in str(told.value)
    with pytest.raises(ConfigurationError) as told:
        ApiCredentials("id", "é", "phrase")
    assert "é" not in str(told.value)


def test_the_same_intent_has_the_same_salt() -> None:
    assert salt_of(b"intent") == salt_of(b"intent") != salt_of(b"another")
    assert all(0 <= salt_of(bytes([each])) <= LARGEST_SALT for each in range(256))


@given(
    st.sampled_from(sorted(ROUNDING)),
    st.sampled_from(list(Action)),
    st.decimals(Decimal("0.01"), 100_000, places=6),
    st.data(),
)
def test_amounts_on_the_grid_are_exact_products(
    tick: Decimal, action: Action, size: Decimal, data: st.DataObject
) -> None:
    price = tick * data.draw(st.integers(1, int(1 / tick) - 1))
    assert is_valid_price(price, tick)
    found = limit_amounts(action, price, size, tick)
    dollars, shares = (found.maker, found.taker) if action is Action.BUY else found[::-1]
    assert shares == int(size * 100) * 10_000
    assert dollars == shares * price


@given(
    st.sampled_from(sorted(ROUNDING)),
    st.decimals(Decimal("0.0101"), Decimal("0.99"), places=5),
    st.decimals(1, 10_000, places=4),
)
def test_off_the_grid_or_not_a_market_buy_never_pays_less_than_its_price(
    tick: Decimal, price: Decimal, amount: Decimal
) -> None:
    limit = price.quantize(Decimal(1).scaleb(-ROUNDING[tick].price), "ROUND_FLOOR")
    if not limit:
        with pytest.raises(InvalidOrderError, match="at least one tick"):
            market_amounts(Action.BUY, price, amount, tick)
        return
    found = market_amounts(Action.BUY, price, amount, tick)
    assert Decimal(found.maker) >= found.taker * limit


@given(
    st.decimals(1, 1000, places=2),
    st.decimals("0.01", "0.99", places=2),
    st.decimals(1, 1000, places=2),
    st.sampled_from(["0", "0.04", "0.07"]),
)
def test_a_buy_never_costs_more_than_it_may(
    amount: Decimal, price: Decimal, most: Decimal, rate: str
) -> None:
    found = buy_amount_within(amount, price, most, Decimal(rate), Decimal(1))
    cost = found + found / price * fee_per_share(price, Decimal(rate), Decimal(1))
    assert found <= amount
    assert cost <= most + Decimal("1e-20") * most


def test_a_body_says_no_more_than_the_order_may() -> None:
    signed = OrderSigner(Signer(KEY), "2", contracts.EXCHANGE_V2).sign(Action.BUY, 1, 1, 1, 1, 1)
    resting = order_body(signed, "id", TimeInForce.GTC, post_only=True)
    assert resting.endswith(b'"orderType":"GTC","owner":"id","postOnly":true}')
    assert batch_body([resting, resting]) == b"[" + resting + b"," + resting + b"]"
    with pytest.raises(InvalidOrderError, match="post-only"):
        order_body(signed, "id", TimeInForce.FOK, post_only=True)
    with pytest.raises(InvalidOrderError, match="expiration"):
        order_body(signed, "id", TimeInForce.GTD)
    with pytest.raises(InvalidOrderError, match="15"):
        batch_body([resting] * 16)


def test_the_query_is_not_signed_and_the_owner_is_the_key() -> None:
    credentials = ApiCredentials("id", "c2VjcmV0", "phrase")
    headers = l2_headers(Signer(KEY).address, credentials, 7, "get", "/data/orders")
    assert headers["POLY_ADDRESS"] == Account.from_key(KEY).address
    assert headers["POLY_SIGNATURE"] == credentials.signature(7, "GET", "/data/orders")


def test_a_wallet_is_recognised_as_what_it_is() -> None:
    owner = Signer(KEY).address
    found = wallets_of(owner)
    assert [signature_type_of(owner, each) for each in (owner, *found)] == [0, 1, 2, 3, 3]
    assert signature_type_of(owner, contracts.ROUTER) is None


def test_what_cannot_be_signed_is_refused() -> None:
    signer = Signer(KEY)
    with pytest.raises(InvalidOrderError, match="signature type"):
        OrderSigner(signer, "2", contracts.EXCHANGE_V2, 4)
    with pytest.raises(InvalidOrderError, match="EOA"):
        OrderSigner(signer, "2", contracts.EXCHANGE_V2, 0, contracts.ROUTER)
    with pytest.raises(InvalidOrderError, match="version"):
        contracts.exchange_of("v3", neg_risk=False)
    assert contracts.exchange_of("v2", neg_risk=True) == ("3", contracts.EXCHANGE_V3)
    assert condition_key("0x01" + "ab" * 30) == "0x01" + "ab" * 30 + "00"
