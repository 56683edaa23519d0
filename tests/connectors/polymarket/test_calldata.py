import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from connectors.polymarket import calldata, contracts
from connectors.polymarket.calldata import Call
from schemas.errors import InvalidOrderError

calls = st.lists(
    st.builds(
        Call,
        st.sampled_from([contracts.ROUTER, contracts.COLLATERAL, contracts.CONDITIONAL_TOKENS]),
        st.binary(max_size=100).map(lambda data: "0x" + data.hex()),
        st.integers(0, 2**64),
    ),
    min_size=1,
    max_size=4,
)


@given(calls)
def test_calls_of_a_proxy_are_encoded_as_the_library_does(listed: list[Call]) -> None:
    tuples = [(1, call.to, call.value, bytes.fromhex(call.data[2:])) for call in listed]
    expected = encode(["(uint8,address,uint256,bytes)[]"], [tuples])
    assert bytes.fromhex(calldata.proxy_calls(listed)[10:]) == expected


@given(calls)
def test_calls_of_a_safe_are_one_packed_argument(listed: list[Call]) -> None:
    packed = b"".join(
        b"\0"
        + bytes.fromhex(call.to[2:])
        + call.value.to_bytes(32, "big")
        + len(bytes.fromhex(call.data[2:])).to_bytes(32, "big")
        + bytes.fromhex(call.data[2:])
        for call in listed
    )
    assert bytes.fromhex(calldata.multisend(listed)[10:]) == encode(["bytes"], [packed])


def test_what_no_contract_takes_is_refused() -> None:
    with pytest.raises(InvalidOrderError, match="hex digits"):
        calldata.redeem_ctf(contracts.COLLATERAL_ADAPTER, contracts.COLLATERAL, "0x01")
    with pytest.raises(InvalidOrderError, match="amount"):
        calldata.approve(contracts.COLLATERAL, contracts.ROUTER, -1)
    with pytest.raises(InvalidOrderError, match="outcome"):
        calldata.redeem_router(contracts.ROUTER, "0x01" + "00" * 30, 2, 1)
    with pytest.raises(InvalidOrderError, match="at least one"):
        calldata.multisend([])
