"""A venue that fails in every way on the way to it and back; a session that crashes beside it.

Seeded: the same seed is the same run. Time is simulated. The venue takes whatever hash it is sent
as an order of its own, as the real one does: one order per intent is the outbox's doing.
"""

import heapq
from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from schemas.ids import OrderId
from schemas.trading import CancelOrder, IntentApproved, Order
from schemas.values import IntentKind, OrderStatus
from schemas.venue import Verdict
from streams.order_outbox import OrderOutbox
from streams.outbox_state import (
    Answer,
    Call,
    CancelCall,
    LookUpCall,
    OrderEnded,
    OutboxRules,
    PlaceCall,
    Seen,
    Step,
)
from streams.reconciliation import Reconciler, remedy
from tests.streams.paper_tape import START, approve, bid, cancel

STEP_MS = 250
LATE_MS = 15_000
"""A request may arrive, and an answer come, so late."""
CHECK_EVERY = 120
CALM_ROUNDS = 500
LAST_ROUNDS = 250
"""Nobody trades with us in the last ones, so that what was on its way has arrived."""
RULES = OutboxRules(kept_ms=45_000)


def identify(order: Order) -> str:
    """Stands for the hash: it depends on the order and on nothing else."""
    return f"0x{order.order_id}-{order.ordered_at}"


class Resting(NamedTuple):
    """An order the venue took; `open` until cancelled or filled."""

    order_id: OrderId
    size: Decimal
    matched: Decimal
    ended: OrderStatus | None


class Run(NamedTuple):
    """What a run gave.

    Attributes:
        duplicates: Orders of an intent beyond its first.
        orphans: Open at the venue and not for us, or the other way round.
        unproven: Intents that neither rest nor ended.
        misjudged: Intents that ended otherwise for us than at the venue.
    """

    intents: int
    orders: int
    duplicates: int
    orphans: int
    unproven: int
    endings_repeated: int
    misjudged: int
    crashes: int


Input = Callable[[OrderOutbox], tuple[Call, ...] | None]
"""What is on the log: one way into the outbox with its argument and its time."""


class Session:
    """Our side: the outbox as a stage keeps it, a log that survives, a checkpoint now and then."""

    def __init__(self, of: Callable[[Order], str]) -> None:
        self.of = of
        self.outbox = OrderOutbox(identify, RULES)
        self.log: list[Input] = []
        self.checkpoint, self.before = self.outbox.snapshot(), 0
        self.endings: dict[OrderId, dict[int, OrderStatus]] = {}
        self.reconciler = Reconciler()

    def take(self, entry: Input) -> tuple[Call, ...]:
        self.log.append(entry)
        return self._apply(len(self.log) - 1)

    def compare(self, venue_open: dict[str, Decimal], now: int) -> None:
        """What the venue says is open goes on the log like everything else."""

        def entry(outbox: OrderOutbox) -> None:
            found = self.reconciler.orders(outbox.state, venue_open, now)
            remedy(outbox, found, venue_open, now)

        self.take(entry)

    def save(self) -> None:
        self.checkpoint = self.outbox.snapshot()
        self.before += len(self.log)
        self.log.clear()

    def restart(self, now: int) -> None:
        """From the checkpoint, over the log since; what it says to call then is not called."""
        self.outbox = OrderOutbox(identify, RULES)
        self.outbox.restore(self.checkpoint)
        for index in range(len(self.log)):
            self._apply(index)
        self.take(lambda outbox: outbox.recover(now))

    def _apply(self, index: int) -> tuple[Call, ...]:
        calls = self.log[index](self.outbox) or ()
        for fact in self.outbox.facts():
            if isinstance(fact, OrderEnded):
                self.endings.setdefault(fact.entry.order_id, {})[self.before + index] = fact.status
        return calls


