"""From what a bot proposes to messages: orders with ids and expirations, stamps, intents, signals.

Ids follow from the event that led to the proposal, so that the same log gives the same ids.
"""

from decimal import Decimal

from agents.bots.base import Advise, BotIdentity, Note, OrderDraft
from agents.bots.lifecycle import expiration
from agents.bots.view import ZERO, View
from configs.rules import TradingRules
from schemas.envelope import Message, header
from schemas.errors import DomainError
from schemas.ids import AccountId, BotId, MarketId, OrderId, derive_id
from schemas.pairs import ConvertIntent, Outcome, SplitIntent
from schemas.risk import SizingAdvice
from schemas.trading import (
    BundleIntent,
    CancelOrder,
    MergeIntent,
    Order,
    PlaceIntent,
    Signal,
    Stamp,
)
from schemas.values import TimeInForce

DEPTH_TICKS = 2
"""How near displayed size must be to count in the stamp, in ticks (STRATEGIES.md E.3)."""


class IntentWriter:
    """Writes one bot's messages about one market after one event; counts them for their ids."""

    def __init__(
        self,
        identity: BotIdentity,
        account_id: AccountId,
        event: Message,
        view: View,
        rules: TradingRules,
    ) -> None:
        self._identity = identity
        self._account_id = account_id
        self._event = event
        self._view = view
        self._rules = rules
        self._count = 0

    def place(self, draft: OrderDraft, replaces: OrderId | None = None) -> PlaceIntent:
        """One order, or one instead of another."""
        order = self._order(draft)
        return PlaceIntent(
            **header(self._identity.bot_id, self._event, "place", order.order_id, now=self._now),
            bot_id=self._identity.bot_id,
            order=order,
            stamp=self._stamp(draft),
            replaces=replaces,
            claim=draft.claim,
        )

    def bundle(self, bundle_id: str, drafts: tuple[OrderDraft, ...]) -> BundleIntent:
        """Several orders, all or none."""
        return BundleIntent(
            **header(self._identity.bot_id, self._event, "bundle", bundle_id, now=self._now),
            bot_id=self._identity.bot_id,
            bundle_id=bundle_id,
            orders=tuple(self._order(draft) for draft in drafts),
            stamps=tuple(self._stamp(draft) for draft in drafts),
        )

    def cancel(self, order_id: OrderId, market_id: MarketId, reason: str) -> CancelOrder:
        """A cancel; it needs no verdict."""
        return CancelOrder(
            **header(self._identity.bot_id, self._event, "cancel", order_id, now=self._now),
            order_id=order_id,
            bot_id=self._identity.bot_id,
            market_id=market_id,
            reason=reason,
        )

    def merge(self, pairs: Decimal) -> MergeIntent:
        """A merge of pairs."""
        market = self._view.market
        return MergeIntent(
            **header(self._identity.bot_id, self._event, "merge", market.market_id, now=self._now),
            bot_id=self._identity.bot_id,
            account_id=self._account_id,
            market_id=market.market_id,
            venue_event_id=market.venue_event_id,
            pairs=pairs,
        )

    def split(self, pairs: Decimal) -> SplitIntent:
        """A split of dollars into pairs."""
        market = self._view.market
        return SplitIntent(
            **header(self._identity.bot_id, self._event, "split", market.market_id, now=self._now),
            bot_id=self._identity.bot_id,
            account_id=self._account_id,
            market_id=market.market_id,
            venue_event_id=market.venue_event_id,
            yes_token_id=market.yes_token_id,
            no_token_id=market.no_token_id,
            pairs=pairs,
        )

    def convert(self, gives: tuple[MarketId, ...], size: Decimal) -> ConvertIntent:
        """A conversion of NO tokens; all other markets of the event that are known give YES."""
        market, others = self._view.market, self._view.others
        known = [others.market(each) for each in others.of_event(market.venue_event_id)]
        gets = [each for each in known if each is not None and each.market_id not in gives]
        first = gives[0]
        return ConvertIntent(
            **header(self._identity.bot_id, self._event, "convert", first, now=self._now),
            bot_id=self._identity.bot_id,
            account_id=self._account_id,
            market_id=first,
            venue_event_id=market.venue_event_id,
            gives=gives,
            gets=tuple(Outcome(each.market_id, each.yes_token_id) for each in gets),
            size=size,
        )

    def signal(self, note: Note) -> Signal:
        """What the bot saw and decided."""
        market, bot_id = self._view.market, self._identity.bot_id
        parts = ("signal", market.market_id, self._next())
        return Signal(
            **header(bot_id, self._event, *parts, now=self._now),
            bot_id=bot_id,
            market_id=market.market_id,
            token_id=None if note.side is None else market.token(note.side),
            fair_value=note.fair_value,
            sigma=note.sigma,
            mid=note.mid,
            limit_price=note.limit_price,
            edge=note.edge,
            sizing_lambda=note.sizing_lambda,
            shrinkage=note.shrinkage,
            features=note.features,
            decision=note.decision,
            reason=note.reason,
        )

    @property
    def _now(self) -> int:
        return self._view.now

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _order(self, draft: OrderDraft) -> Order:
        market, bot_id = self._seen(draft).market, self._identity.bot_id
        order_id = derive_id(bot_id, self._event.event_id, "order", market.market_id, self._next())
        return Order(
            order_id=OrderId(order_id),
            bot_id=bot_id,
            account_id=self._account_id,
            venue_event_id=market.venue_event_id,
            market_id=market.market_id,
            token_id=market.token(draft.side),
            side=draft.side,
            action=draft.action,
            price=draft.price,
            size=draft.size,
            kind=draft.kind,
            time_in_force=TimeInForce.GTD,
            expires_at=expiration(self._now, draft.ttl_s, self._rules),
            bundle_id=draft.bundle_id,
            fair_value=draft.fair_value,
            sigma=draft.sigma,
            edge=draft.edge,
            ordered_at=self._now,
        )

    def _stamp(self, draft: OrderDraft) -> Stamp:
        """The view the order was decided on, for the gate (D-25)."""
        view, account = self._seen(draft), self._view.account
        shares = view.depth(draft.side, draft.action, draft.price, DEPTH_TICKS)
        return Stamp(
            book_event_id=view.book_event_id,
            bid=view.top.bid,
            bid_size=view.top.bid_size,
            ask=view.top.ask,
            ask_size=view.top.ask_size,
            tick=view.tick,
            min_size=view.market.min_size,
            status=view.market.status,
            trust=view.trust,
            heard_at=view.heard_at,
            lag_ms=view.lag_ms,
            decided_at=view.now,
            equity=ZERO if account is None else account.equity,
            sizing_lambda=self._multiplier(),
            depth=shares * draft.price,
        )

    def _seen(self, draft: OrderDraft) -> View:
        """The view of the market that a draft speaks of.

        Raises:
            DomainError: The shard has no such market; the host has asked before.
        """
        if draft.market_id is None or draft.market_id == self._view.market.market_id:
            return self._view
        view = self._view.others.view(draft.market_id)
        if view is None:
            raise DomainError(
                f"A draft names market {draft.market_id}, which this shard does not have. "
                "Name a market of the same venue event."
            )
        return view

    def _multiplier(self) -> Decimal:
        account = self._view.account
        most = self._identity.lambda_max
        return most if account is None else min(most, account.sizing_lambda)


def advice(
    source: BotId, account_id: AccountId, event: Message, said: Advise, now: int
) -> SizingAdvice:
    """Sizing advice as a message.

    Args:
        source: The bot that gives it.
        account_id: Whose gate follows it.
        event: What led to it.
        said: What it says.
        now: The fold's `now`, ms.
    """
    return SizingAdvice(
        **header(source, event, "advice", said.bot_id, now=now),
        account_id=account_id,
        bot_id=said.bot_id,
        sizing_lambda=said.sizing_lambda,
        p_post=said.p_post,
        n=said.n,
        edge=said.edge,
        valid_until=said.valid_until,
    )
