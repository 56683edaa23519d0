"""Wallets on Settings: balances, gas, what is under way, and doubts that are not overlooked."""

import msgspec
from streamlit.testing.v1 import AppTest

from dashboard.answers.wallet import Transaction, Wallet
from dashboard.panels.wallet import cards
from dashboard.rows.wallet import balance_rows, gas_paid, pending_rows, transaction_rows
from tests.dashboard.fake_api import FakeApi, envelope
from tests.dashboard.figures import TRANSACTIONS, WALLETS
from tests.dashboard.test_pages import open_page, shown

WALLET = msgspec.convert(WALLETS[0], Wallet, strict=False)


def test_rows_keep_every_digit() -> None:
    assert balance_rows(WALLET) == [
        {"Asset": "POL", "Amount": "3.5"},
        {"Asset": "USDC.e", "Amount": "1,250.25"},
    ]
    assert str(gas_paid(WALLET)) == "0.0036"
    assert [row["State"] for row in pending_rows(WALLET.pending)] == ["sent"]
    ended = msgspec.convert(TRANSACTIONS, list[Transaction], strict=False)
    (row,) = transaction_rows(ended)
    assert (row["Bot"], row["Dollars"], row["POL"]) == ("01", "$0.0021", "0.004")
    unknown = msgspec.structs.replace(ended[0], cost_usd=None, bot_id="")
    (row,) = transaction_rows([unknown])
    assert (row["Bot"], row["Dollars"]) == ("all", "–")


def test_what_is_unknown_is_no_zero() -> None:
    unknown = msgspec.structs.replace(WALLET, share=None, gas_gwei=None)
    assert [value for _, value in cards(unknown)][:3] == ["–", "$8,750.00", "–"]


def test_a_wallet_is_shown_with_what_is_under_way(app: AppTest, fake: FakeApi) -> None:
    open_page(app, "settings")
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Of all capital"] == "12.00 %"
    assert figures["Gas paid"] == "$0.0036"
    assert figures["Under way / waiting"] == "1 / 1"
    tables = [table.value for table in app.dataframe]
    assert any("Nonce" in table and list(table["Nonce"]) == ["11"] for table in tables)
    assert any("POL" in table and list(table["POL"]) == ["0.004"] for table in tables)


def test_a_doubt_and_advice_stand_out(app: AppTest, fake: FakeApi) -> None:
    told = {"doubt": "The chain went back 3 blocks.", "advice": "Sweep $500 to the cold wallet."}
    fake.data["/wallet/balance"] = envelope([{**WALLETS[0], **told}])
    open_page(app, "settings")
    assert [e.value for e in app.error] == ["Nothing new is sent: The chain went back 3 blocks."]
    assert [each.value for each in app.warning] == ["Sweep \\$500 to the cold wallet."]


def test_paper_money_has_no_wallet_and_live_money_has_not_seen_one(
    app: AppTest, fake: FakeApi
) -> None:
    fake.data["/wallet/balance"] = envelope([])
    open_page(app, "settings")
    assert "None: paper money needs no wallet." in shown(app)
    fake.data["/wallet/balance"] = {**envelope([]), "money": "sandbox"}
    app.run()
    assert "None: no wallet was seen yet." in shown(app)
