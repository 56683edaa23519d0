"""Invariants of the paper exchange (STRATEGIES.md G.3, G.14, G.15, G.17, G.22)."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import msgspec
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from schemas.envelope import Message
from schemas.market import BookDelta, BookSnapshot, MarketTrade
from schemas.pairs import PairsSplit, PositionsConverted, RebatePaid
from schemas.trading import (
    CancelRefused,
    Fill,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
)
from schemas.values import MICRO, PIPS, Action, OrderStatus, Side
from streams.paper_exchange import PaperExchange
from streams.paper_reports import Report
from streams.paper_rules import PaperRules
from streams.queue_models import Optimistic, PowerProbability, QueueModel, RiskAverse
from tests.properties.paper_tapes import queue_tapes, tapes
from tests.streams.paper_tape import ACCOUNT, MARKET, OTHER, WIDE, approve, bid, give, tick

FAST = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
DEEP = settings(FAST, max_examples=150)
BEATS = [tick(at) for at in range(0, 330_000, 10_000)]
"""Ticks until every order of a tape has expired, near enough for the heartbeat not to lapse."""

models = st.sampled_from([RiskAverse(), PowerProbability(3), Optimistic()])
low_models = st.sampled_from([RiskAverse(), PowerProbability(3)])
"""The optimistic one alone takes a cleared level for a taker who wanted more than was printed."""
sizes = st.integers(5, 150)
rules = st.sampled_from([WIDE, PaperRules(), PaperRules(noise_sigma=0.5, ack_ms=300)])


def run(tape: list[Message], model: QueueModel, its_rules: PaperRules) -> list[Report]:
    return give(PaperExchange(its_rules, model, ACCOUNT), tape, BEATS)


def encoded(reports: Sequence[Report]) -> list[bytes]:
    return [msgspec.json.encode(report) for report in reports]


@FAST
@given(tapes(), models, rules)
def test_every_order_lives_one_life(
    tape: list[Message], model: QueueModel, its_rules: PaperRules
) -> None:
    placed: dict[str, OrderPlaced] = {}
    filled: dict[str, Decimal] = defaultdict(Decimal)
    ended: set[str] = set()
    ids: set[str] = set()
    for report in run(tape, model, its_rules):
        assert report.event_id not in ids
        ids.add(report.event_id)
        if isinstance(
            report, PairsMerged | PairsSplit | PositionsConverted | RebatePaid | CancelRefused
        ):
            continue
        name = report.order_id
        assert name not in ended, f"{report} after its end"
        if isinstance(report, OrderPlaced):
            assert name not in placed
            placed[name] = report
        elif isinstance(report, Fill):
            its = placed[name]
            filled[name] += report.size
            assert report.event_time >= its.event_time
            assert report.cumulative == filled[name] <= its.order.size
            assert (report.price, report.fee) == (its.order.price, Decimal(0))
            assert report.size > 0
            assert report.size % Decimal("0.01") == 0
            done = report.cumulative == its.order.size
            assert (report.status is OrderStatus.FILLED) is done
            ended |= {name} if done else set()
        else:
            ended.add(name)
            if isinstance(report, OrderRejected):
                assert name not in placed
            elif isinstance(report, OrderCanceled | OrderExpired):
                assert report.filled == filled[name]


@FAST
@given(tapes() | queue_tapes(), low_models, sizes)
def test_a_print_never_fills_more_than_was_printed(
    tape: list[Message], model: QueueModel, size: int
) -> None:
    ours = [bid("x", "0.48", size), bid("y", "0.48", size), bid("z", "0.49", size)]
    whole = [*tape[:4], approve(0, *ours), *tape[4:]]
    printed = {m.event_id: Decimal(m.size) / MICRO for m in tape if isinstance(m, MarketTrade)}
    used: dict[str, Decimal] = defaultdict(Decimal)
    for report in run(whole, model, WIDE):
        if isinstance(report, Fill) and not report.inferred:
            used[report.causation_id] += report.size
    assert all(used[cause] <= printed[cause] for cause in used)


def best_prices(book: dict[tuple[int, int], int]) -> tuple[int, int]:
    bids = [ticks for (side, ticks), size in book.items() if side == 0 and size]
    asks = [ticks for (side, ticks), size in book.items() if side == 1 and size]
    return max(bids, default=0), min(asks, default=101)


def follow(books: dict[str, dict[tuple[int, int], int]], message: Message) -> None:
    """A book as simple as can be, of the YES leg."""
    if isinstance(message, BookSnapshot) and message.leg == 0:
        books[message.market_id] = {(0, t): s for t, s in message.bids} | {
            (1, t): s for t, s in message.asks
        }
    elif isinstance(message, BookDelta):
        for leg, which, ticks, size in message.changes:
            if leg == 0:
                books[message.market_id][which, ticks] = size


@FAST
@given(tapes(), models)
def test_no_order_is_ever_a_taker(tape: list[Message], model: QueueModel) -> None:
    exchange = PaperExchange(WIDE, model, ACCOUNT)
    books: dict[str, dict[tuple[int, int], int]] = {MARKET: {}, OTHER: {}}
    resting: dict[str, tuple[str, bool, int]] = {}
    for message in [*tape, *BEATS]:
        before = {name: best_prices(book) for name, book in books.items()}
        follow(books, message)
        after = {name: best_prices(book) for name, book in books.items()}
        for report in give(exchange, message):
            if isinstance(report, OrderPlaced):
                known = before if report.event_time < message.ingest_time else after
                bids, ticks = yes_space(report)
                best_bid, best_ask = known[report.market_id]
                assert ticks < best_ask if bids else ticks > best_bid
                for market_id, other_bids, other in resting.values():
                    if market_id == report.market_id and other_bids is not bids:
                        assert ticks < other if bids else ticks > other
                resting[report.order_id] = (report.market_id, bids, ticks)
            elif isinstance(report, OrderCanceled | OrderExpired) or (
                isinstance(report, Fill) and report.status is OrderStatus.FILLED
            ):
                resting.pop(report.order_id, None)


def yes_space(report: OrderPlaced) -> tuple[bool, int]:
    order = report.order
    ticks = int(order.price * PIPS) // 100
    if order.side is Side.YES:
        return order.action is Action.BUY, ticks
    return order.action is Action.SELL, 100 - ticks


@FAST
@given(tapes(), models, rules)
def test_the_same_log_gives_the_same_bytes(
    tape: list[Message], model: QueueModel, its_rules: PaperRules
) -> None:
    assert encoded(run(tape, model, its_rules)) == encoded(run(tape, model, its_rules))


@FAST
@given(tapes(), models, rules, st.data())
def test_a_restored_exchange_goes_on_as_if_nothing_had_happened(
    tape: list[Message], model: QueueModel, its_rules: PaperRules, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(tape)))
    undisturbed = PaperExchange(its_rules, model, ACCOUNT)
    give(undisturbed, tape[:cut])
    snapshot = undisturbed.snapshot()
    restored = PaperExchange(its_rules, model, ACCOUNT)
    restored.restore(snapshot)
    assert restored.snapshot() == snapshot
    rest = [*tape[cut:], *BEATS]
    assert encoded(give(restored, rest)) == encoded(give(undisturbed, rest))
    assert restored.snapshot() == undisturbed.snapshot()


@FAST
@given(tapes(), models)
def test_another_market_s_data_changes_nothing(tape: list[Message], model: QueueModel) -> None:
    data = (BookSnapshot, BookDelta, MarketTrade)
    alone = [m for m in tape if not (isinstance(m, data) and m.market_id == OTHER)]
    here, there = (
        [
            report
            for report in run(it, model, WIDE)
            # A cancel may name an order of the other market.
            if report.market_id == MARKET and not isinstance(report, CancelRefused)
        ]
        for it in (tape, alone)
    )
    assert encoded(here) == encoded(there)


@FAST
@given(tapes(), models)
def test_the_quantity_ahead_rises_only_after_a_gap(tape: list[Message], model: QueueModel) -> None:
    exchange = PaperExchange(WIDE, model, ACCOUNT)
    fronts: dict[str, int] = {}
    gaps = 0
    for message in tape:
        give(exchange, message)
        now = {
            str(own.order_id): own.queue.front
            for market in exchange._venue.markets.values()
            for own in market.state.resting
        }
        assert all(front >= 0 for front in now.values())
        if exchange.counts.gaps == gaps:
            assert all(now[name] <= fronts[name] for name in now.keys() & fronts.keys())
        fronts, gaps = now, exchange.counts.gaps


def shares_filled(reports: list[Report]) -> Decimal:
    return sum((r.size for r in reports if isinstance(r, Fill)), Decimal(0))


def with_order(tape: list[Message], size: int, at: int) -> list[Message]:
    """The tape with one bid at 0.48 that is never cancelled."""
    approval = approve(at, bid("only", "0.48", size))
    index = next((i for i, m in enumerate(tape) if m.ingest_time > approval.ingest_time), len(tape))
    return [*tape[:index], approval, *tape[index:]]


starts = st.sampled_from([0, 300, 2000])


@DEEP
@given(queue_tapes(), sizes, starts, rules)
def test_the_risk_averse_model_never_fills_more(
    tape: list[Message], size: int, at: int, its_rules: PaperRules
) -> None:
    whole = with_order(tape, size, at)
    low, high = (
        shares_filled(run(whole, model, its_rules)) for model in (RiskAverse(), PowerProbability(3))
    )
    event(f"models differ: {low != high}")
    assert low <= high


@DEEP
@given(queue_tapes(), sizes, starts, st.integers(0, 600), st.integers(1, 2000))
def test_more_entry_latency_never_fills_more(
    tape: list[Message], size: int, at: int, entry_ms: int, more_ms: int
) -> None:
    whole = with_order(tape, size, at)
    early, late = (
        run(whole, RiskAverse(), PaperRules(entry_ms=latency))
        for latency in (entry_ms, entry_ms + more_ms)
    )
    assume(all(any(isinstance(r, OrderPlaced) for r in said) for said in (early, late)))
    event(f"latencies differ: {shares_filled(late) != shares_filled(early)}")
    assert shares_filled(late) <= shares_filled(early)
