"""The peers' maker as a bot of ours: 20 shares at both sides of the touch, moved with it."""

from decimal import Decimal

import msgspec

from agents.bots.base import Bot, OrderDraft, Place, PlaceBundle, Proposal, Replace
from agents.bots.view import View
from schemas.envelope import Message
from schemas.ids import MarketId, derive_id
from schemas.market import BookDelta
from schemas.values import Action, IntentKind, Side

SIZE = Decimal(20)
TTL_S = 86_400


class TouchState(msgspec.Struct):
    """Nothing: its live orders say it all."""


class TouchMaker(Bot[TouchState]):
    """One post-only bid and ask at the touch, replaced whenever the touch moves.

    Like the peers' it acts on book changes only.
    """

    state_type = TouchState

    def on_event(self, state: TouchState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        bid, ask = view.top.bid, view.top.ask
        if not isinstance(event, BookDelta) or bid is None or ask is None:
            return []
        missing: list[OrderDraft] = []
        moved: list[Proposal] = []
        for draft, is_bid in ((_draft(Side.YES, bid), True), (_draft(Side.NO, 1 - ask), False)):
            live = [own for own in view.orders if own.is_bid is is_bid]
            if not live:
                missing.append(draft)
            elif live[-1].order.price != draft.price and live[-1].cancel_asked_at is None:
                moved.append(Replace(live[-1].order_id, draft))
        if len(missing) == 2:
            bundle_id = derive_id("quotes", event.event_id, view.market.market_id)
            return [PlaceBundle(bundle_id, tuple(missing))]
        return [*moved, *(Place(draft) for draft in missing)]

    def forget(self, state: TouchState, market_id: MarketId) -> None:
        """See `Bot.forget`."""


def _draft(side: Side, price: Decimal) -> OrderDraft:
    return OrderDraft(
        side=side, action=Action.BUY, price=price, size=SIZE, kind=IntentKind.MM, ttl_s=TTL_S
    )
