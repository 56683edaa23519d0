"""Drives a gate with the shipped configuration and sorts what it says."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from agents.stages.base import Emit
from agents.stages.gate import GateStage
from agents.stages.gate_rules import GateRules, gate_rules
from configs.paper import load_paper
from configs.profiles import load_profiles
from configs.risk import load_risk
from configs.rules import load_rules
from schemas.control import Verb
from schemas.envelope import Message
from schemas.ids import BotId, OrderId
from schemas.trading import (
    BundleIntent,
    CancelOrder,
    IntentApproved,
    IntentDenied,
    Order,
    PlaceIntent,
    Stamp,
)
from schemas.values import MarketStatus, Money, Trust
from tests.streams.account_messages import ACCOUNT, BOT_1, BOT_5, T0, Stream, a_market
from topics.catalog import DECISIONS, TopicSpec

M = TypeVar("M", bound=Message)


def shipped_rules(money: Money = Money.PAPER) -> GateRules:
    return gate_rules(load_risk(), load_rules(), load_profiles(), load_paper(), money)


RULES = shipped_rules()


class Gate:
    """A gate with one market, bots 1 and 5 active with 10000 dollars each, and a clock."""

    def __init__(
        self,
        *,
        capital: str = "10000",
        bots: Sequence[BotId] = (BOT_1, BOT_5),
        rules: GateRules = RULES,
        shards: int = 1,
    ) -> None:
        self.stream = Stream()
        self.at = 0
        self.stage = GateStage(ACCOUNT, rules, bots, shards)
        self.said: list[Emit] = []
        self.feed(self.stream.listed(0, a_market()))
        for bot in bots:
            self.feed(self.stream.capital(0, bot, capital))
            self.feed(self.stream.command(0, Verb.START, bot))
        self.said.clear()

    def feed(self, *messages: Message) -> list[Emit]:
        emits: list[Emit] = []
        for message in messages:
            self.at = max(self.at, message.ingest_time - T0)
            emits.extend(self.stage.apply(message))
        self.said.extend(emits)
        return emits

    def stamp(
        self,
        bid: str | None = "0.44",
        ask: str | None = "0.48",
        *,
        tick: str = "0.01",
        trust: Trust = Trust.CONSISTENT,
        status: MarketStatus = MarketStatus.ACTIVE,
        heard: int = 0,
        lag: int = 0,
        age: int = 0,
        equity: str = "10000",
        multiplier: str = "0.25",
    ) -> Stamp:
        now = T0 + self.at
        return Stamp(
            book_event_id="b",
            bid=None if bid is None else Decimal(bid),
            bid_size=Decimal(300),
            ask=None if ask is None else Decimal(ask),
            ask_size=Decimal(100),
            tick=Decimal(tick),
            min_size=Decimal(5),
            status=status,
            trust=trust,
            heard_at=now - age - heard,
            lag_ms=lag,
            decided_at=now - age,
            equity=Decimal(equity),
            sizing_lambda=Decimal(multiplier),
        )

    def place(
        self, order: Order, stamp: Stamp | None = None, replaces: OrderId | None = None
    ) -> list[Emit]:
        return self.feed(self.intent(order, stamp, replaces))

    def intent(
        self, order: Order, stamp: Stamp | None = None, replaces: OrderId | None = None
    ) -> PlaceIntent:
        return PlaceIntent(
            **self.stream.head(self.at),
            bot_id=order.bot_id,
            order=order,
            stamp=self.stamp() if stamp is None else stamp,
            replaces=replaces,
        )

    def bundle(self, *orders: Order, stamp: Stamp | None = None) -> list[Emit]:
        return self.feed(self.bundle_intent(*orders, stamp=stamp))

    def bundle_intent(self, *orders: Order, stamp: Stamp | None = None) -> BundleIntent:
        return BundleIntent(
            **self.stream.head(self.at),
            bot_id=orders[0].bot_id,
            bundle_id=orders[0].bundle_id,
            orders=orders,
            stamps=tuple(self.stamp() if stamp is None else stamp for _ in orders),
        )

    def hold(self, order: Order) -> None:
        """Give the bot what an order of it would have bought."""
        self.feed(self.stream.fill(self.at, order))


def of_type(emits: Sequence[Emit], kind: type[M], topic: TopicSpec = DECISIONS) -> list[M]:
    return [e.message for e in emits if isinstance(e.message, kind) and e.topic is topic]


def approved(emits: Sequence[Emit]) -> IntentApproved:
    found = of_type(emits, IntentApproved)
    assert len(found) == 1, verdicts(emits)
    return found[0]


def denied(emits: Sequence[Emit]) -> IntentDenied:
    found = of_type(emits, IntentDenied)
    assert len(found) == 1, verdicts(emits)
    return found[0]


def verdicts(emits: Sequence[Emit]) -> list[str]:
    """For messages of failing assertions."""
    return [f"{type(e.message).__name__} {e.topic.name}" for e in emits] + [
        f"{d.code}: {d.rule} {d.limit} {d.value}" for d in of_type(emits, IntentDenied)
    ]


def cancels(emits: Sequence[Emit]) -> list[OrderId]:
    return [cancel.order_id for cancel in of_type(emits, CancelOrder)]
