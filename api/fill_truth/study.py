"""Many seeds: the same orders at the venue and at every model, each seed by itself."""

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import msgspec

from api.fill_truth.live import Lived, live_fills
from api.fill_truth.market import Played, play_market
from api.fill_truth.orders import Latency, Planned, looks_at, plan
from api.fill_truth.paper import paper_fills
from api.fill_truth.results import Executions, Figures, Outcome, figures, interval, outcomes
from api.fill_truth.venue import true_fills
from configs.paper import QueueKind, load_paper
from configs.rules import load_rules
from schemas.market import BookDelta, BookSnapshot
from schemas.values import PIPS
from streams.book import YES, Book

MARKETS = ("budget", "ether", "storm", "gold")
"""One of each kind of lively market: tight, normal, wide, and on the fine grid."""
TRUTH, LIVED, MIDDLE = "truth", "lived", "middle"


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """What is played.

    Attributes:
        seeds: Of the worlds.
        markets: Places of the world; a seed plays all of them.
        minutes: Of each market.
        shares: Size of every order.
    """

    seeds: tuple[int, ...]
    markets: tuple[str, ...] = MARKETS
    minutes: int = 60
    shares: int = 10


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """One seed's figures.

    Attributes:
        orders: Sent.
        figures: By model, the truth among them; `LIVED` is the same rule where everybody reacts.
        low: Lower end of our interval.
        high: Upper end.
    """

    seed: int
    orders: int
    figures: dict[str, Figures]
    low: Figures
    high: Figures


class Session(NamedTuple):
    """One market of one seed, ready for any model.

    Attributes:
        last_mid: YES mid at the end, dollars.
    """

    seed: int
    key: str
    played: Played
    orders: list[Planned]
    last_mid: float


Others = Callable[[Session], dict[str, Executions]]
"""More models, by name; what is given must be importable, for the work is done in processes."""


def run_seed(seed: int, design: Design, others: Others | None = None) -> Seed:
    """Play one seed: the truth, our models, and others where given."""
    ends: dict[str, list[Outcome]] = {}
    count = 0
    for key in design.markets:
        session = open_session(seed, key, design)
        count += len(session.orders)
        for name, done in _all_fills(session, others).items():
            found = outcomes(session.orders, done, session.last_mid)
            ends.setdefault(name, []).extend(found)
        lived = _lived(session, design)
        found = outcomes(lived.orders, lived.fills, session.last_mid)
        ends.setdefault(LIVED, []).extend(found)
    low, high = interval(ends[QueueKind.RISK_AVERSE], ends[QueueKind.OPTIMISTIC])
    sums = {name: figures(each) for name, each in ends.items()}
    return Seed(
        seed=seed,
        orders=count,
        figures={**sums, MIDDLE: low.middle(high)},
        low=low,
        high=high,
    )


def open_session(seed: int, key: str, design: Design) -> Session:
    """Play a market without us and plan our orders."""
    paper = load_paper()
    played = play_market(seed, key, design.minutes, paper.feed_ms)
    looks = looks_at(played, design.shares, Latency(paper.entry_ms, paper.cancel_ms))
    return Session(seed, key, played, plan(played, looks), _last_mid(played))


def run_study(
    design: Design, jobs: int, done: Callable[[int], None], others: Others | None = None
) -> list[Seed]:
    """All seeds, in their order; how they are spread over processes changes nothing.

    Args:
        design: What is played.
        jobs: Processes; 1 plays in this one.
        done: Told how many seeds are finished.
        others: More models.
    """
    if jobs <= 1:
        return list(_told((run_seed(seed, design, others) for seed in design.seeds), done))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context) as pool:
        waiting = [pool.submit(run_seed, seed, design, others) for seed in design.seeds]
        return list(_told((each.result() for each in waiting), done))


def _told(seeds: Iterable[Seed], done: Callable[[int], None]) -> Iterable[Seed]:
    for count, seed in enumerate(seeds, start=1):
        done(count)
        yield seed


def _all_fills(session: Session, others: Others | None) -> dict[str, Executions]:
    played, orders = session.played, session.orders
    paper = load_paper()
    rules = paper.exchange_rules(load_rules(), session.seed)
    found: dict[str, Executions] = {TRUTH: true_fills(played, orders)}
    for kind in QueueKind:
        found[kind] = paper_fills(played, orders, rules, paper.queue_model(kind))
    return found if others is None else found | others(session)


def _lived(session: Session, design: Design) -> Lived:
    paper = load_paper()
    looks = looks_at(session.played, design.shares, Latency(paper.entry_ms, paper.cancel_ms))
    return live_fills(session.seed, session.key, session.played, looks, paper.feed_ms)


def _last_mid(played: Played) -> float:
    book = Book()
    for message in played.messages:
        if isinstance(message, BookSnapshot):
            book.apply_snapshot(message)
        elif isinstance(message, BookDelta):
            book.apply_delta(message)
    bid, ask = book.best_bid(YES), book.best_ask(YES)
    if bid is None or ask is None:
        return 0.5
    return (bid + ask) * book.tick / 2 / PIPS
