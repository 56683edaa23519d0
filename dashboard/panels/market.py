"""One market as we are in it: price with our fills, book with our orders, and closing out."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.markets import Book, PriceBar
from dashboard.answers.overview import CommandResult, Position
from dashboard.answers.risk import Ticket
from dashboard.answers.trading import Listed, Trade
from dashboard.charts.market import depth_chart, price_chart
from dashboard.client import ApiError, part
from dashboard.panels.chosen import linked, markets
from dashboard.panels.frame import api, chart, fetch, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.panels.typed import Flags
from dashboard.rows.columns import number
from dashboard.rows.trading import ladder_rows
from dashboard.words import age, cents, money, plain, shares, signed_money

FLAGS = Flags("close-asked", "close-result")


def choose_position(bot_id: str) -> Position | None:
    """The position to look at; in the address."""
    answer = fetch(
        f"holdings-{bot_id}",
        lambda: api().get("/positions", Answer[list[Position]], bot_id=bot_id),
    ).answer
    if answer is None or not answer.data:
        return None
    by_id = {each.position_id: each for each in answer.data}
    chosen = linked(
        say("market.choose"),
        list(by_id),
        lambda key: _named(by_id[key]) if key in by_id else key,
        "position",
    )
    return by_id.get(chosen)


@st.fragment(run_every="2s")
def position_detail(position: Position) -> None:
    """Figures of the position and the market's book with our own orders."""
    path = f"/positions/{part(position.position_id)}"
    answer = panel(
        say("market.title"),
        f"position-{position.position_id}",
        lambda: api().get(path, Answer[Position]),
    )
    if answer is None or not answer.as_of:
        return
    now = answer.data
    st.markdown(f"**{plain(now.question)}**")
    grid = st.grid("auto", min_column_width=130, gap="small", key="position-cards")
    cards = (
        (say("market.holding", side=now.side), shares(now.size)),
        (say("market.entry"), cents(now.entry_price)),
        (say("market.exit"), cents(now.mark)),
        (say("market.unrealised"), signed_money(now.unrealised_pnl)),
        (say("market.loss"), money(now.size * now.entry_price)),
        (say("market.held"), age(max(0, answer.as_of - now.opened_at) / 1000)),
        (say("market.ends"), age(_left_s(now.market_id, answer.as_of))),
    )
    for label, value in cards:
        grid.metric(label, f":gray[{value}]" if answer.stale else value, border=True)
    _closing(now)


@st.fragment(run_every="2s")
def book(market_id: str) -> None:
    """The book's depth; our resting orders are marked."""
    answer = panel(
        say("market.book"),
        f"book-{market_id}",
        lambda: api().get(f"/markets/{part(market_id)}/book", Answer[Book]),
    )
    if answer is None or not answer.as_of:
        return
    found = answer.data
    if not found.bids and not found.asks:
        st.info(say("market.book.none"))
        return
    if max(len(found.bids), len(found.asks)) > 1:
        names = (say("market.bids"), say("market.asks"), say("market.ours"))
        chart(depth_chart(found, names), key="depth", alt=say("market.book"), stale=answer.stale)
    rows = ladder_rows(found)
    table(rows, key="ladder", stale=answer.stale, alt=say("market.ladder"))
    trust = found.top.trust if found.top else "unknown"
    st.caption(say("market.book.note", trust=trust, tick=cents(found.tick), depth=found.depth))


@st.fragment(run_every="10s")
def prices(market_id: str, hours: float) -> None:
    """The mid over time with our buys and sells."""
    answer = panel(
        say("market.prices"),
        f"prices-{market_id}",
        lambda: api().get(
            f"/markets/{part(market_id)}/prices", Answer[list[PriceBar]], hours=hours
        ),
    )
    if answer is None or not answer.as_of:
        return
    if not answer.data:
        st.info(say("market.prices.none"))
        return
    trades = fetch(
        f"trades-{market_id}",
        lambda: api().get(
            "/trades", Answer[Listed[Trade]], market_id=market_id, hours=hours, limit=500
        ),
    ).answer
    fills = trades.data.items if trades else []
    names = (say("market.mid"), say("market.bought"), say("market.sold"))
    option = price_chart(answer.data, [each for each in fills if each.side], names)
    chart(option, key="prices", alt=say("market.prices"), stale=answer.stale)


def close(position: Position, reason: str) -> CommandResult:
    """Offer what is held; the gate's verdict as a command's fate."""
    path = f"/positions/{part(position.position_id)}/close"
    ticket = api().send("POST", path, Ticket, {"reason": reason})
    judged = ticket.judgement
    if judged.accepted:
        detail = say(
            "market.close.placed",
            size=shares(ticket.size),
            price=cents(ticket.price),
            order=ticket.order_id,
        )
    else:
        detail = say(
            "market.close.denied", rule=judged.rule, limit=judged.limit, value=judged.value
        )
    return CommandResult(ticket.order_id, "close", position.bot_id, judged.accepted, detail)


def _closing(position: Position) -> None:
    """Two clicks: closing lessens risk, and it is passive."""
    if st.button(say("market.close"), key="close-position", icon=":material/logout:"):
        st.session_state[FLAGS.asked] = position.position_id
    if st.session_state.get(FLAGS.asked) != position.position_id:
        return

    @st.dialog(say("market.close"), on_dismiss=FLAGS.dismiss)
    def opened() -> None:
        result: CommandResult | None = st.session_state.get(FLAGS.result)
        if result is None:
            st.write(
                say(
                    "market.close.effect",
                    size=shares(position.size),
                    side=position.side,
                    bid=cents(position.mark),
                )
            )
            if st.button(say("market.close.now"), type="primary", key="close-confirm"):
                _press(position)
            return
        (st.success if result.accepted else st.error)(result.detail)
        if st.button(say("dialog.close"), key="close-close"):
            FLAGS.dismiss()
            st.rerun()

    opened()


def _left_s(market_id: str, now: int) -> float | None:
    """Seconds until a market is expected to resolve; None when nobody says when."""
    ends = next((each.resolves_at for each in markets() if each.market_id == market_id), None)
    return None if ends is None else max(0, ends - now) / 1000


def _press(position: Position) -> None:
    try:
        st.session_state[FLAGS.result] = close(position, "dashboard")
    except ApiError as error:
        st.error(str(error))
        return
    st.rerun()


def _named(position: Position) -> str:
    return f"{number(position.bot_id)} {position.side} · {position.question}"
