from schemas.wallet import Sight
from streams.gas import GasRules, fees_of
from streams.nonce_state import Act, JobOver, NonceRules, NonceState, SlotEnded, Trouble
from streams.nonces import Nonces
from tests.properties.model_chain import (
    ModelChain,
    Tx,
    gas_seen,
    job_of,
    look,
    observed,
    signed,
    wallet_seen,
)

RULES = NonceRules()
START = 1_000
SECOND = 1_000
MINUTE = 60_000
RICH = 10**12


def begun(rules: NonceRules = RULES) -> Nonces:
    nonces = Nonces(rules, NonceState(), gas_seen(START))
    nonces.on_wallet(wallet_seen(ModelChain(), START, rules.confirmations), START)
    return nonces


def troubles(nonces: Nonces) -> list[str]:
    return [fact.rule for fact in nonces.facts() if isinstance(fact, Trouble)]


def see(nonces: Nonces, chain: ModelChain, sight: Sight, now: int, nonce: int = 0) -> None:
    slot = nonces.state.slots[nonce]
    tx = signed(slot, slot.last)
    nonces.on_transaction(observed(slot, slot.last, tx, sight, chain, now, 1), now)


def test_nothing_is_sent_before_the_chain_was_asked() -> None:
    nonces = Nonces(RULES, NonceState(), gas_seen(START))
    nonces.request(job_of(0))
    assert nonces.sends(START) == ()
    nonces.on_wallet(wallet_seen(ModelChain(), START, 12), START)
    assert [send.slot.nonce for send in nonces.sends(START)] == [0]


def test_a_nonce_read_more_than_five_minutes_ago_is_read_again() -> None:
    nonces = begun()
    nonces.request(job_of(0))
    assert nonces.sends(START + 5 * MINUTE + 1) == ()
    nonces.on_wallet(wallet_seen(ModelChain(), START, 12), START + 5 * MINUTE + 1)
    assert len(nonces.sends(START + 5 * MINUTE + 1)) == 1


def test_an_error_asks_the_chain_again() -> None:
    nonces, chain = begun(), ModelChain()
    nonces.request(job_of(0))
    nonces.request(job_of(1))
    assert len(nonces.sends(START)) == 2
    see(nonces, chain, Sight.REFUSED, START)
    nonces.request(job_of(2))
    assert [s.slot.nonce for s in nonces.sends(START + 6 * SECOND)] == [0, 1]
    nonces.on_wallet(wallet_seen(chain, START, 12), START + 7 * SECOND)
    assert [s.slot.nonce for s in nonces.sends(START + 7 * SECOND)] == [2]


def test_a_hundred_jobs_at_once_have_a_hundred_nonces() -> None:
    nonces, chain, now = begun(), ModelChain(), START
    for number in range(100):
        nonces.request(job_of(number))
    over: list[str] = []
    most = 0
    while nonces.state.jobs:
        now += 6 * SECOND
        for send in nonces.sends(now):
            for seen in look(chain, send, now):
                nonces.on_transaction(seen, now)
        unmined = [slot for slot in nonces.state.slots.values() if not slot.mined_by]
        most = max(most, len(unmined))
        chain.mine(8)
        nonces.on_wallet(wallet_seen(chain, now, RULES.confirmations), now)
        over += [f.request.job_id for f in nonces.facts() if isinstance(f, JobOver) and f.done]
    assert sorted(over) == sorted(f"job-{n}" for n in range(100))
    assert chain.nonce() == 100
    assert len(set(chain.executed())) == 100
    assert most == RULES.in_flight


