"""Wallets and transactions as rows. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from dashboard.answers.wallet import Pending, Transaction, Wallet
from dashboard.rows.columns import Row, number
from dashboard.words import NOTHING, clock, date


def balance_rows(wallet: Wallet) -> list[Row]:
    """One row an asset."""
    return [
        {"Asset": asset, "Amount": f"{amount:,f}"}
        for asset, amount in sorted(wallet.balances.items())
    ]


def pending_rows(pending: Sequence[Pending]) -> list[Row]:
    """One row a transaction under way, in the order of their nonces."""
    return [
        {
            "Nonce": str(each.nonce),
            "Kind": each.kind,
            "State": "mined, not final" if each.mined else "sent",
            "Since": clock(each.since),
            "Attempt": str(each.attempt),
            "Hash": each.hash,
        }
        for each in sorted(pending, key=lambda each: each.nonce)
    ]


def transaction_rows(ended: Sequence[Transaction]) -> list[Row]:
    """One row a settled transaction, the newest first."""
    return [
        {
            "Time": date(each.event_time),
            "Nonce": str(each.nonce),
            "Kind": each.kind,
            "Status": each.status,
            "Bot": number(each.bot_id) or "all",
            "Dollars": gas_dollars(each.cost_usd),
            "POL": f"{each.cost_pol:f}",
            "Attempt": str(each.attempt),
            "Block": str(each.block),
            "Hash": each.hash,
        }
        for each in ended
    ]


def gas_paid(wallet: Wallet) -> Decimal:
    """Dollars of gas so far, of all bots."""
    return sum(wallet.gas_usd.values(), Decimal(0))


def gas_dollars(value: Decimal | None) -> str:
    """Dollars of gas, which are parts of a cent."""
    return NOTHING if value is None else f"${value:,.4f}"
