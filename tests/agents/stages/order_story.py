"""The messages of one order's life, made by hand."""

from decimal import Decimal
from typing import TypedDict

from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId
from schemas.reasons import DenialCode
from schemas.trading import (
    Fill,
    IntentApproved,
    IntentDenied,
    Order,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
)
from schemas.values import OrderStatus
from tests.agents.tape import ACCOUNT, Tape

INTENT = "intent-1"


class Who(TypedDict):
    """What every order event repeats."""

    order_id: OrderId
    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    token_id: TokenId


class Story:
    """What gate and venue may say about an order."""

    def __init__(self, of: Order) -> None:
        self.of = of
        self.tape = Tape()
        self._who = Who(
            order_id=of.order_id,
            bot_id=of.bot_id,
            account_id=ACCOUNT,
            market_id=of.market_id,
            token_id=of.token_id,
        )

    def approved(self, cancel_first: str | None = None) -> IntentApproved:
        return IntentApproved(
            **self.tape.head(),
            intent_id=INTENT,
            bot_id=self.of.bot_id,
            account_id=ACCOUNT,
            orders=(self.of,),
            zones=(None,),
            kinds=(self.of.kind,),
            cancel_first=None if cancel_first is None else OrderId(cancel_first),
        )

    def denied(self) -> IntentDenied:
        return IntentDenied(
            **self.tape.head(),
            intent_id=INTENT,
            bot_id=self.of.bot_id,
            account_id=ACCOUNT,
            code=DenialCode.TRADE_RISK,
            rule="",
            limit="",
            value="",
            order=self.of,
        )

    def placed(self) -> OrderPlaced:
        return OrderPlaced(
            **self.tape.head(), **self._who, order=self.of, zone=None, kind=self.of.kind
        )

    def rejected(self) -> OrderRejected:
        return OrderRejected(
            **self.tape.head(), **self._who, order=self.of, reason=DenialCode.WOULD_CROSS
        )

    def canceled(self) -> OrderCanceled:
        return OrderCanceled(**self.tape.head(), **self._who, filled=Decimal(0), reason="asked")

    def expired(self) -> OrderExpired:
        return OrderExpired(**self.tape.head(), **self._who, filled=Decimal(0))

    def report(self, name: str) -> OrderPlaced | OrderRejected | OrderCanceled | OrderExpired:
        """What the venue says, by the name of the method here."""
        match name:
            case "placed":
                return self.placed()
            case "rejected":
                return self.rejected()
            case "canceled":
                return self.canceled()
            case _:
                return self.expired()

    def fill(self, size: str, cumulative: str) -> Fill:
        whole = Decimal(cumulative) == self.of.size
        return Fill(
            **self.tape.head(),
            **self._who,
            trade_id=f"trade-{cumulative}",
            venue_event_id=self.of.venue_event_id,
            side=self.of.side,
            action=self.of.action,
            kind=self.of.kind,
            price=self.of.price,
            size=Decimal(size),
            cumulative=Decimal(cumulative),
            fee=Decimal(0),
            status=OrderStatus.FILLED if whole else OrderStatus.PARTIALLY_FILLED,
            bundle_id=self.of.bundle_id,
        )
