"""Placing and cancelling: calls off the log, through the rate budget, to the venue and answered."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import NamedTuple

import structlog

from connectors.polymarket.failures import Reaction
from connectors.polymarket.gateway_facts import FactWriter
from connectors.polymarket.gateway_pace import Paced
from connectors.polymarket.gateway_words import (
    SHORTEST_WAIT_MS,
    Judged,
    judge_failure,
    judge_reply,
)
from connectors.polymarket.order_body import LARGEST_BATCH
from connectors.polymarket.order_form import OrderWriter
from connectors.polymarket.order_replies import UnexpectedReplyError
from connectors.polymarket.replies import Canceled
from connectors.polymarket.trading_rest import TradingRest
from connectors.polymarket.venue_http import (
    OutcomeUnknownError,
    VenueHttp,
    VenueRefusedError,
    VenueUnavailableError,
)
from connectors.polymarket.venue_watch import VenueWatch
from schemas.errors import InvalidOrderError
from schemas.venue import CancelOrders, Named, Placement, PlaceOrders, Verdict
from streams.rate_budget import Request

log = structlog.get_logger(__name__)

LATE_S = 5.0
"""An order is not sent so long after its call: whoever wrote the call may be replaced by then."""
RELEASE_S = 0.02
LATE = "not sent: its call was too old"


class _Order(NamedTuple):
    placement: Placement
    called_at: int


class _Cancel(NamedTuple):
    order: Named


class Sender:
    """Sends orders and cancels of one account.

    Attributes:
        sent: Orders sent.
        unknown: Orders whose outcome was unknown.
        stopped: Why no order is sent any more; empty while orders are.
        late: Orders that were not sent because their call was too old.
    """

    def __init__(
        self,
        rest: TradingRest,
        http: VenueHttp,
        writer: OrderWriter,
        paced: Paced[_Order | _Cancel],
        facts: FactWriter,
        watch: VenueWatch,
    ) -> None:
        """Take the way to the venue and the way back to the log.

        Args:
            rest: Private calls.
            http: Their host, which remembers the signer's bucket.
            writer: Makes orders' bytes.
            paced: The rate budget.
            facts: The way back.
            watch: Learns from replies what the venue allows; what it forbids is not sent.
        """
        self._rest = rest
        self._http = http
        self._writer = writer
        self._paced = paced
        self._facts = facts
        self._watch = watch
        self._tasks: set[asyncio.Task[None]] = set()
        self._cancels: dict[str, set[asyncio.Task[None]]] = {}
        self._closed = False
        self.stopped = ""
        self.sent = self.unknown = self.late = 0

    def place(self, call: PlaceOrders) -> None:
        """Queue the orders of a call."""
        now = self._facts.now_ms()
        due: list[_Order | _Cancel] = []
        for placement in call.placements:
            request = Request(placement.bot_id, 1, reduces=placement.reduces)
            due.extend(self._paced.add(request, _Order(placement, call.ingest_time), now))
        self._send(due)

    def cancel(self, call: CancelOrders) -> None:
        """Queue the cancels of a call; they overtake orders that wait."""
        now = self._facts.now_ms()
        due: list[_Order | _Cancel] = []
        for order in call.orders:
            request = Request(order.bot_id, 1, cancels=True)
            due.extend(self._paced.add(request, _Cancel(order), now))
        self._send(due)

    async def run(self) -> None:
        """Let go what waits as the budget fills; ends by cancellation."""
        while True:
            await asyncio.sleep(RELEASE_S)
            self._send(list(self._paced.release(self._facts.now_ms())))

    @property
    def refuses_opening(self) -> bool:
        """Whether opening orders are refused for now."""
        return bool(self.stopped or self._watch.forbids_opening)

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way or waits."""
        return bool(self._tasks) or self._paced.use(self._facts.now_ms()).waiting > 0

    async def close(self, timeout_s: float) -> None:
        """Send nothing more and wait for what is under way."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_s)

    def _send(self, items: Iterable[_Order | _Cancel]) -> None:
        cancels: list[Named] = []
        orders: list[_Order] = []
        for item in items:
            if isinstance(item, _Cancel):
                cancels.append(item.order)
            else:
                orders.append(item)
        if cancels:
            self._cancel(cancels)
        if orders and not self._closed:
            for start in range(0, len(orders), LARGEST_BATCH):
                _ = self._spawn(self._place(orders[start : start + LARGEST_BATCH]))

    def _cancel(self, orders: list[Named]) -> None:
        task = self._spawn(self._cancel_now(orders))
        for bot_id in dict.fromkeys(order.bot_id for order in orders):
            self._cancels.setdefault(bot_id, set()).add(task)
            task.add_done_callback(self._cancels[bot_id].discard)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # ------------------------------------------------------------------ orders

    async def _place(self, orders: Sequence[_Order]) -> None:
        """Send up to 15 orders, behind the cancels of the same bots, and answer each."""
        bots = dict.fromkeys(each.placement.bot_id for each in orders)
        ahead = {task for bot_id in bots for task in self._cancels.get(bot_id, ())}
        if ahead:
            await asyncio.wait(ahead, timeout=LATE_S)
        ready = [(each.placement, await self._body(each)) for each in orders]
        bodies = [(placement, body) for placement, body in ready if body is not None]
        if not bodies:
            return
        self.sent += len(bodies)
        judged = await self._judged(bodies)
        for (placement, _), verdict in zip(bodies, judged, strict=True):
            await self._answer(placement, verdict)

    async def _body(self, order: _Order) -> bytes | None:
        """The bytes to send; None where the order is not sent, which is answered."""
        placement = order.placement
        if self._facts.age_s(order.called_at) > LATE_S:
            self.late += 1
            await self._answer(placement, Judged(Verdict.WAIT, LATE, SHORTEST_WAIT_MS))
            return None
        stop = self.stopped
        if not (stop or placement.reduces):
            stop = self._watch.forbids_opening
        if stop:
            await self._answer(placement, Judged(Verdict.REFUSED, stop))
            return None
        try:
            return self._writer.body(placement.outgoing)
        except InvalidOrderError as error:
            await self._answer(placement, Judged(Verdict.REFUSED, str(error)))
            return None

    async def _judged(self, bodies: Sequence[tuple[Placement, bytes]]) -> list[Judged]:
        """Send, and what the reply means for each order."""
        try:
            if len(bodies) == 1:
                replies = [await self._rest.place(bodies[0][1])]
            else:
                replies = await self._rest.place_batch([body for _, body in bodies])
        except VenueUnavailableError:
            one = Judged(Verdict.WAIT, "no connection", SHORTEST_WAIT_MS)
        except (OutcomeUnknownError, UnexpectedReplyError) as error:
            one = Judged(Verdict.UNKNOWN, str(error))
        except VenueRefusedError as error:
            one = judge_failure(error.failure)
            self._watch.failed(error.failure, self._facts.now_ms())
        else:
            self._watch.answered(self._http.rate, self._facts.now_ms())
            return [
                judge_reply(reply, placement.outgoing.venue_order_id)
                for reply, (placement, _) in zip(replies, bodies, strict=True)
            ]
        return [one] * len(bodies)

    async def _answer(self, placement: Placement, judged: Judged) -> None:
        self.unknown += judged.verdict is Verdict.UNKNOWN
        if judged.reaction is Reaction.STOP_SIGNING and not self.stopped:
            self.stopped = f"the venue does not take our orders: {judged.reason}"
            log.critical("orders-stopped", reason=self.stopped)
        self._told_budget()
        await self._facts.answered(placement, judged)

    # ------------------------------------------------------------------ cancels

    async def _cancel_now(self, orders: Sequence[Named]) -> None:
        try:
            done = await self._rest.cancel_many([order.venue_order_id for order in orders])
        except (
            VenueUnavailableError,
            OutcomeUnknownError,
            UnexpectedReplyError,
            VenueRefusedError,
        ) as error:
            for order in orders:
                await self._facts.cancel_answered(order, Verdict.UNKNOWN, str(error))
            return
        for order in orders:
            await self._facts.cancel_answered(order, *_canceled(done, order.venue_order_id))
        self._told_budget()

    def _told_budget(self) -> None:
        rate = self._http.rate
        if rate is not None and rate.tier is not None:
            self._paced.budget.set_tier(rate.tier)


def _canceled(done: Canceled, venue_order_id: str) -> tuple[Verdict, str]:
    if venue_order_id in done.canceled:
        return Verdict.ACCEPTED, ""
    if venue_order_id in done.not_canceled:
        return Verdict.REFUSED, done.not_canceled[venue_order_id]
    return Verdict.UNKNOWN, "not named in the answer"