class UnsteadyVenue:
    """Takes calls, does them or not, and answers or not."""

    def __init__(self, random: Random, session: Session, traded: int) -> None:
        self.random = random
        self.session = session
        self.orders: dict[str, Resting] = {}
        self.open: dict[str, None] = {}
        self.steady = False
        self.traded = traded
        self._due: list[tuple[int, int, bool, Callable[[int], object]]] = []
        self._serial = 0

    def tell(self, at: int, entry: Callable[[OrderOutbox, int], None]) -> None:
        """An answer reaches us later."""
        self._later(at, False, lambda now: self.session.take(lambda outbox: entry(outbox, now)))

    def lose_answers(self) -> None:
        """We crashed: nobody is there for the answers; requests under way arrive nevertheless."""
        self._due = [due for due in self._due if due[2]]
        heapq.heapify(self._due)

    def advance(self, now: int) -> None:
        while self._due and self._due[0][0] <= now:
            heapq.heappop(self._due)[3](now)

    def _later(self, at: int, arrives: bool, act: Callable[[int], object]) -> None:
        self._serial += 1
        heapq.heappush(self._due, (at, self._serial, arrives, act))

    def call(self, call: Call, now: int) -> None:
        if isinstance(call, PlaceCall):
            self._place(call, now)
        elif isinstance(call, CancelCall):
            self._cancel(call, now)
        else:
            self._look_up(call, now)

    def fill_some(self, now: int) -> None:
        """Somebody trades with a few of our orders; we are told, or not."""
        for venue_id in list(self.open)[: self.traded]:
            if self.random.random() < 0.5:
                continue
            order = self.orders[venue_id]
            self._end(venue_id, OrderStatus.FILLED, order.size)
            if self.steady or self.random.random() < 0.7:
                seen = Seen(order_id=order.order_id, matched=order.size, ended=OrderStatus.FILLED)
                self._tell_seen(now + self._delay(), seen)

    def _tell_seen(self, at: int, seen: Seen) -> None:
        self.tell(at, lambda outbox, then: outbox.on_seen(seen, then))

    def _tell_canceled(self, at: int, order_id: OrderId, verdict: Verdict) -> None:
        self.tell(at, lambda box, then: box.on_cancel_answer(order_id, verdict, "", then))

    def _delay(self) -> int:
        late = not self.steady and self.random.random() < 0.05
        return self.random.randrange(1000, LATE_MS) if late else self.random.randrange(10, 200)

    def _arrive(self, order: Order) -> str:
        """An order reaches the venue; its hash there, and whether it was new."""
        venue_id = self.session.of(order)
        if venue_id in self.orders:
            return "duplicated"
        if order.price >= Decimal("0.50"):
            return "crosses"
        self.orders[venue_id] = Resting(order.order_id, order.size, Decimal(0), None)
        self.open[venue_id] = None
        return "taken"

    def _place(self, call: PlaceCall, now: int) -> None:
        # One fault hits the call, another each answer.
        dice = 1.0 if self.steady else self.random.random()
        for order_id, attempt in zip(call.order_ids, call.attempts, strict=True):
            entry = self.session.outbox.find(order_id)
            assert entry is not None
            self._send(entry.order, attempt, dice, now)

    def _send(self, order: Order, attempt: int, dice: float, now: int) -> None:
        def answer(verdict: Verdict, at: int, reason: str = "") -> None:
            told = Answer(order_id=order.order_id, attempt=attempt, verdict=verdict, reason=reason)
            self.tell(at, lambda outbox, then: outbox.on_answer(told, then))

        if dice < 0.06:  # lost on the way there
            answer(Verdict.UNKNOWN, now + 10_000)
        elif dice < 0.12:  # arrives, and the answer is lost
            self._arrive(order)
            answer(Verdict.UNKNOWN, now + 10_000)
        elif dice < 0.18:  # 425
            answer(Verdict.WAIT, now + 100)
        elif dice < 0.24:  # 500, done or not
            if self.random.random() < 0.5:
                self._arrive(order)
            answer(Verdict.UNKNOWN, now + 100)
        elif dice < 0.28:  # given up, and arrives late
            late = now + self.random.randrange(10_000, 25_000)
            self._later(late, True, lambda _: self._arrive(order))
            answer(Verdict.UNKNOWN, now + 10_000)
        else:
            happened = self._arrive(order)
            if dice < 0.32:  # arrives twice
                self._later(now + self._delay(), True, lambda _: self._arrive(order))
            at = now + self._delay()
            if happened == "taken":
                answer(Verdict.ACCEPTED, at)
            elif happened == "duplicated":
                answer(Verdict.UNKNOWN, at)
            else:
                answer(Verdict.REFUSED, at, "WOULD_CROSS")
            if dice < 0.40:  # answered twice
                answer(Verdict.ACCEPTED if happened == "taken" else Verdict.UNKNOWN, at + 500)

    def _cancel(self, call: CancelCall, now: int) -> None:
        for order_id in call.order_ids:
            entry = self.session.outbox.find(order_id)
            assert entry is not None
            dice = 1.0 if self.steady else self.random.random()
            verdict = Verdict.UNKNOWN
            if dice > 0.08:
                is_open = entry.venue_id in self.open
                verdict = Verdict.ACCEPTED if is_open else Verdict.REFUSED
                if is_open:
                    matched = self.orders[entry.venue_id].matched
                    self._end(entry.venue_id, OrderStatus.CANCELED, matched)
            if dice < 0.16:
                verdict = Verdict.UNKNOWN
            self._tell_canceled(now + self._delay(), order_id, verdict)

    def _look_up(self, call: LookUpCall, now: int) -> None:
        if not self.steady and self.random.random() < 0.1:
            return
        entry = self.session.outbox.find(call.order_id)
        assert entry is not None
        at, found = now + self._delay(), self.orders.get(entry.venue_id)
        if found is None:
            self.tell(at, lambda outbox, then: outbox.on_absent(*call, then))
        else:
            seen = Seen(order_id=call.order_id, matched=found.matched, ended=found.ended)
            self._tell_seen(at, seen)

    def _end(self, venue_id: str, status: OrderStatus, matched: Decimal) -> None:
        del self.open[venue_id]
        self.orders[venue_id] = self.orders[venue_id]._replace(ended=status, matched=matched)

    def open_orders(self) -> dict[str, Decimal]:
        return {venue_id: self.orders[venue_id].matched for venue_id in self.open}


