"""What the gate does with intents: judge, reserve, answer; a replace may have to wait (D.0)."""

from collections.abc import Sequence

from agents.stages.gate_case import Denial, show
from agents.stages.gate_desk import Desk
from agents.stages.gate_intent import side_key
from agents.stages.gate_judge import Judgement, judge, take_tokens
from agents.stages.gate_state import Merging, PendingReplace, reserved_tokens, reserves_once
from agents.stages.gate_verdicts import Verdicts, digest_of
from schemas.claims import Claim
from schemas.errors import InvalidOrderError
from schemas.ids import AccountId, BotId, OrderId
from schemas.market import MarketResolved
from schemas.ops import ClockTick
from schemas.pairs import PairsFailed
from schemas.reasons import DenialCode
from schemas.trading import (
    BundleIntent,
    MergeApproved,
    MergeDenied,
    MergeIntent,
    Order,
    OrderPlaced,
    PairsMerged,
    PlaceIntent,
    Stamp,
)
from schemas.values import Money, Side
from streams.account_facts import CancelFailed, OrderEnded
from streams.orders import OpenOrder, is_bid
from streams.unsettled import undelivered

AGAIN = "The same order id was decided before."


class Intents:
    """Answers intents and carries waiting replaces through."""

    def __init__(self, desk: Desk) -> None:
        """Work on a gate's state."""
        self._account_id, self._rules, self._state, self._account, self._out = desk
        self._verdicts = Verdicts(desk.account_id, desk.state)

    def bundle(self, intent: BundleIntent) -> None:
        """Judge several orders, all or none."""
        _check_form(intent.orders, intent.stamps, intent.bot_id, self._account_id)
        if self._repeats(intent.event_id, intent.orders):
            return
        judgement = self._judge(intent.orders, intent.stamps, is_bundle=True)
        self._answer(intent.event_id, intent.orders, judgement)

    def place(self, intent: PlaceIntent) -> None:
        """Judge one order, or one instead of another."""
        orders = (intent.order,)
        _check_form(orders, (intent.stamp,), intent.bot_id, self._account_id)
        if self._is_waiting(intent.order.order_id) or self._repeats(intent.event_id, orders):
            return
        old = None
        if intent.replaces is not None:
            old = self._account.orders.find(intent.replaces)
            failure = self._replace_failure(intent, old)
            if failure is not None:
                self._verdicts.deny(intent.event_id, orders, failure, 0, self._out)
                return
        judgement = self._judge(orders, (intent.stamp,), claim=intent.claim)
        if old is not None and judgement.denial is not None and self._passes_without(intent, old):
            self._wait(intent, old)
            return
        self._answer(intent.event_id, orders, judgement, old)

    def what_if(self, order: Order, stamp: Stamp) -> Judgement:
        """Judge one order, its token of the rate included, without reserving or answering."""
        rates = self._state.rates
        judgement = self._judge((order,), (stamp,))
        judgement = take_tokens(judgement, self._state, self._rules, self._account.now)
        self._state.rates = rates
        return judgement

    def merge(self, intent: MergeIntent) -> None:
        """Reserve pairs for a merge, if they are free."""
        if intent.account_id != self._account_id or intent.event_id in self._state.reserved:
            return
        denial = self._merge_denial(intent)
        if denial is not None:
            self._out.verdict(
                MergeDenied(
                    **self._out.head("verdict", intent.event_id),
                    intent_id=intent.event_id,
                    bot_id=intent.bot_id,
                    account_id=self._account_id,
                    market_id=intent.market_id,
                    venue_event_id=intent.venue_event_id,
                    pairs=intent.pairs,
                    **denial._asdict(),
                ),
                intent.venue_event_id,
            )
            return
        merging = Merging(intent.bot_id, intent.market_id, intent.pairs)
        self._state.merges[intent.event_id] = merging
        reserves_once(self._state, intent.event_id, self._account.now)
        self._out.verdict(
            MergeApproved(
                **self._out.head("verdict", intent.event_id),
                intent_id=intent.event_id,
                bot_id=intent.bot_id,
                account_id=self._account_id,
                market_id=intent.market_id,
                venue_event_id=intent.venue_event_id,
                pairs=intent.pairs,
            ),
            intent.venue_event_id,
        )

    def merged(self, message: PairsMerged) -> None:
        """Release the pairs of a merge that was carried out."""
        done = Merging(message.bot_id, message.market_id, message.pairs)
        for intent_id, merging in self._state.merges.items():
            if merging == done:
                del self._state.merges[intent_id]
                return

    def unsettled(self, message: PairsFailed) -> None:
        """Release what a merge or split reserved that did not happen."""
        self._state.merges.pop(message.intent_id, None)
        self._account.orders.release(message.intent_id)

    def resolved(self, message: MarketResolved) -> None:
        """A resolved market's pairs are paid out; no merge of them is waited for."""
        merges = self._state.merges
        for intent_id in [key for key, m in merges.items() if m.market_id == message.market_id]:
            del merges[intent_id]

    def order_ended(self, fact: OrderEnded) -> None:
        """An order is gone: its side may be quoted alone for a moment; who waited is judged."""
        order = fact.entry.order
        self._state.wanted_gone.pop(order.order_id, None)
        self._side_gone(order)
        waiting = self._state.replaces.pop(order.order_id, None)
        if waiting is None:
            return
        intent = waiting.intent
        if fact.entry.filled > waiting.filled:
            denial = _replace_failed("it was filled meanwhile", show(fact.entry.filled))
            self._verdicts.deny(intent.event_id, (intent.order,), denial, 0, self._out)
            return
        judgement = self._judge((intent.order,), (intent.stamp,), claim=intent.claim)
        self._answer(intent.event_id, (intent.order,), judgement)

    def cancel_failed(self, fact: CancelFailed) -> None:
        """A cancel came too early or too late: ask again when the order is placed."""
        self._state.wanted_gone[fact.order_id] = "its cancel arrived before it"
        waiting = self._state.replaces.pop(fact.order_id, None)
        if waiting is not None:
            denial = _replace_failed("it could not be cancelled", fact.reason)
            intent = waiting.intent
            self._verdicts.deny(intent.event_id, (intent.order,), denial, 0, self._out)

    def placed(self, message: OrderPlaced) -> None:
        """An order arrived whose cancel may have come too early."""
        order_id = message.order_id
        reason, entry = self._state.wanted_gone.pop(order_id, None), self._account.orders.find(
            order_id
        )
        if reason is not None and entry is not None:
            self._out.cancel(entry, reason)

    def forget_sides(self, _: ClockTick) -> None:
        """Forget sides that went longer ago than anyone asks."""
        gone, now = self._state.sides_gone, self._account.now
        for key in [key for key, at in gone.items() if now - at >= self._rules.mm_grace_ms]:
            del gone[key]

    def _judge(
        self,
        orders: Sequence[Order],
        stamps: Sequence[Stamp],
        *,
        is_bundle: bool = False,
        without: OpenOrder | None = None,
        claim: Claim | None = None,
    ) -> Judgement:
        return judge(
            orders,
            stamps,
            self._account,
            self._state,
            self._rules,
            is_bundle=is_bundle,
            without=without,
            claim=claim,
        )

    def _answer(
        self,
        intent_id: str,
        orders: Sequence[Order],
        judgement: Judgement,
        old: OpenOrder | None = None,
    ) -> None:
        """Reserve and approve, or deny; blockers of a REDUCE are cancelled."""
        judgement = take_tokens(judgement, self._state, self._rules, self._account.now)
        if judgement.denial is None:
            for entry in judgement.accepted:
                self._account.accept(entry.order, entry.kind, entry.zone)
            if old is not None:
                old.cancel_asked = True
            cancel_first = None if old is None else old.order.order_id
            self._verdicts.approve(intent_id, judgement.accepted, self._out, cancel_first)
            return
        for blocker in judgement.blockers:
            self._out.cancel(blocker, "blocks a REDUCE")
        self._verdicts.deny(intent_id, orders, judgement.denial, judgement.failed, self._out)
        for order in orders:
            self._side_gone(order)

    def _repeats(self, intent_id: str, orders: Sequence[Order]) -> bool:
        """Check 0: tell the stored verdict again; another payload under a known id is denied."""
        decided = self._verdicts.known(orders)
        if decided is not None and decided.digest == digest_of(orders):
            self._verdicts.repeat(decided, orders, self._out)
            return True
        known = self._account.orders.is_known
        for position, order in enumerate(orders):
            if known(order.order_id) or order.order_id in self._state.decided:
                denial = Denial(DenialCode.DUPLICATE, AGAIN, "one payload per id", order.order_id)
                self._verdicts.deny(intent_id, orders, denial, position, self._out, remember=False)
                return True
        return False

    def _replace_failure(self, intent: PlaceIntent, old: OpenOrder | None) -> Denial | None:
        """Why an order cannot be replaced; an unknown one needs no cancel and is no failure."""
        if old is None:
            ended = self._account.state.orders.ended.get(intent.replaces or OrderId(""))
            filled = ended is not None and ended.filled >= ended.size
            return _replace_failed("it is filled", intent.replaces or "") if filled else None
        same_bot = old.order.bot_id == intent.bot_id
        if not same_bot or old.order.market_id != intent.order.market_id:
            return _replace_failed("it is another bot's or market's", old.order.order_id)
        return None

    def _passes_without(self, intent: PlaceIntent, old: OpenOrder) -> bool:
        orders, stamps = (intent.order,), (intent.stamp,)
        return self._judge(orders, stamps, without=old, claim=intent.claim).denial is None

    def _wait(self, intent: PlaceIntent, old: OpenOrder) -> None:
        """Cancel the old order now and judge the new one when it is gone; the newest waits."""
        old_id = old.order.order_id
        before = self._state.replaces.get(old_id)
        if before is not None:
            denial = _replace_failed("a newer order waits to replace it", old_id)
            orders = (before.intent.order,)
            self._verdicts.deny(before.intent.event_id, orders, denial, 0, self._out)
        self._state.replaces[old_id] = PendingReplace(intent, old.filled)
        self._out.cancel(old, "replace")

    def _is_waiting(self, order_id: OrderId) -> bool:
        waiting = self._state.replaces.values()
        return any(each.intent.order.order_id == order_id for each in waiting)

    def _merge_denial(self, intent: MergeIntent) -> Denial | None:
        bot, bot_id, market_id = (
            self._account.state.ledger.bots.get(intent.bot_id),
            intent.bot_id,
            intent.market_id,
        )
        stake = None if bot is None else bot.stakes.get(market_id)
        if not self._rules.settles_pairs:
            rule = "Orders merge no pairs; the chain does."
            return Denial(DenialCode.CHAIN_ONLY, rule, Money.PAPER, self._rules.money)
        if intent.pairs <= 0 or stake is None:
            rule = "A merge needs pairs."
            return Denial(DenialCode.BAD_SIZE, rule, "above 0", show(intent.pairs))
        free = min(
            stake.size(side)
            - self._account.orders.reserved_tokens(bot_id, market_id, side)
            - reserved_tokens(self._state, bot_id, market_id, side)
            - undelivered(self._account.state.unsettled, bot_id, market_id, side)
            for side in Side
        )
        if intent.pairs > free:
            rule = "A merge needs mined pairs that no order, merge or conversion will take."
            return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(intent.pairs))
        return None

    def _side_gone(self, order: Order) -> None:
        self._state.sides_gone[side_key(order, bid=is_bid(order))] = self._account.now


def _check_form(
    orders: Sequence[Order], stamps: Sequence[Stamp], bot_id: BotId, account_id: AccountId
) -> None:
    """Refuse what no bot of ours sends.

    Raises:
        InvalidOrderError: Orders and stamps do not match, or belong to somebody else.
    """
    owners = {(order.bot_id, order.account_id) for order in orders}
    ids = {order.order_id for order in orders}
    if len(orders) == len(stamps) == len(ids) and owners == {(bot_id, account_id)}:
        return
    raise InvalidOrderError(
        f"Expected different orders of {bot_id} and {account_id}, one stamp each; received "
        f"{len(orders)} orders, {len(stamps)} stamps of {sorted(owners)}. Correct the sender."
    )


def _replace_failed(why: str, value: str) -> Denial:
    rule = f"The order to be replaced must go first, but {why}; decide anew."
    return Denial(DenialCode.REPLACE_FAILED, rule, "an open order of the bot's own", value)
