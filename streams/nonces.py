"""One writer for one address: which transaction has which nonce, until the chain has settled it.

A nonce is used once on the chain. So a job can never take effect twice as long as its calls keep
their nonce until that nonce is used for good: a fee is raised, a transaction is sent again after
it was dropped or its block was undone, always under the same nonce. Only when a block that no
longer changes has another transaction under it does a job get a new one. A fold: it says what to
send and is told what was seen; it neither signs nor talks to a node.
"""

from schemas.wallet import (
    NO_BOT,
    CallKind,
    ChainCall,
    GasObserved,
    JobKind,
    JobRequested,
    Sight,
    TransactionObserved,
    WalletObserved,
)
from streams.gas import Fees, GasBand, band_of, fees_of, gas_limit, raised
from streams.nonce_state import (
    FILLER,
    Act,
    Attempt,
    Job,
    JobOver,
    NonceFact,
    NonceRules,
    NonceState,
    Send,
    Slot,
    SlotEnded,
    Trouble,
)

VOID = (ChainCall(kind=CallKind.VOID),)
_FREE = Fees(0, 0)


class Nonces:
    """The transactions of one address.

    Attributes:
        state: What a checkpoint holds; changed in place.
        gas: The present price; None before the first look.
    """

    def __init__(self, rules: NonceRules, state: NonceState, gas: GasObserved | None) -> None:
        """Continue from a state."""
        self._rules = rules
        self.state = state
        self.gas = gas
        self._facts: list[NonceFact] = []

    # ------------------------------------------------------------------ what we want

    def request(self, job: JobRequested) -> None:
        """Take a job; one that is known is not taken again."""
        known = job.job_id in self.state.jobs or job.job_id in self.state.ended
        if known:
            return
        if not job.calls:
            self._remember(job.job_id, done=True)
            self._facts.append(JobOver(job, True, "nothing to do"))
            return
        self.state.jobs[job.job_id] = Job(job)

    def void(self, nonce: int, now: int) -> bool:
        """Give a pending nonce up: a transaction that does nothing takes its place.

        Returns:
            False when no such nonce is open, or a block has it already.
        """
        slot = self.state.slots.get(nonce)
        if slot is None or slot.mined_by or self._rules.gasless:
            return False
        fees = raised(slot.last.fees, self.gas, self._rules.gas)
        if fees is None:
            return False
        self._attempt(slot, fees, now, void=True)
        return True

    # ------------------------------------------------------------------ what we are told

    def forget_nonce(self) -> None:
        """The chain has to be asked again before a nonce is given."""
        self.state.synced_at = None

    def on_wallet(self, seen: WalletObserved, now: int) -> None:
        """Compare our nonces with the chain's."""
        state = self.state
        if seen.doubt:
            if seen.doubt != state.doubt:
                self._trouble("wallet-doubt", f"Nothing new is sent: {seen.doubt}")
            state.doubt = seen.doubt
            return
        state.doubt = ""
        state.chain_nonce, state.pending_nonce = seen.nonce, seen.pending_nonce
        highest = max(seen.nonce, seen.pending_nonce)
        if state.next_nonce is None:
            state.next_nonce = highest
        elif highest > state.next_nonce:
            self._trouble(
                "nonce-out-of-sync",
                f"The chain has {highest} transactions of {seen.wallet}, we know of "
                f"{state.next_nonce}: somebody else uses its key. Ours go on behind theirs; if it "
                "was not you, withdraw everything at once (pets wallet withdraw).",
                critical=True,
            )
            state.next_nonce = highest
        state.synced_at = now
        self._find_foreign(seen.settled_nonce, seen.block)
        self._watch_gap(now)

    def on_transaction(self, seen: TransactionObserved, now: int) -> None:
        """Fold what was seen of one transaction."""
        slot = self.state.slots.get(seen.nonce)
        if slot is None:
            return
        attempt = _attempt_of(slot, seen.attempt, seen.hash)
        if attempt is None:
            return
        attempt.hash = attempt.hash or seen.hash
        mined = seen.sight in (Sight.MINED, Sight.REVERTED)
        attempt.absent_block = seen.head if seen.sight is Sight.ABSENT else 0
        if mined:
            slot.mined_by, slot.mined_block = attempt.number, seen.block
            slot.reverted = seen.sight is Sight.REVERTED
            if seen.head - seen.block >= self._rules.confirmations:
                self._settle(slot, attempt, seen)
            return
        if slot.mined_by == attempt.number:
            slot.mined_by, slot.mined_block, slot.reverted = 0, 0, False
            self.forget_nonce()
        if seen.sight is Sight.UNDERPRICED and attempt is slot.last and not slot.mined_by:
            self._raise_fee(slot, now)
        elif seen.sight is Sight.NO_GAS and not slot.alarmed:
            slot.alarmed = True
            self._trouble(
                "insufficient-gas",
                f"{seen.wallet} lacks POL for transaction {seen.nonce} ({seen.detail}): send it "
                "some; the transaction goes on by itself.",
                critical=True,
            )
        elif seen.sight is Sight.REFUSED:
            self.forget_nonce()

    # ------------------------------------------------------------------ what follows

    def sends(self, now: int) -> tuple[Send, ...]:
        """What the sender should see to now, lowest nonce first."""
        self._fill_gap(now)
        self._assign(now)
        self._hurry(now)
        due = []
        for nonce in sorted(self.state.slots):
            slot = self.state.slots[nonce]
            new = slot.last.planned_at > slot.asked_at or slot.asked_at == 0
            if new or now - slot.asked_at >= self._rules.look_ms:
                slot.asked_at = now
                due.append(Send(slot, slot.last))
        return tuple(due)

    def facts(self) -> tuple[NonceFact, ...]:
        """Take away what happened since the last call, in order."""
        facts = tuple(self._facts)
        self._facts.clear()
        return facts

    # ------------------------------------------------------------------ giving nonces

    def _assign(self, now: int) -> None:
        for job in self._waiting():
            if self._is_full():
                return
            if not self._may_assign(job, now):
                continue
            nonce = self.state.next_nonce
            if nonce is None:
                return
            calls = job.request.calls[job.step :]
            if not self._rules.gasless:
                calls = calls[:1]
            self.state.next_nonce = nonce + 1
            job.nonce = nonce
            self._open(nonce, job.request, job.step, calls, now)

    def _is_full(self) -> bool:
        """Whether as many transactions are under way as may be; a gasless way takes one."""
        slots = self.state.slots.values()
        if self._rules.gasless:
            return bool(slots)
        return sum(not slot.mined_by for slot in slots) >= self._rules.in_flight

    def _waiting(self) -> list[Job]:
        waiting = [job for job in self.state.jobs.values() if job.nonce is None]
        return sorted(waiting, key=lambda job: not job.request.urgent)

    def _may_assign(self, job: Job, now: int) -> bool:
        state, rules = self.state, self._rules
        fresh = state.synced_at is not None and now - state.synced_at <= rules.resync_ms
        if not fresh or state.doubt or state.gap_since:
            return False
        if rules.gasless:
            return True
        if self.gas is None:
            return False
        return job.request.urgent or band_of(self.gas, rules.gas) is not GasBand.QUEUE

    def _open(
        self,
        nonce: int,
        request: JobRequested | None,
        step: int,
        calls: tuple[ChainCall, ...],
        now: int,
    ) -> None:
        slot = Slot(
            nonce=nonce,
            job_id=FILLER if request is None else request.job_id,
            kind=JobKind.VOID if request is None else request.kind,
            bot_id=NO_BOT if request is None else request.bot_id,
            step=step,
            calls=calls,
            gas_limit=gas_limit(calls),
            attempts=[],
            since=now,
        )
        known = self.gas is not None and not self._rules.gasless
        fees = fees_of(self.gas, self._rules.gas) if known and self.gas is not None else _FREE
        self._attempt(slot, fees, now, void=request is None)
        self.state.slots[nonce] = slot

    def _attempt(self, slot: Slot, fees: Fees, now: int, *, void: bool = False) -> None:
        void = void or bool(slot.attempts and slot.last.void)
        number = len(slot.attempts) + 1
        slot.attempts.append(Attempt(number, fees.max_fee, fees.max_tip, now, void=void))
        slot.asked_at = 0

    # ------------------------------------------------------------------ waiting

    def _hurry(self, now: int) -> None:
        """Raise the fee of the first in line when it waits too long, and ask for a person."""
        unmined = [nonce for nonce, slot in self.state.slots.items() if not slot.mined_by]
        if not unmined:
            return
        slot = self.state.slots[min(unmined)]
        slot.first_at = slot.first_at or now
        rules = self._rules
        if now - slot.first_at >= rules.human_ms and not slot.alarmed:
            slot.alarmed = True
            self._trouble(
                "transaction-stuck",
                f"Transaction {slot.nonce} ({slot.kind.lower()}) pends for "
                f"{(now - slot.first_at) // 60_000} minutes over {len(slot.attempts)} attempts. "
                f"Look at the gas price, or give it up: pets wallet void {slot.nonce}.",
                critical=True,
            )
        began = max(slot.first_at, slot.last.planned_at)
        if rules.gasless:
            if now - slot.last.planned_at >= rules.lapse_ms:
                self._attempt(slot, _FREE, now)
        elif now - began >= rules.bump_ms:
            self._raise_fee(slot, now)

    def _raise_fee(self, slot: Slot, now: int) -> None:
        if self._rules.gasless:
            return
        fees = raised(slot.last.fees, self.gas, self._rules.gas)
        if fees is not None:
            self._attempt(slot, fees, now)

    def _watch_gap(self, now: int) -> None:
        """A nonce below our lowest that neither a block nor the pool has holds up all of ours."""
        state = self.state
        lowest = min(state.slots, default=state.next_nonce)
        if lowest is None or max(state.chain_nonce, state.pending_nonce) >= lowest:
            state.gap_since = 0
        elif not state.gap_since:
            state.gap_since = now

    def _fill_gap(self, now: int) -> None:
        state = self.state
        if not state.gap_since or now - state.gap_since < self._rules.gap_ms:
            return
        state.gap_since = 0
        lowest = min(state.slots, default=None)
        if lowest is None:
            # Nothing of ours is open: what was to be used there is gone, so the chain is right.
            state.next_nonce = state.chain_nonce
            return
        if self._rules.gasless or self.gas is None:
            return
        self._trouble(
            "nonce-gap",
            f"Nonces {state.chain_nonce} to {lowest - 1} are used by nobody and hold up ours: "
            "they are filled with transactions that do nothing.",
        )
        for nonce in range(state.chain_nonce, lowest):
            self._open(nonce, None, 0, VOID, now)

    # ------------------------------------------------------------------ ends

    def _find_foreign(self, settled_nonce: int, block: int) -> None:
        """A used nonce under which no attempt of ours is known: it was somebody else's."""
        for slot in [self.state.slots[nonce] for nonce in sorted(self.state.slots)]:
            if slot.nonce >= settled_nonce or slot.mined_by:
                continue
            # Looked for after the nonce was final, in blocks and pools alike.
            final_at = block - self._rules.confirmations
            if all(attempt.absent_block > final_at for attempt in slot.attempts):
                self._trouble(
                    "nonce-used-by-another",
                    f"Another transaction has nonce {slot.nonce}: somebody else uses this key. "
                    "What it should have done is done under a new one.",
                    critical=True,
                )
                self._end_slot(SlotEnded(slot, slot.last, Act.FOREIGN, 0, 0))
                job = self.state.jobs.get(slot.job_id)
                if job is not None:
                    job.nonce = None

    def _settle(self, slot: Slot, attempt: Attempt, seen: TransactionObserved) -> None:
        status = Act.REVERTED if slot.reverted else Act.VOIDED if attempt.void else Act.CONFIRMED
        self._end_slot(SlotEnded(slot, attempt, status, seen.gas_used, seen.gas_price))
        if self._rules.gasless and status is Act.REVERTED:
            # Whether a batch that failed has used its nonce is the relayer's to say.
            self.state.next_nonce = self.state.synced_at = None
        job = self.state.jobs.get(slot.job_id)
        if job is None:
            return
        if status is not Act.CONFIRMED:
            detail = seen.detail if status is Act.REVERTED else "given up by an operator"
            self._end_job(job, done=False, detail=detail or "the contract refused it")
            return
        job.nonce = None
        job.step = slot.step + len(slot.calls)
        if job.step >= len(job.request.calls):
            self._end_job(job, done=True, detail="")

    def _end_slot(self, ended: SlotEnded) -> None:
        del self.state.slots[ended.slot.nonce]
        self._facts.append(ended)

    def _end_job(self, job: Job, *, done: bool, detail: str) -> None:
        del self.state.jobs[job.request.job_id]
        self._remember(job.request.job_id, done=done)
        self._facts.append(JobOver(job.request, done, detail))

    def _remember(self, job_id: str, *, done: bool) -> None:
        ended = self.state.ended
        ended[job_id] = done
        while len(ended) > self._rules.remembered:
            del ended[next(iter(ended))]

    def _trouble(self, rule: str, detail: str, *, critical: bool = False) -> None:
        self._facts.append(Trouble(rule, detail, critical))


def _attempt_of(slot: Slot, number: int, called: str) -> Attempt | None:
    """The attempt that was seen: by its hash where it is known, else by its number."""
    for attempt in slot.attempts:
        if called and attempt.hash == called:
            return attempt
    if 1 <= number <= len(slot.attempts):
        found = slot.attempts[number - 1]
        return found if not found.hash or not called else None
    return None
