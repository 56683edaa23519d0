"""Orders and executions, their latency, and why orders were refused."""

from decimal import Decimal

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.trading import DecisionCount, Listed, Order, Orders, Trade
from dashboard.charts.bars import Bars, bars, height, lying_bars
from dashboard.panels.chosen import questions, span
from dashboard.panels.frame import api, chart, listing, panel
from dashboard.panels.language import say
from dashboard.panels.picked import follow, remember, tracing
from dashboard.rows.trading import latency_ms, order_rows, trade_rows
from dashboard.words import counted, ms, percent

STATUSES = ("PENDING", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED")


def choose_status() -> str:
    """Which orders; in the address. The empty text is all."""
    chosen = st.selectbox(
        say("orders.status"),
        ["", *STATUSES],
        format_func=lambda each: each.replace("_", " ").lower() or say("orders.all"),
        key="status",
        bind="query-params",
    )
    return chosen or ""


@st.fragment(run_every="2s")
def orders(bot_id: str, status: str, hours: float) -> None:
    """One row an order, newest first, with its life; a click on one traces it."""
    follow()
    name = f"orders-{bot_id}-{status}"
    answer = listing(
        say("orders.title"),
        name,
        lambda: api().get(
            "/orders", Answer[Orders], bot_id=bot_id, status=status, hours=hours, limit=200
        ),
        lambda answer: order_rows(answer.data.orders, questions()),
        none=say("orders.none"),
        alt=say("orders.title"),
        span=span(hours),
        on_row=tracing(name),
    )
    if answer is not None and answer.data.orders:
        remember(name, [each.order_id for each in answer.data.orders])
        st.caption(say("trace.pick"))


@st.fragment(run_every="2s")
def executions(bot_id: str, hours: float) -> None:
    """One row an execution, and how much of it we made."""
    answer = listing(
        say("trades.title"),
        f"trades-{bot_id}",
        lambda: api().get("/trades", Answer[Listed[Trade]], bot_id=bot_id, hours=hours, limit=200),
        lambda found: trade_rows(found.data.items, questions()),
        none=say("trades.none"),
        alt=say("trades.title"),
        span=span(hours),
    )
    if answer is not None and answer.data.items:
        st.caption(maker_words(answer.data.items))


def maker_words(trades: list[Trade]) -> str:
    """Which share of the executions was ours to make, in words."""
    known = [each for each in trades if each.liquidity]
    if not known:
        return say("trades.maker.unknown")
    made = sum((each.liquidity or "").upper() == "MAKER" for each in known)
    return say("trades.maker", share=percent(Decimal(made) / len(known)), of=len(known))


@st.fragment(run_every="10s")
def latencies(bot_id: str, hours: float) -> None:
    """From the decision to the venue's acceptance: quantiles of the newest orders."""
    answer = panel(
        say("latency.title"),
        f"latency-{bot_id}",
        lambda: api().get("/orders", Answer[Orders], bot_id=bot_id, hours=hours, limit=500),
    )
    if answer is None or not answer.as_of:
        return
    placed = [each for each in answer.data.orders if each.placed_at is not None]
    if not placed:
        st.info(say("latency.none"))
        return
    grid = st.grid("auto", min_column_width=130, gap="small", key="latency-cards")
    for name, value in quantiles(placed).items():
        grid.metric(name, f":gray[{ms(value)}]" if answer.stale else ms(value), border=True)
    st.caption(say("latency.note", orders=counted(len(placed), "order")))


def quantiles(placed: list[Order]) -> dict[str, float]:
    """p50, p95 and p99 of the way to the venue, session milliseconds."""
    waits = sorted(latency_ms(each) for each in placed)
    return {
        name: waits[min(len(waits) - 1, int(part * len(waits)))]
        for name, part in (("p50", 0.50), ("p95", 0.95), ("p99", 0.99))
    }


@st.fragment(run_every="10s")
def rejections(bot_id: str, hours: float) -> None:
    """How often the gate said no, by reason."""
    answer = panel(
        say("rejections.title"),
        f"rejections-{bot_id}",
        lambda: api().get(
            "/decisions/counts", Answer[list[DecisionCount]], bot_id=bot_id, hours=hours
        ),
    )
    if answer is None or not answer.as_of:
        return
    counts: dict[str, int] = {}
    for each in answer.data:
        if each.verdict == "DENIED":
            counts[each.code or "unknown"] = counts.get(each.code or "unknown", 0) + each.count
    if not counts:
        st.info(say("why.denied.none"))
        return
    labels = sorted(counts, key=lambda code: -counts[code])
    values = [Decimal(counts[code]) for code in labels]
    option = lying_bars(labels, [Bars(say("rejections.title"), values)], form="%,d", unit="")
    alt = say("rejections.title")
    chart(option, key="rejections", alt=alt, height=height(len(labels)), stale=answer.stale)


@st.fragment(run_every="10s")
def slippage(bot_id: str, hours: float) -> None:
    """Dollars lost against the mid at the fills, by bot."""
    answer = panel(
        say("slippage.title"),
        f"slippage-{bot_id}",
        lambda: api().get("/trades", Answer[Listed[Trade]], bot_id=bot_id, hours=hours, limit=500),
    )
    if answer is None or not answer.as_of:
        return
    sums: dict[str, Decimal] = {}
    for each in answer.data.items:
        if each.slippage is not None:
            sums[each.bot_id] = sums.get(each.bot_id, Decimal(0)) + each.slippage
    if not sums:
        st.info(say("trades.none"))
        return
    labels = sorted(sums)
    option = bars(labels, [Bars(say("slippage.title"), [-sums[key] for key in labels])])
    chart(option, key="slippage", alt=say("slippage.title"), height=220, stale=answer.stale)