PATTERN = bid("pattern", "0.48", 20)
CROSSING = bid("pattern", "0.50", 20)


def intents(random: Random, count: int, first: int, now: int) -> Iterator[IntentApproved]:
    """A round's approvals: single orders, pairs and replacements."""
    at, index = now - START, first
    while index < first + count:
        size = min(random.choice((1, 1, 1, 2, 3)), first + count - index)
        plain = PATTERN if random.random() < 0.95 else CROSSING
        orders = tuple(
            replace(
                plain,
                order_id=OrderId(f"o{index + leg}"),
                kind=IntentKind.REDUCE if random.random() < 0.1 else IntentKind.MM,
                ordered_at=now,
            )
            for leg in range(size)
        )
        old = (
            f"o{index - random.randrange(1, 30)}" if index > 30 and random.random() < 0.3 else None
        )
        yield approve(at, *orders, cancel_first=old)
        index += size


def run(
    count: int,
    seed: int,
    of: Callable[[Order], str] = identify,
    each_round: int = 12,
    crash: float = 0.01,
    save_every: int = 9,
) -> Run:
    """Give intents, let everything fail, then let it calm down and count.

    Args:
        count: Intents.
        seed: Of the faults.
        of: The hash under which the venue takes an order.
        each_round: Intents in a quarter of a second.
        crash: Probability of a crash in a round.
        save_every: Rounds between two checkpoints.
    """
    random, session = Random(seed), Session(of)
    venue = UnsteadyVenue(random, session, 3 * each_round)
    now, given, rounds, crashes, calm = START, 0, 0, 0, 0
    while given < count or calm < CALM_ROUNDS:
        now += STEP_MS
        rounds += 1
        venue.steady = given >= count
        calm += venue.steady
        venue.advance(now)
        more = min(each_round, count - given)
        for approval in intents(random, more, given, now):
            for _ in range(2 if random.random() < 0.05 else 1):
                session.take(_intending(approval))
        given += more
        _disturb(random, session, venue, given, now)
        if calm < CALM_ROUNDS - LAST_ROUNDS:
            venue.fill_some(now)
        calls = session.take(_calling(now))
        crashed = not venue.steady and random.random() < crash
        # A crash in the middle of the calls: some were made, and nobody knows which.
        for call in calls[: random.randrange(len(calls) + 1) if crashed else None]:
            venue.call(call, now)
        if crashed:
            crashes += 1
            venue.lose_answers()
            session.restart(now)
        if crashed or rounds % CHECK_EVERY == 0:
            session.compare(venue.open_orders(), now)
        if rounds % save_every == 0:
            session.save()
    return _count(session, venue, given, crashes)


def _intending(approval: IntentApproved) -> Input:
    return lambda outbox: outbox.intend(approval)


def _calling(now: int) -> Input:
    return lambda outbox: outbox.calls(now)


def _canceling(request: CancelOrder) -> Input:
    return lambda outbox: outbox.ask_cancel(request)


def _disturb(random: Random, session: Session, venue: UnsteadyVenue, given: int, now: int) -> None:
    if venue.steady or random.random() < 0.2:
        session.take(lambda outbox: outbox.resume(None))
    elif random.random() < 0.01:
        session.take(lambda outbox: outbox.halt(None, now))
    for _ in range(0 if venue.steady else 4):
        name = f"o{max(0, given - random.randrange(60))}"
        session.take(_canceling(cancel(now - START, name)))


def _count(session: Session, venue: UnsteadyVenue, given: int, crashes: int) -> Run:
    per_intent: dict[OrderId, int] = {}
    for order in venue.orders.values():
        per_intent[order.order_id] = per_intent.get(order.order_id, 0) + 1
    at_venue = {order.order_id: order.ended for order in venue.orders.values()}
    ours = session.outbox.state.open
    resting = {entry.venue_id for entry in ours.values() if entry.step is Step.RESTING}
    return Run(
        intents=given,
        orders=len(venue.orders),
        duplicates=sum(many - 1 for many in per_intent.values()),
        orphans=len(set(venue.open) - resting) + len(resting - set(venue.open)),
        unproven=given - len(session.endings) - len(resting),
        endings_repeated=sum(len(times) - 1 for times in session.endings.values()),
        misjudged=sum(
            status is not at_venue.get(order_id, status)
            or (status is OrderStatus.FILLED and order_id not in at_venue)
            for order_id, times in session.endings.items()
            for status in times.values()
        ),
        crashes=crashes,
    )
