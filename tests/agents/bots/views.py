"""Views made by hand."""

from collections.abc import Sequence
from decimal import Decimal

from agents.bots.profiles import choose
from agents.bots.view import Account, Holding, OwnOrder, View
from configs.profiles import load_profiles
from schemas.market import BookSnapshot, Market
from schemas.values import BotState, Money, Trust
from streams.book import Book
from streams.prices import tick_price
from streams.top import top_of
from tests.agents.tape import START, Tape, market

PROFILES = load_profiles()
Levels = dict[str, float]


def account(
    equity: str = "10000",
    free_cash: str = "10000",
    state: BotState = BotState.ACTIVE,
    at: int = START,
) -> Account:
    return Account(
        at=at,
        equity=Decimal(equity),
        free_cash=Decimal(free_cash),
        state=state,
        may_open=state is BotState.ACTIVE,
        sizing_lambda=Decimal("0.5"),
    )


def view(
    bids: Levels,
    asks: Levels,
    *,
    of: Market | None = None,
    now: int = START,
    orders: Sequence[OwnOrder] = (),
    held: Holding | None = None,
    me: Account | None = None,
    stale: str = "",
    merging: str = "0",
    rival_bid: str | None = None,
    rival_ask: str | None = None,
) -> View:
    """A fresh view at `now`, with an account of 10,000 dollars unless told otherwise."""
    where = market() if of is None else of
    book = Book()
    for message in Tape().book(where, bids, asks):
        assert isinstance(message, BookSnapshot)
        book.apply_snapshot(message)
    choice = choose(where, PROFILES, Money.PAPER)
    return View(
        now=now,
        market=where,
        profile_name=choice.name,
        profile=choice.profile,
        closed=choice.closed,
        top=top_of(book, {}),
        tick=tick_price(where.tick),
        book=book,
        own={},
        book_event_id="book-1",
        trust=Trust.CONSISTENT,
        heard_at=now,
        lag_ms=0,
        stale=stale,
        orders=tuple(orders),
        holding=Holding() if held is None else held,
        merging=Decimal(merging),
        account=account(at=now) if me is None else me,
        view_max_age_ms=10_000,
        rival_bid=None if rival_bid is None else Decimal(rival_bid),
        rival_ask=None if rival_ask is None else Decimal(rival_ask),
    )


def holding(yes: str = "0", no: str = "0", price: str = "0.5") -> Holding:
    """Shares bought at one price."""
    return Holding(
        yes=Decimal(yes),
        no=Decimal(no),
        yes_cost=Decimal(yes) * Decimal(price),
        no_cost=Decimal(no) * Decimal(price),
    )
