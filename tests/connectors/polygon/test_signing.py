from typing import Any

from eth_account import Account
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.polygon.signing import Fields, sign_fields
from connectors.polymarket.signer import Signer, checksum_address

words = st.integers(0, 2**96)
addresses = st.binary(min_size=20, max_size=20).map(checksum_address)


@settings(max_examples=50)
@given(
    st.binary(min_size=32, max_size=32).filter(lambda key: 0 < int.from_bytes(key, "big") < 2**255),
    st.integers(1, 2**40),
    st.integers(0, 2**40),
    words,
    words,
    st.integers(21_000, 30_000_000),
    addresses,
    words,
    st.binary(max_size=200),
)
def test_a_transaction_is_the_librarys_to_the_byte(
    key: bytes,
    chain_id: int,
    nonce: int,
    tip: int,
    more: int,
    gas: int,
    to: str,
    value: int,
    data: bytes,
) -> None:
    fields = Fields(chain_id, nonce, tip, tip + more, gas, to, value, "0x" + data.hex())
    wanted: Any = Account.from_key(key).sign_transaction(
        {
            "type": 2,
            "chainId": chain_id,
            "nonce": nonce,
            "maxPriorityFeePerGas": tip,
            "maxFeePerGas": tip + more,
            "gas": gas,
            "to": to,
            "value": value,
            "data": data,
        }
    )
    found = sign_fields(Signer(key), fields)
    assert found.raw == bytes(wanted.raw_transaction)
    assert bytes.fromhex(found.hash[2:]) == bytes(wanted.hash)
    assert sign_fields(Signer(key), fields) == found
