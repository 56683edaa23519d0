from decimal import Decimal

import msgspec
import pytest

from schemas.envelope import Message
from schemas.values import Side
from schemas.wallet import NO_BOT
from sinks.intake import SINK_TOPICS
from sinks.row_types import (
    DecisionRow,
    OrderRow,
    Row,
    SnapshotRow,
    TradeRow,
    TransactionRow,
)
from sinks.rows import rows_of
from sinks.tables import TABLES
from tests.sinks import messages
from topics.catalog import TOPICS

NO_ROWS = {
    "CancelOrder",
    "CommandApplied",
    "CancelRefused",
    "PositionOpened",
    "SendTransaction",
    "JobEnded",
    "JobRequested",
    "WalletBalanceLow",
    "GasSpikeDetected",
}
"""Messages that say nothing which another row does not say."""


def only(message: Message) -> Row:
    (row,) = rows_of(message)
    return row


def test_every_message_of_the_sinks_topics_tells_rows_or_is_known_to_tell_none() -> None:
    told = {type(message).__name__ for message in messages.day()}
    carried = {kind.__name__ for topic in SINK_TOPICS for kind in topic.messages}
    assert carried - told == NO_ROWS
    assert all(rows_of(message) for message in messages.day())


def test_the_catalogue_says_that_the_sinks_read_these_topics() -> None:
    assert {t.name for t in SINK_TOPICS} <= {t.name for t in TOPICS if "sinks" in t.read_by}


def test_a_row_has_a_value_for_every_column_of_its_table() -> None:
    rows = [row for message in messages.day() for row in rows_of(message)]
    assert {type(row) for row in rows} == set(TABLES)
    for row in rows:
        table = TABLES[type(row)]
        assert len(row) == len(table.columns) == len(table.types)
        assert all(row[place] is not None for place in table.key_places)


def test_an_order_is_keyed_by_when_it_was_decided() -> None:
    what = messages.order("o", ordered=7)
    times = {
        row.created_at
        for message in (messages.placed(what), messages.fill(what, 50, "1", "1"))
        for row in rows_of(message)
        if isinstance(row, OrderRow)
    }
    assert times == {messages.T0 + 7}


def test_without_a_decision_time_the_message_gives_it() -> None:
    row = only(messages.placed(messages.order("o", ordered=-1), 20))
    assert isinstance(row, OrderRow)
    assert row.created_at == messages.T0 + 20


@pytest.mark.parametrize(
    ("side", "mid", "dollars"),
    [
        (Side.YES, "0.5", Decimal("-0.20")),
        (Side.NO, "0.5", Decimal("-0.20")),
        (Side.NO, "0.6", Decimal("0.20")),
        (Side.YES, None, None),
    ],
)
def test_slippage_is_the_cost_against_the_mid_of_the_traded_token(
    side: Side, mid: str | None, dollars: Decimal | None
) -> None:
    # 4 shares bought at 0.45.
    rows = rows_of(messages.fill(messages.order(), 40, "4", "4", mid=mid, side=side))
    (trade,) = [row for row in rows if isinstance(row, TradeRow)]
    assert trade.slippage == dollars


def test_merged_pairs_are_a_trade_without_an_order() -> None:
    row = only(messages.merged_pairs(0))
    assert isinstance(row, TradeRow)
    assert (row.action, row.order_id, row.size, row.price) == ("MERGE", "", Decimal(5), Decimal(1))
    assert row.gas == Decimal("0.02")


def test_split_pairs_and_rebates_are_rows_without_an_order_too() -> None:
    split, paid = only(messages.pairs_split(0)), only(messages.rebate_paid(0))
    assert isinstance(split, TradeRow)
    assert isinstance(paid, TradeRow)
    assert (split.action, split.order_id, split.size, split.gas) == (
        "SPLIT",
        "",
        Decimal(5),
        Decimal("0.02"),
    )
    assert (paid.action, paid.size, paid.gas) == ("REBATE", Decimal("1.25"), Decimal(0))


