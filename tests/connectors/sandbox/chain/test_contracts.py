from collections.abc import Sequence
from hashlib import sha256

import pytest

from connectors.polymarket import contracts
from connectors.polymarket.abi import arguments, uints
from connectors.polymarket.calldata import Call
from connectors.polymarket.eip712 import address_word, bytes32, word
from connectors.polymarket.keccak import keccak
from connectors.sandbox.chain.compiled import code_of, conditional_tokens
from schemas.ids import MarketId
from schemas.wallet import CallKind, ChainCall
from tests.connectors.sandbox.chain.compile_contracts import compile_all
from tests.connectors.sandbox.chain.wallets import (
    DOLLAR,
    ME,
    OTHER,
    QUESTION,
    asked,
    dollars,
    done,
    market,
    network,
    rich,
    shares,
    token,
)


def test_the_code_is_what_the_compiler_makes_of_the_sources() -> None:
    compiled = compile_all()
    assert len(compiled) == 8
    assert compiled == {name: code_of(name) for name in compiled}


def test_the_conditional_tokens_contract_is_the_published_one() -> None:
    # pragma: allowlist nextline secret
    known = "5448b8e9c1b6b05a4eebd55b49b660a427a976a5c72be0a96e49bc1a0d0e47ae"
    assert sha256(conditional_tokens()).hexdigest() == known


def test_wrapping_and_unwrapping_is_one_to_one() -> None:
    chain = network()
    rich(chain, 1_000)
    assert (dollars(chain), dollars(chain, token=contracts.USDC_E)) == (1_000 * DOLLAR, 0)
    unwrap = ChainCall(kind=CallKind.UNWRAP, token=contracts.USDC_E, amount=400 * DOLLAR)
    assert done(chain, unwrap).succeeded
    assert dollars(chain) == 600 * DOLLAR
    assert dollars(chain, token=contracts.USDC_E) == 400 * DOLLAR
    too_much = ChainCall(kind=CallKind.UNWRAP, token=contracts.USDC_E, amount=601 * DOLLAR)
    assert not done(chain, too_much).succeeded


@pytest.mark.parametrize("neg_risk", [False, True])
@pytest.mark.parametrize(
    ("payouts", "paid"), [((1, 0), 70), ((0, 1), 70), ((1, 1), 70)], ids=["yes", "no", "half"]
)
def test_dollars_become_pairs_and_come_back(
    payouts: tuple[int, int], paid: int, neg_risk: bool
) -> None:
    chain = network()
    rich(chain)
    condition = market(chain)
    for kind, amount in ((CallKind.SPLIT, 100), (CallKind.MERGE, 30)):
        call = ChainCall(kind=kind, market_id=condition, amount=amount * DOLLAR, neg_risk=neg_risk)
        assert done(chain, call).succeeded
    assert shares(chain, condition) == (70 * DOLLAR, 70 * DOLLAR)
    assert dollars(chain) == 930 * DOLLAR
    redeem = ChainCall(kind=CallKind.REDEEM, market_id=condition, neg_risk=neg_risk)
    assert not done(chain, redeem).succeeded, "no result yet"
    chain.resolve(QUESTION, payouts)
    chain.mine()
    assert done(chain, redeem).succeeded
    assert shares(chain, condition) == (0, 0)
    assert dollars(chain) == (930 + paid) * DOLLAR


def test_no_tokens_of_an_event_become_yes_of_the_others_and_dollars() -> None:
    chain = network()
    rich(chain)
    questions = [f"0x{n:064x}" for n in (1, 2, 3)]
    conditions = [market(chain, question) for question in questions]
    event = MarketId("0x" + "77" * 32)
    chain.operate(register(event, conditions))
    chain.mine()
    for condition in conditions[:2]:
        split = ChainCall(
            kind=CallKind.SPLIT, market_id=condition, amount=10 * DOLLAR, neg_risk=True
        )
        assert done(chain, split).succeeded
    # The adapter lends the dollars that the new pairs need, out of what it keeps.
    lent = ChainCall(
        kind=CallKind.TRANSFER,
        token=contracts.COLLATERAL,
        to=contracts.NEG_RISK_COLLATERAL_ADAPTER,
        amount=100 * DOLLAR,
    )
    assert done(chain, lent).succeeded
    before = dollars(chain)
    convert = ChainCall(
        kind=CallKind.CONVERT, market_id=event, amount=10 * DOLLAR, number="3", neg_risk=True
    )
    assert done(chain, convert).succeeded
    assert [shares(chain, condition) for condition in conditions] == [
        (10 * DOLLAR, 0),
        (10 * DOLLAR, 0),
        (10 * DOLLAR, 0),
    ]
    assert dollars(chain) - before == 10 * DOLLAR


def register(event: str, conditions: Sequence[str]) -> Call:
    numbers = tuple(int(condition, 16) for condition in conditions)
    data = keccak(b"register(bytes32,bytes32[])")[:4] + arguments((bytes32(event), uints(numbers)))
    return Call(contracts.NEG_RISK_COLLATERAL_ADAPTER, "0x" + data.hex())


def test_only_the_operator_settles_and_a_match_once() -> None:
    chain = network()
    rich(chain)
    condition = market(chain)
    split = ChainCall(kind=CallKind.SPLIT, market_id=condition, amount=50 * DOLLAR)
    assert done(chain, split).succeeded
    sold = token(chain, condition, 0)
    chain.fund(OTHER.address, 0, 100 * DOLLAR)
    chain.mine()
    for call in (
        ChainCall(
            kind=CallKind.APPROVE,
            token=contracts.USDC_E,
            to=contracts.COLLATERAL_ONRAMP,
            amount=100 * DOLLAR,
        ),
        ChainCall(kind=CallKind.WRAP, token=contracts.USDC_E, amount=100 * DOLLAR),
        ChainCall(
            kind=CallKind.APPROVE,
            token=contracts.COLLATERAL,
            to=contracts.EXCHANGE_V2,
            amount=100 * DOLLAR,
        ),
    ):
        assert done(chain, call, signer=OTHER).succeeded
    match = settle("01", sold, 20 * DOLLAR, 12 * DOLLAR)
    for _ in range(2):
        chain.operate(match)
        chain.mine()
    assert shares(chain, condition, OTHER.address) == (20 * DOLLAR, 0)
    assert dollars(chain, OTHER.address) == 88 * DOLLAR
    settled = "settled(bytes32)"
    assert asked(chain, contracts.EXCHANGE_V2, settled, bytes32("0x" + "01" * 32)) == 1


def settle(number: str, token_id: int, amount: int, cost: int) -> Call:
    signature = b"settle(bytes32,address,address,uint256,uint256,uint256)"
    parts = (
        bytes32("0x" + number * 32),
        address_word(OTHER.address),
        address_word(ME.address),
        word(token_id),
        word(amount),
        word(cost),
    )
    return Call(contracts.EXCHANGE_V2, "0x" + (keccak(signature)[:4] + arguments(parts)).hex())
