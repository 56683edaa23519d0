"""What holds for every sequence of commands, also against the simplest matching there is."""

from collections import defaultdict
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.accounts import VENUE, Accounts
from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Event, Filled, LevelChanged
from connectors.sandbox.mirror import ASK, BID, LEGS, NO, YES, mirrored
from connectors.sandbox.orders import Order
from schemas.values import MICRO, PIPS, Action, TimeInForce
from tests.connectors.sandbox.builders import NOW_MS, engine, fills, order

CONDITION = "0x01"
OWNERS = ("ann", "bob", "cid")


class Command(NamedTuple):
    cancels: int | None
    owner: str
    leg: int
    action: Action
    pips: int
    shares: int
    kind: TimeInForce
    post_only: bool


commands = st.lists(
    st.builds(
        Command,
        cancels=st.one_of(st.none(), st.none(), st.none(), st.integers(0, 30)),
        owner=st.sampled_from(OWNERS),
        leg=st.sampled_from(LEGS),
        action=st.sampled_from(Action),
        pips=st.integers(40, 60).map(lambda ticks: ticks * 100),
        shares=st.integers(5, 60),
        kind=st.sampled_from((TimeInForce.GTC, TimeInForce.GTC, TimeInForce.FAK, TimeInForce.FOK)),
        post_only=st.booleans(),
    ),
    max_size=40,
)


def as_order(number: int, command: Command) -> Order:
    by_budget = command.action is Action.BUY and command.kind is not TimeInForce.GTC
    return order(
        str(number),
        command.action,
        command.pips,
        0 if by_budget else command.shares,
        leg=command.leg,
        owner=command.owner,
        kind=command.kind,
        post_only=command.post_only and command.kind is TimeInForce.GTC,
        budget=command.shares * MICRO * command.pips if by_budget else 0,
    )


def run(sequence: list[Command]) -> tuple[MatchingEngine, list[list[Event]]]:
    book = engine()
    log = []
    for number, command in enumerate(sequence):
        if command.cancels is not None:
            log.append(book.cancel(str(command.cancels)))
        else:
            log.append(book.place(as_order(number, command), NOW_MS + number))
        check_book(book)
    return book, log


def check_book(book: MatchingEngine) -> None:
    bid, ask = book.bids.best, book.asks.best
    assert bid is None or ask is None or bid < ask
    for ladder in (book.bids, book.asks):
        assert ladder.prices == sorted(set(ladder.prices)) == sorted(ladder.levels)
        for level in ladder.levels.values():
            assert level.size == sum(resting.left for resting in level.queue.values()) > 0
            assert all(resting.left > 0 for resting in level.queue.values())


def naive_fills(sequence: list[Command]) -> list[tuple[str, str, int, int]]:
    """Price-time priority by sorting a plain list anew for every order."""
    resting: list[tuple[int, Order, int]] = []
    out = []
    for number, command in enumerate(sequence):
        if command.cancels is not None:
            resting = [row for row in resting if row[1].order_id != str(command.cancels)]
            continue
        taker = as_order(number, command)
        makers = [row for row in resting if can_trade(taker, row[1])]
        makers.sort(key=lambda row: (abs(row[1].yes_pips - worst_price(taker)) * -1, row[0]))
        plan, left = shared_out(taker, makers)
        if taker.post_only and makers:
            continue
        if taker.time_in_force is TimeInForce.FOK and left:
            continue
        for (age, maker, shown), size in plan:
            out.append((taker.order_id, maker.order_id, maker.yes_pips, size))
            resting.remove((age, maker, shown))
            if shown > size:
                resting.append((age, maker, shown - size))
        if taker.rests and left:
            resting.append((number, taker, left))
    return out


def worst_price(taker: Order) -> int:
    return PIPS if taker.side == BID else 0


def can_trade(taker: Order, maker: Order) -> bool:
    if taker.side == maker.side:
        return False
    better = maker.yes_pips - taker.yes_pips
    return better <= 0 if taker.side == BID else better >= 0