def test_a_split_has_its_verdict() -> None:
    yes, no = only(messages.split_approved(0)), only(messages.split_denied(0))
    assert isinstance(yes, DecisionRow)
    assert isinstance(no, DecisionRow)
    assert (yes.subject, yes.verdict, yes.code) == ("SPLIT", "APPROVED", None)
    assert (no.verdict, no.code, no.rule) == ("DENIED", "INSUFFICIENT_BALANCE", "cash")


def test_a_verdict_on_a_bundle_is_a_row_per_leg() -> None:
    rows = rows_of(messages.approved(messages.order("a"), messages.order("b")))
    assert [row.leg for row in rows if isinstance(row, DecisionRow)] == [0, 1]
    assert len({row[TABLES[DecisionRow].key_places[0]] for row in rows}) == 1


def test_a_denial_keeps_rule_limit_and_value() -> None:
    row = only(messages.denied(messages.order()))
    assert isinstance(row, DecisionRow)
    assert (row.verdict, row.code, row.limit_value, row.value) == (
        "DENIED",
        "NO_EDGE",
        "0.005",
        "0.002",
    )


@pytest.mark.parametrize(("snapshot_ms", "start"), [(1000, 1000), (250, 1750), (5000, 0)])
def test_a_snapshot_is_keyed_by_the_start_of_its_interval(snapshot_ms: int, start: int) -> None:
    (row,) = rows_of(messages.top(1999), snapshot_ms)
    assert isinstance(row, SnapshotRow)
    assert (row.ts, row.observed_at) == (messages.T0 + start, messages.T0 + 1999)


@pytest.mark.parametrize(("bid", "ask"), [(None, "0.51"), ("0.49", None), (None, None)])
def test_a_one_sided_book_has_no_mid(bid: str | None, ask: str | None) -> None:
    row = only(messages.top(0, bid, ask))
    assert isinstance(row, SnapshotRow)
    assert row.mid is None


def test_a_bid_of_zero_is_a_price() -> None:
    row = only(messages.top(0, "0", "0.02"))
    assert isinstance(row, SnapshotRow)
    assert row.mid == Decimal("0.01")


def test_features_and_affected_bots_are_json() -> None:
    signal, trip = only(messages.signal(0)), only(messages.breaches(0)[1])
    assert msgspec.json.decode(str(signal[TABLES[type(signal)].columns.index("features")])) == {
        "toxicity": 0.125
    }
    assert msgspec.json.decode(str(trip[TABLES[type(trip)].columns.index("affected")])) == [
        "bot_05"
    ]


def test_a_conversion_is_a_row_without_an_order_and_has_its_verdict() -> None:
    done = only(messages.positions_converted(0))
    assert isinstance(done, TradeRow)
    assert (done.action, done.order_id, done.price, done.size, done.gas) == (
        "CONVERT",
        "",
        Decimal(1),
        Decimal(7),
        Decimal("0.03"),
    )
    yes, no = only(messages.convert_approved(0)), only(messages.convert_denied(0))
    assert isinstance(yes, DecisionRow)
    assert isinstance(no, DecisionRow)
    assert (yes.subject, yes.verdict, yes.size) == ("CONVERT", "APPROVED", Decimal(7))
    assert (no.subject, no.verdict, no.rule) == ("CONVERT", "DENIED", "free")


def test_a_bots_gas_stands_among_its_trades_and_nobodys_does_not() -> None:
    kept, paid = rows_of(messages.transaction(5, "0.01"))
    assert isinstance(kept, TransactionRow)
    assert isinstance(paid, TradeRow)
    assert (kept.nonce, kept.cost_usd, paid.action) == (3, Decimal("0.01"), "GAS")
    assert (paid.bot_id, paid.gas, paid.size) == (kept.bot_id, Decimal("0.01"), Decimal(0))
    for without in (messages.transaction(5, None), messages.transaction(5, "1", NO_BOT)):
        assert [type(row) for row in rows_of(without)] == [TransactionRow]
