"""Wallets: hot balances and the cold one, gas, what is under way, and what is in doubt."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.wallet import Transaction, Wallet
from dashboard.panels.frame import api, fetch, head, listing
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.rows.wallet import (
    balance_rows,
    gas_dollars,
    gas_paid,
    pending_rows,
    transaction_rows,
)
from dashboard.words import NOTHING, money, percent, plain

PAPER = "paper"


@st.fragment(run_every="4s")
def wallets() -> None:
    """Every wallet and its settled transactions; with paper money there is none."""
    fetched = fetch("wallets", lambda: api().get("/wallet/balance", Answer[list[Wallet]]))
    answer = fetched.answer
    if answer is not None and answer.money == PAPER and not answer.data:
        st.subheader(say("wallet.title"), anchor=False)
        st.caption(say("wallet.paper"))
        return
    head(say("wallet.title"), fetched)
    if answer is None or not answer.as_of:
        return
    if not answer.data:
        st.info(say("wallet.none"))
        return
    for each in answer.data:
        _one(each, stale=answer.stale)
    listing(
        say("wallet.settled"),
        "wallet-transactions",
        lambda: api().get("/wallet/transactions", Answer[list[Transaction]], limit=50),
        lambda found: transaction_rows(found.data),
        none=say("wallet.settled.none"),
        alt=say("wallet.settled"),
        span=say("commands.span"),
    )


def _one(wallet: Wallet, *, stale: bool) -> None:
    st.markdown(f"`{wallet.wallet}`")
    if wallet.doubt:
        st.error(say("wallet.doubt", why=wallet.doubt), icon=":material/gpp_maybe:")
    if wallet.advice:
        st.warning(plain(wallet.advice), icon=":material/move_down:")
    grid = st.grid("auto", min_column_width=150, gap="small", key=f"wallet-{wallet.wallet}")
    for label, value in cards(wallet):
        grid.metric(label, f":gray[{value}]" if stale else value, border=True)
    table(
        balance_rows(wallet),
        key=f"balances-{wallet.wallet}",
        stale=stale,
        alt=say("wallet.balances"),
    )
    if wallet.pending:
        st.markdown(f"**{say('wallet.pending')}**")
        rows = pending_rows(wallet.pending)
        table(rows, key=f"pending-{wallet.wallet}", stale=stale, alt=say("wallet.pending"))


def cards(wallet: Wallet) -> tuple[tuple[str, str], ...]:
    """The figures beside the balances."""
    gas = NOTHING if wallet.gas_gwei is None else f"{wallet.gas_gwei:.1f} gwei"
    return (
        (say("wallet.share"), percent(wallet.share)),
        (say("wallet.cold"), money(wallet.cold)),
        (say("wallet.gas"), gas),
        (say("wallet.paid"), gas_dollars(gas_paid(wallet))),
        (say("wallet.freed"), money(wallet.freed)),
        (say("wallet.waiting"), f"{len(wallet.pending)} / {wallet.queued}"),
    )