def test_two_minutes_raise_the_fee_by_a_tenth_and_ten_ask_for_a_person() -> None:
    nonces = begun()
    nonces.request(job_of(0))
    first = nonces.sends(START)[0].attempt
    assert nonces.sends(START + 2 * MINUTE - 1)[0].attempt.number == 1
    second = nonces.sends(START + 2 * MINUTE)[0].attempt
    assert (second.number, second.max_fee) == (2, -(-first.max_fee * 11 // 10))
    assert troubles(nonces) == []
    nonces.sends(START + 10 * MINUTE)
    assert troubles(nonces) == ["transaction-stuck"]
    nonces.sends(START + 20 * MINUTE)
    assert troubles(nonces) == []


def test_only_the_first_in_line_offers_more() -> None:
    nonces = begun()
    for number in range(3):
        nonces.request(job_of(number))
    nonces.sends(START)
    nonces.sends(START + 2 * MINUTE)
    assert [len(slot.attempts) for slot in nonces.state.slots.values()] == [2, 1, 1]


def test_a_mined_transaction_offers_no_more_until_its_block_is_undone() -> None:
    nonces, chain = begun(), ModelChain()
    nonces.request(job_of(0))
    nonces.sends(START)
    see(nonces, chain, Sight.MINED, START)
    nonces.sends(START + 3 * MINUTE)
    assert len(nonces.state.slots[0].attempts) == 1
    see(nonces, chain, Sight.ABSENT, START + 3 * MINUTE)
    nonces.sends(START + 3 * MINUTE)
    assert len(nonces.state.slots[0].attempts) == 2
    assert nonces.state.synced_at is None


def test_expensive_gas_makes_everything_wait_but_the_urgent() -> None:
    nonces = begun()
    nonces.gas = gas_seen(START, 120)
    nonces.request(job_of(0))
    nonces.request(job_of(1, urgent=True))
    assert [send.slot.job_id for send in nonces.sends(START)] == ["job-1"]
    nonces.gas = gas_seen(START, 90)
    assert [send.slot.job_id for send in nonces.sends(START + 1)] == ["job-0"]


def test_the_calls_of_a_job_wait_for_each_other_and_stop_at_a_failure() -> None:
    nonces, chain = begun(), ModelChain()
    nonces.request(job_of(0, calls=3))
    assert len(nonces.sends(START)) == 1
    chain.blocks.extend([] for _ in range(20))
    see(nonces, chain, Sight.MINED, START)
    assert [send.slot.step for send in nonces.sends(START)] == [1]
    see(nonces, chain, Sight.REVERTED, START, nonce=1)
    ends = [f for f in nonces.facts() if isinstance(f, JobOver)]
    assert [(end.done, end.detail) for end in ends] == [(False, "the contract refused it")]
    assert nonces.sends(START + MINUTE) == ()


def test_a_transaction_that_was_given_up_fails_its_job() -> None:
    nonces, chain = begun(), ModelChain()
    nonces.request(job_of(0))
    nonces.sends(START)
    assert nonces.void(0, START)
    assert not nonces.void(7, START)
    send = nonces.sends(START)[0]
    assert send.attempt.void
    chain.blocks.extend([] for _ in range(20))
    see(nonces, chain, Sight.MINED, START)
    ended, over = nonces.facts()
    assert isinstance(ended, SlotEnded)
    assert ended.status == Act.VOIDED
    assert isinstance(over, JobOver)
    assert not over.done


def test_what_another_put_under_our_nonce_is_told_and_done_under_a_new_one() -> None:
    nonces, chain = begun(), ModelChain()
    nonces.request(job_of(0))
    send = nonces.sends(START)[0]
    chain.submit(Tx(0, 1, RICH, "theirs"))
    chain.mine()
    for seen in look(chain, send, START):
        nonces.on_transaction(seen, START)
    nonces.on_wallet(wallet_seen(chain, START, RULES.confirmations), START)
    assert 0 in nonces.state.slots, "the block may still be undone"
    chain.blocks.extend([] for _ in range(RULES.confirmations))
    for seen in look(chain, send, START):
        nonces.on_transaction(seen, START)
    nonces.on_wallet(wallet_seen(chain, START, RULES.confirmations), START)
    assert "nonce-used-by-another" in troubles(nonces)
    assert [s.slot.nonce for s in nonces.sends(START)] == [1]


def test_a_gap_below_our_nonces_is_filled() -> None:
    chain = ModelChain()
    chain.submit(Tx(0, 1, RICH, "theirs"))
    nonces = Nonces(RULES, NonceState(), gas_seen(START))
    nonces.on_wallet(wallet_seen(chain, START, 12), START)
    nonces.request(job_of(0))
    assert [s.slot.nonce for s in nonces.sends(START)] == [1]
    chain.pool.clear()
    nonces.on_wallet(wallet_seen(chain, START, 12), START)
    assert nonces.state.gap_since
    filled = nonces.sends(START + 3 * MINUTE)
    assert [(s.slot.nonce, s.attempt.void) for s in filled] == [(0, True), (1, False)]
    assert troubles(nonces) == ["nonce-gap"]


def test_doubt_stops_new_transactions_and_is_told_once() -> None:
    nonces, chain = begun(), ModelChain()
    for _ in range(2):
        nonces.on_wallet(wallet_seen(chain, START, 12, "two nodes disagree"), START)
    nonces.request(job_of(0))
    assert nonces.sends(START) == ()
    assert troubles(nonces) == ["wallet-doubt"]
    nonces.on_wallet(wallet_seen(chain, START, 12), START)
    assert len(nonces.sends(START)) == 1


def test_without_pol_a_person_is_asked_once_and_the_transaction_stays() -> None:
    nonces, chain = begun(), ModelChain()
    nonces.request(job_of(0))
    nonces.sends(START)
    for _ in range(3):
        see(nonces, chain, Sight.NO_GAS, START)
    assert troubles(nonces) == ["insufficient-gas"]
    assert [s.slot.nonce for s in nonces.sends(START + MINUTE)] == [0]


def test_an_underpriced_replacement_offers_more_at_once() -> None:
    nonces, chain = begun(), ModelChain()
    nonces.request(job_of(0))
    nonces.sends(START)
    see(nonces, chain, Sight.UNDERPRICED, START)
    assert nonces.sends(START)[0].attempt.number == 2


def test_a_gasless_wallet_sends_one_batch_at_a_time() -> None:
    nonces = begun(NonceRules(gasless=True))
    nonces.gas = None
    nonces.request(job_of(0, calls=3))
    nonces.request(job_of(1))
    (send,) = nonces.sends(START)
    assert len(send.slot.calls) == 3
    assert nonces.sends(START + 11 * MINUTE)[0].attempt.number == 2
    chain = ModelChain()
    chain.submit(Tx(0, 2, RICH, "batch"))
    for _ in range(20):
        chain.mine()
    see(nonces, chain, Sight.MINED, START)
    nonces.forget_nonce()
    assert nonces.sends(START + 12 * MINUTE) == ()
    nonces.on_wallet(wallet_seen(chain, START, 12), START + 12 * MINUTE)
    assert [s.slot.job_id for s in nonces.sends(START + 12 * MINUTE)] == ["job-1"]


def test_no_attempt_offers_more_than_the_most() -> None:
    rules = NonceRules(gas=GasRules(most=45))
    nonces = begun(rules)
    nonces.request(job_of(0))
    nonces.sends(START)
    for minutes in range(2, 60, 2):
        nonces.sends(START + minutes * MINUTE)
    offers = [attempt.max_fee for attempt in nonces.state.slots[0].attempts]
    assert offers == sorted(offers)
    assert max(offers) <= 45 * 10**9
    assert offers[0] == fees_of(gas_seen(START), rules.gas).max_fee
