"""One wallet against a chain that loses, delays, undoes and repeats whatever it likes."""

from collections import Counter
from copy import deepcopy

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.wallet import TransactionObserved
from streams.gas import GWEI
from streams.nonce_state import JobOver, NonceRules, NonceState, Send, SlotEnded
from streams.nonces import Nonces
from tests.properties.model_chain import (
    ModelChain,
    Tx,
    gas_seen,
    job_of,
    look,
    wallet_seen,
)

CONFIRMATIONS = 5
RULES = NonceRules(confirmations=CONFIRMATIONS, in_flight=4)
FOREIGN = "somebody else"


def roundtrip(state: NonceState) -> NonceState:
    return msgspec.json.decode(msgspec.json.encode(state), type=NonceState)


class OneWallet(RuleBasedStateMachine):
    """The wallet stage, its sender and the chain, each of which may stop between any two steps."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = ModelChain()
        self.now = 1_000
        self.state = NonceState()
        self.gas = gas_seen(self.now)
        self.asked: list[Send] = []
        self.seen: list[TransactionObserved] = []
        self.jobs: dict[str, int] = {}
        self.over: list[JobOver] = []
        self.confirmed: list[SlotEnded] = []

    def fold(self) -> Nonces:
        return Nonces(RULES, self.state, self.gas)

    def take(self, fold: Nonces) -> None:
        for fact in fold.facts():
            if isinstance(fact, JobOver):
                self.over.append(fact)
            elif isinstance(fact, SlotEnded):
                self.confirmed.append(fact)

    @initialize()
    def start(self) -> None:
        self.look_at_wallet()

    @rule(calls=st.integers(1, 3), urgent=st.booleans())
    def ask_for_a_job(self, calls: int, urgent: bool) -> None:
        number = len(self.jobs)
        self.jobs[f"job-{number}"] = calls
        fold = self.fold()
        fold.request(job_of(number, calls, urgent=urgent))
        fold.request(job_of(number, calls, urgent=urgent))
        self.take(fold)

    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        if self.jobs:
            name = data.draw(st.sampled_from(sorted(self.jobs)))
            fold = self.fold()
            fold.request(job_of(int(name.removeprefix("job-")), self.jobs[name]))
            self.take(fold)

    @rule(rounds=st.integers(1, 4))
    def go_on(self, rounds: int) -> None:
        for _ in range(rounds):
            self.look_at_wallet()
            self.let_time_pass(6_000)
            while self.asked:
                self.seen.extend(look(self.chain, self.asked.pop(0), self.now))
            self.mine(2, 4)
            fold = self.fold()
            for seen in self.seen:
                fold.on_transaction(seen, self.now)
            self.seen.clear()
            self.take(fold)

    @rule(ms=st.sampled_from((500, 6_000, 130_000, 650_000)))
    def let_time_pass(self, ms: int) -> None:
        self.now += ms
        fold = self.fold()
        # What was asked is a message: it says what was known when it was written.
        self.asked.extend(deepcopy(fold.sends(self.now)))
        self.take(fold)

    @rule(data=st.data())
    def send(self, data: st.DataObject) -> None:
        if not self.asked:
            return
        send = self.asked.pop(data.draw(st.integers(0, len(self.asked) - 1)))
        self.seen.extend(look(self.chain, send, self.now))

    @rule(data=st.data(), twice=st.booleans())
    def hear(self, data: st.DataObject, twice: bool) -> None:
        if not self.seen:
            return
        seen = self.seen.pop(data.draw(st.integers(0, len(self.seen) - 1)))
        fold = self.fold()
        for _ in range(1 + twice):
            fold.on_transaction(seen, self.now)
        self.take(fold)

    @rule(blocks=st.integers(1, 7), most=st.integers(0, 4))
    def mine(self, blocks: int, most: int) -> None:
        for _ in range(blocks):
            self.chain.mine(most)

    @rule(depth=st.integers(1, CONFIRMATIONS - 1), keep=st.booleans())
    def reorganise(self, depth: int, keep: bool) -> None:
        if depth < len(self.chain.blocks):
            # Observations are of the branch they were made on; a node that still tells of the old
            # one after it was left is `doubt`, which the sender reports.
            self.seen.clear()
            self.chain.reorganise(depth, keep)

    @rule(data=st.data())
    def drop_from_the_pool(self, data: st.DataObject) -> None:
        if self.chain.pool:
            del self.chain.pool[data.draw(st.sampled_from(sorted(self.chain.pool)))]

    @rule(price=st.sampled_from((20, 60, 120)))
    def change_the_price(self, price: int) -> None:
        self.chain.price = price * GWEI
        self.gas = gas_seen(self.now, price)

    @rule(doubt=st.sampled_from(("", "", "two nodes disagree")))
    def look_at_wallet(self, doubt: str = "") -> None:
        fold = self.fold()
        fold.on_wallet(wallet_seen(self.chain, self.now, CONFIRMATIONS, doubt), self.now)
        self.take(fold)

    @rule()
    def use_the_key_elsewhere(self) -> None:
        nonce = self.chain.pending_nonce
        self.chain.submit(Tx(nonce, 1, 1_000 * GWEI, FOREIGN))

    @rule()
    def steal_a_nonce(self) -> None:
        nonce = self.chain.nonce()
        self.chain.pool[nonce] = Tx(nonce, 1, 1_000 * GWEI, FOREIGN)

    @rule()
    def kill_the_stage(self) -> None:
        self.state = roundtrip(self.state)

    @rule()
    def kill_the_sender(self) -> None:
        self.asked.clear()
        self.seen.clear()
        fold = self.fold()
        fold.forget_nonce()

    @rule(data=st.data())
    def give_one_up(self, data: st.DataObject) -> None:
        if self.state.slots:
            fold = self.fold()
            fold.void(data.draw(st.sampled_from(sorted(self.state.slots))), self.now)

    @invariant()
    def nothing_takes_effect_twice(self) -> None:
        done = Counter(c for c in self.chain.executed() if c != FOREIGN)
        assert all(count == 1 for count in done.values()), done

    @invariant()
    def nobody_shares_a_nonce(self) -> None:
        working = [job.nonce for job in self.state.jobs.values() if job.nonce is not None]
        assert len(working) == len(set(working))
        assert set(working) <= set(self.state.slots)

    @invariant()
    def a_job_ends_once(self) -> None:
        ended = Counter(over.request.job_id for over in self.over)
        assert all(count == 1 for count in ended.values()), ended

    def teardown(self) -> None:
        """When the world calms down, everything that was asked for is done, once."""
        self.change_the_price(20)
        for _ in range(400):
            if not self.state.jobs and not self.state.slots:
                break
            self.go_on(1)
            self.nothing_takes_effect_twice()
        assert not self.state.jobs
        assert {over.request.job_id for over in self.over} == set(self.jobs)
        done = [c for c in self.chain.executed() if c != FOREIGN]
        wanted = {
            f"{over.request.job_id}#{step}"
            for over in self.over
            if over.done
            for step in range(len(over.request.calls))
        }
        assert wanted <= set(done)


OneWallet.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestOneWallet = OneWallet.TestCase
