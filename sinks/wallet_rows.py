"""What a wallet's messages tell the database. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from schemas.envelope import Message
from schemas.wallet import NO_BOT, TransactionEnded
from sinks.row_types import GAS, Row, TradeRow, TransactionRow


def wallet_rows(message: Message) -> Iterator[Row]:
    """The audit trail, and what a bot paid among its trades, so that its gas is summed there.

    Args:
        message: Any; only the end of a transaction tells rows.
    """
    if isinstance(message, TransactionEnded):
        yield from _rows_of_end(message)


def _rows_of_end(ended: TransactionEnded) -> Iterator[Row]:
    yield TransactionRow(
        wallet=ended.wallet,
        nonce=ended.nonce,
        ended_at=ended.event_time,
        began_at=ended.began_at,
        account_id=ended.account_id,
        job_id=ended.job_id,
        kind=ended.kind,
        bot_id=ended.bot_id,
        attempt=ended.attempt,
        hash=ended.hash,
        block=ended.block,
        status=ended.status,
        gas_used=ended.gas_used,
        gas_price=ended.gas_price,
        cost_pol=ended.cost_pol,
        cost_usd=ended.cost_usd,
    )
    if ended.bot_id == NO_BOT or not ended.cost_usd:
        return
    yield TradeRow(
        trade_id=ended.event_id,
        order_id="",
        executed_at=ended.event_time,
        account_id=ended.account_id,
        bot_id=ended.bot_id,
        venue_event_id="",
        market_id="",
        action=GAS,
        price=Decimal(0),
        size=Decimal(0),
        fee=Decimal(0),
        gas=ended.cost_usd,
        status_at=ended.event_time,
    )
