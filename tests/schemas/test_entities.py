"""The mission's entities carry the fields it names."""

from decimal import Decimal

import msgspec
import pytest

from schemas import entities
from schemas.values import OrderStatus, Zone
from tests.sinks import messages

FIELDS = {
    entities.Bot: "bot_id strategy_type state config capital_allocated created_at",
    entities.Order: "order_id bot_id market_id side size price zone status timestamp",
    entities.Position: (
        "position_id bot_id order_id market_id side entry_price current_price pnl zone opened_at"
    ),
    entities.Market: "market_id question outcomes liquidity volume created_at resolves_at",
    entities.Trade: ("trade_id order_id executed_price executed_size fees_paid slippage timestamp"),
    entities.Wallet: "address balances nonce last_sync_at",
}
"""MISSION.md, vocabulary."""


@pytest.mark.parametrize("entity", FIELDS)
def test_the_fields_are_the_missions(entity: type[msgspec.Struct]) -> None:
    assert " ".join(entity.__struct_fields__) == FIELDS[entity]


def test_an_order_keeps_what_was_decided_and_what_became_of_it() -> None:
    decided = messages.order("o1")
    order = entities.Order.of(decided, Zone.ZONE_3, OrderStatus.FILLED)
    assert (order.order_id, order.price, order.size) == ("o1", decided.price, decided.size)
    assert (order.zone, order.status) == (Zone.ZONE_3, OrderStatus.FILLED)


def test_a_position_adds_realised_and_unrealised() -> None:
    state = messages.position(60, "10")
    position = entities.Position.of(state)
    assert position.pnl == state.realised_pnl + state.unrealised_pnl
    assert (position.current_price, position.order_id) == (state.mark, None)


def test_a_market_and_a_trade_come_from_their_messages() -> None:
    listed = messages.listed(0).market
    assert entities.Market.of(listed).volume == listed.volume_24h
    fill = messages.fill(messages.order("o1"), 40, "4", "4")
    trade = entities.Trade.of(fill, Decimal("0.01"))
    assert (trade.executed_size, trade.fees_paid) == (Decimal(4), fill.fee)
