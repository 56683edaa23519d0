"""Wallets and their transactions, as the API answers."""

from decimal import Decimal

import msgspec


class Pending(msgspec.Struct, frozen=True):
    """A transaction under way."""

    nonce: int
    kind: str
    attempt: int
    hash: str
    since: int
    mined: bool


class Wallet(msgspec.Struct, frozen=True):
    """One hot wallet, and what is known of the cold one.

    Attributes:
        share: Part of all capital that is in it.
        cold: Dollars in the cold wallet, which no key here commands.
        advice: What to do about it; empty for nothing.
        doubt: Why nothing new is sent; empty when all is well.
        gas_usd: Dollars of gas by bot; empty serves all.
        freed: Dollars that merges and redemptions have freed.
    """

    wallet: str
    balances: dict[str, Decimal]
    nonce: int | None
    last_sync_at: int | None
    gas_gwei: Decimal | None
    band: str
    share: Decimal | None
    cold: Decimal
    advice: str
    doubt: str
    queued: int
    pending: list[Pending]
    gas_usd: dict[str, Decimal]
    freed: Decimal


class Transaction(msgspec.Struct, frozen=True):
    """How one nonce ended."""

    event_time: int
    nonce: int
    kind: str
    status: str
    bot_id: str
    hash: str
    block: int
    attempt: int
    cost_pol: Decimal
    cost_usd: Decimal | None
