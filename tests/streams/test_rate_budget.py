from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from streams.rate_budget import TIERS, Ceiling, RateBudget, Request

requests = st.lists(
    st.tuples(
        st.sampled_from(["bot1", "bot2", "bot3"]),
        st.integers(1, 15),
        st.sampled_from(["open", "reduce", "cancel"]),
        st.integers(0, 400),
    ),
    max_size=80,
)


def request(bot: str, tokens: int, kind: str) -> Request:
    return Request(bot, tokens, cancels=kind == "cancel", reduces=kind == "reduce")


@given(requests)
def test_no_window_passes_more_than_bucket_and_refill(
    asked: list[tuple[str, int, str, int]],
) -> None:
    budget, now, spent, opened = RateBudget(), 0, 0, 0
    for bot, tokens, kind, later in asked:
        now += later
        for each in budget.ask(request(bot, tokens, kind), now):
            if not each.cancels:
                spent += each.tokens
                opened += 0 if each.reduces else each.tokens
        assert spent * 1000 <= 60_000 + 40 * now
        assert opened * 1000 <= 48_000 + 40 * now


@given(requests)
def test_everything_asked_is_sent_once_in_the_end(asked: list[tuple[str, int, str, int]]) -> None:
    budget, now, sent = RateBudget(), 0, Counter[Request]()
    for bot, tokens, kind, later in asked:
        now += later
        sent.update(budget.ask(request(bot, tokens, kind), now))
    for _ in range(80):
        now += 1000
        sent.update(budget.release(now))
    assert sent == Counter(request(bot, tokens, kind) for bot, tokens, kind, _ in asked)
    assert budget.use(now).waiting == 0


def test_a_bot_that_asks_for_much_does_not_starve_another() -> None:
    budget, sent = RateBudget(), Counter[str]()
    for _ in range(500):
        budget.ask(Request("loud", 1), 0)
    assert budget.use(0).waiting == 452
    for _ in range(20):
        budget.ask(Request("quiet", 1), 0)
    for now in range(0, 1025, 25):
        sent.update(each.bot for each in budget.release(now))
    assert sent["quiet"] == 20
    assert sent["loud"] < 50


def test_a_reduction_passes_where_an_opening_order_waits() -> None:
    budget = RateBudget()
    assert sum(len(budget.ask(Request("a", 1), 0)) for _ in range(60)) == 48
    assert budget.ask(Request("b", 12, reduces=True), 0) == [Request("b", 12, reduces=True)]
    assert budget.ask(Request("b", 1, reduces=True), 0) == []
    assert budget.use(0).orders == 1.0
    assert budget.ask(Request("b", 1, cancels=True), 0) == [Request("b", 1, cancels=True)]


def test_a_cancel_of_everything_may_overdraw_where_the_tier_allows_it() -> None:
    everything = Request("a", 500, cancels=True)
    assert RateBudget("gold").ask(everything, 0) == [everything]
    standard = RateBudget("standard")
    assert standard.ask(everything, 0) == [everything]
    assert standard.ask(Request("a", 1, cancels=True), 1000) == []
    elite = RateBudget("elite", Ceiling(1000, 5000))
    assert elite.ask(Request("a", 2000, cancels=True), 0) == []


def test_the_smaller_of_tier_and_ceiling_binds_and_the_venue_is_believed() -> None:
    small = RateBudget("elite", Ceiling(1, 10))
    assert small.ask(Request("a", 8), 0) == [Request("a", 8)]
    assert small.ask(Request("a", 1), 999) == []
    assert small.release(1000) == [Request("a", 1)]
    assert RateBudget("nonsense").ask(Request("a", 48), 0) == [Request("a", 48)]
    budget = RateBudget()
    budget.told(0.0, 0, cancels=False)
    budget.told(-2.0, 0, cancels=True)
    assert budget.ask(Request("a", 1), 0) == []
    assert budget.ask(Request("a", 1, cancels=True), 0) == []
    budget.told(1000.0, 0, cancels=False)
    assert budget.use(0).orders == 1.0
    assert TIERS["standard"].orders_per_s == 40
