"""Own orders made by hand."""

from decimal import Decimal

from agents.bots.view import OwnOrder, Phase
from schemas.ids import OrderId
from schemas.trading import Order
from schemas.values import Action, IntentKind, Side
from tests.agents.tape import ACCOUNT, BOT_5, market

MARKET = market()


def order(
    side: Side = Side.YES,
    action: Action = Action.BUY,
    price: str = "0.48",
    size: str = "100",
    kind: IntentKind = IntentKind.MM,
    name: str = "order-1",
    bundle_id: str = "",
) -> Order:
    return Order(
        order_id=OrderId(name),
        bot_id=BOT_5,
        account_id=ACCOUNT,
        venue_event_id=MARKET.venue_event_id,
        market_id=MARKET.market_id,
        token_id=MARKET.token(side),
        side=side,
        action=action,
        price=Decimal(price),
        size=Decimal(size),
        kind=kind,
        bundle_id=bundle_id,
    )


def own_order(
    side: Side = Side.YES,
    action: Action = Action.BUY,
    price: str = "0.48",
    size: str = "100",
    kind: IntentKind = IntentKind.MM,
    name: str = "order-1",
    bundle_id: str = "",
    phase: Phase = Phase.RESTING,
    rested_at: int | None = None,
    filled: Decimal = Decimal(0),
) -> OwnOrder:
    return OwnOrder(
        order=order(side, action, price, size, kind, name, bundle_id),
        intent_id="intent-1",
        asked_at=0 if rested_at is None else rested_at,
        phase=phase,
        rested_at=rested_at,
        filled=filled,
    )