def shared_out(
    taker: Order, makers: list[tuple[int, Order, int]]
) -> tuple[list[tuple[tuple[int, Order, int], int]], int]:
    """What each maker gives, and what the taker is left wanting, in shares or in money."""
    plan = []
    left = taker.budget or taker.size
    for row in makers:
        cost = mirrored(taker.leg, row[1].yes_pips) if taker.budget else 1
        size = min(row[2], left // cost)
        if size:
            plan.append((row, size))
        left = 0 if left - size * cost < cost else left - size * cost
    return plan, left


@given(commands)
@settings(deadline=None)
def test_matching_is_price_time_priority(sequence: list[Command]) -> None:
    _, log = run(sequence)
    done = [
        (fill.taker.order_id, fill.maker.order_id, fill.yes_pips, fill.size)
        for events in log
        for fill in fills(events)
    ]
    assert done == naive_fills(sequence)


@given(commands)
@settings(deadline=None)
def test_the_same_commands_give_the_same_events(sequence: list[Command]) -> None:
    assert run(sequence)[1] == run(sequence)[1]


@given(commands)
@settings(deadline=None)
def test_shares_and_money_are_conserved(sequence: list[Command]) -> None:
    accounts = Accounts()
    for owner in OWNERS:
        accounts.deposit(owner, 1_000)
    before = accounts.total()
    _, log = run(sequence)
    for events in log:
        for event in events:
            if isinstance(event, Filled):
                accounts.fill(CONDITION, event)
                assert_backed(accounts)
                assert accounts.total() == before
    for owner in OWNERS:
        pairs = accounts.merge_pairs(owner, CONDITION)
        assert pairs == 0 or min(accounts.held(owner, CONDITION, leg) for leg in LEGS) == 0
    assert_backed(accounts)
    accounts.pay_out(CONDITION, 5_000)
    assert accounts.total() == before
    assert accounts.cash[VENUE] >= 0
    assert not accounts.collateral


def assert_backed(accounts: Accounts) -> None:
    yes, no = (sum(accounts.tokens[CONDITION, leg].values()) for leg in (YES, NO))
    assert yes == no
    assert accounts.collateral[CONDITION] == yes * PIPS


@given(commands)
@settings(deadline=None)
def test_nobody_pays_more_or_gets_less_than_the_limit(sequence: list[Command]) -> None:
    for events in run(sequence)[1]:
        for fill in fills(events):
            assert fill.taker.accepts(fill.yes_pips)
            assert fill.yes_pips == fill.maker.yes_pips
            assert fill.size > 0
        spent: defaultdict[str, int] = defaultdict(int)
        for fill in fills(events):
            spent[fill.taker.order_id] += fill.size * mirrored(fill.taker.leg, fill.yes_pips)
            assert not fill.taker.budget or spent[fill.taker.order_id] <= fill.taker.budget


@given(commands)
@settings(deadline=None)
def test_level_changes_tell_the_whole_book(sequence: list[Command]) -> None:
    """Whoever applies the changes has the book: nothing changes silently."""
    book, log = run(sequence)
    seen: dict[tuple[int, int], int] = {}
    for events in log:
        for event in events:
            if isinstance(event, LevelChanged):
                seen[event.side, event.yes_pips] = event.size
    kept = {key: size for key, size in seen.items() if size}
    truth = {
        (side, pips): level.size
        for side, ladder in ((BID, book.bids), (ASK, book.asks))
        for pips, level in ladder.levels.items()
    }
    assert kept == truth


@given(commands)
@settings(deadline=None)
def test_the_mirrored_commands_give_the_mirrored_book(sequence: list[Command]) -> None:
    """YES and NO swapped everywhere, nothing else about the outcome changes."""
    swapped = [command._replace(leg=1 - command.leg) for command in sequence]
    book, log = run(sequence)
    mirror, mirror_log = run(swapped)
    assert [PIPS - pips for pips in reversed(book.asks.prices)] == mirror.bids.prices
    assert [PIPS - pips for pips in reversed(book.bids.prices)] == mirror.asks.prices
    sizes = [[(f.size, f.match, f.fee) for f in fills(events)] for events in log]
    assert sizes == [[(f.size, f.match, f.fee) for f in fills(events)] for events in mirror_log]
