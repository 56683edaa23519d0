"""What operators ask for: sent, and answered with what the risk gate made of it."""

import asyncio
import time
from decimal import Decimal
from typing import Annotated

import structlog
from fastapi import Depends, Header, Request

from agents.stages.gate_judge import Judgement
from api.callers import asked_by
from api.command_models import JudgementView, OrderTicketView
from api.commands import POLL_S, applied, judged
from api.configuration import Content, message_of
from api.context import Context, context_of
from api.models import CommandView
from schemas.control import Verb
from schemas.ids import AccountId, BotId, OrderId, VenueEventId
from schemas.market import Market
from schemas.trading import IntentApproved, IntentDenied, Order
from schemas.values import Action, IntentKind, OrderStatus, Side, TimeInForce
from topics.partition import shard_of

log = structlog.get_logger(__name__)

ANSWER_S = 5.0
KEY_HEADER = "Idempotency-Key"
Key = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        max_length=128,
        pattern=r"^[\x21-\x7e]+$",
        description="Sent again with the same key, nothing is done twice.",
    ),
]


class Operator:
    """Sends commands and orders for whoever asks."""

    def __init__(
        self,
        request: Request,
        context: Annotated[Context, Depends(context_of)],
        key: Key = None,
    ) -> None:
        """Take the request's caller and the app's parts."""
        self._by = asked_by(request)
        self._context = context
        self._key = key or ""

    async def send(
        self, verb: Verb, bot_id: BotId | None, reason: str, confirms: str = ""
    ) -> CommandView:
        """Send a command and wait for the gate's answer.

        Raises:
            LogAwayError: It could not be written.
            GateSilentError: It is written, and not answered yet.
        """
        commander, state = self._context.commander, self._context.state
        sent = await commander.send(verb, bot_id, reason, self._by, confirms, self._key)
        log.info("command-sent", command_id=sent.event_id, verb=verb, bot_id=bot_id, by=self._by)
        answer = await applied(state, sent, ANSWER_S)
        return CommandView(
            command_id=sent.event_id,
            verb=verb,
            bot_id=bot_id,
            accepted=answer.accepted,
            detail=answer.detail,
        )

    async def configure(
        self, content: Content, before: Content, reason: str, bot_id: BotId | None = None
    ) -> CommandView:
        """Send a configuration and wait until the gate has taken it over, or refused it.

        Args:
            content: What shall be in force.
            before: What it was made from.
            reason: Kept with it.
            bot_id: The bot it is about, if it is about one.

        Raises:
            LogAwayError: It could not be written.
            GateSilentError: It is written, and not answered yet.
        """
        context = self._context
        wanted = message_of(
            content,
            AccountId(context.settings.account),
            self._by,
            reason,
            now=context.clock.now_ms(),
            base=before.fingerprint if context.state.configuration.current else "",
        )
        await context.commander.configure(wanted)
        log.info("configuration-sent", command_id=wanted.event_id, by=self._by, reason=reason)
        answer = await applied(context.state, wanted, ANSWER_S)
        return CommandView(
            command_id=wanted.event_id,
            verb="configure",
            bot_id=bot_id,
            accepted=answer.accepted,
            detail=answer.detail,
        )

    def order(
        self,
        market: Market,
        bot_id: BotId,
        *,
        side: Side,
        action: Action,
        price: Decimal,
        size: Decimal,
        kind: IntentKind,
        time_in_force: TimeInForce = TimeInForce.GTC,
        ttl_s: int = 0,
        fair_value: Decimal | None = None,
        edge: Decimal | None = None,
    ) -> Order:
        """An order as the operator wants it; see `OrderEntry.order`."""
        return self._context.entry.order(
            market,
            bot_id,
            side=side,
            action=action,
            price=price,
            size=size,
            kind=kind,
            time_in_force=time_in_force,
            ttl_s=ttl_s,
            now=self._context.clock.now_ms(),
            key=self._key or str(time.time_ns()),
            fair_value=fair_value,
            edge=edge,
        )

    async def place(self, market: Market, order: Order) -> OrderTicketView:
        """Send an order and wait for the gate's verdict.

        Raises:
            ApiError: There is no book to rest on.
            LogAwayError: It could not be written.
            GateSilentError: It is written, and not judged yet.
        """
        context = self._context
        intent = context.entry.intent(order, context.entry.stamp(market, order), self._by)
        if intent.event_id not in context.state.orders.verdicts:
            await context.commander.intend(intent, self._shard(market.venue_event_id))
        verdict = await judged(context.state, intent, ANSWER_S)
        return OrderTicketView(
            order_id=order.order_id,
            intent_id=intent.event_id,
            judgement=_verdict_view(verdict),
            price=order.price,
            size=order.size,
        )

    async def cancel(self, order_id: OrderId, reason: str) -> None:
        """Send the cancel of an order that rests.

        Raises:
            LogAwayError: It could not be written.
        """
        context = self._context
        order = context.state.orders.resting[order_id].order
        cancel = context.entry.cancel(order, reason, self._by, context.clock.now_ms())
        await context.commander.cancel(cancel, self._shard(order.venue_event_id))

    async def ended(self, order_id: OrderId) -> tuple[OrderStatus, int]:
        """What ended an order, waited for as long as for any answer; PENDING while it rests."""
        ends, deadline = self._context.state.orders.ends, time.monotonic() + ANSWER_S
        while (end := ends.get(order_id)) is None:
            if time.monotonic() > deadline:
                return OrderStatus.PENDING, 0
            await asyncio.sleep(POLL_S)
        return end

    async def what_if(self, market: Market, order: Order) -> tuple[JudgementView, int]:
        """What the gate would say of an order, and of which session time its state is.

        Raises:
            ApiError: There is no book to rest on.
            InfrastructureError: The gate's state cannot be read.
        """
        context = self._context
        stamp = context.entry.stamp(market, order)
        checked = await context.gate_checks.check(order, stamp)
        return judgement_view(checked.judgement), checked.as_of

    def _shard(self, venue_event_id: VenueEventId) -> int:
        return shard_of(venue_event_id, self._context.settings.shards)


def judgement_view(judgement: Judgement) -> JudgementView:
    """A judgement of the gate as the API shows it."""
    denial = judgement.denial
    if denial is not None:
        return JudgementView(
            accepted=False,
            code=denial.code,
            rule=denial.rule,
            limit=denial.limit,
            value=denial.value,
            kind=None,
            zone=None,
        )
    accepted = judgement.accepted[0]
    return JudgementView(
        accepted=True,
        code=None,
        rule="",
        limit="",
        value="",
        kind=accepted.kind,
        zone=accepted.zone,
    )


def _verdict_view(verdict: IntentApproved | IntentDenied) -> JudgementView:
    if isinstance(verdict, IntentDenied):
        return JudgementView(
            accepted=False,
            code=verdict.code,
            rule=verdict.rule,
            limit=verdict.limit,
            value=verdict.value,
            kind=None,
            zone=None,
        )
    return JudgementView(
        accepted=True,
        code=None,
        rule="",
        limit="",
        value="",
        kind=verdict.kinds[0],
        zone=verdict.zones[0],
    )
