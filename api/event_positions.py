"""Open positions by venue event, so that what nets is seen together. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from api.live import LiveState
from api.live_orders import RestingOrder
from api.risk_models import EventPositionView
from schemas.ids import BotId, MarketId, VenueEventId
from schemas.portfolio import PositionState
from streams.exposure import exposure, of_market
from streams.holdings import Holding, Stake

ZERO = Decimal(0)


def event_views(state: LiveState, bot_id: BotId | None) -> list[EventPositionView]:
    """Events in which anything is held, the greatest worst loss first.

    The loss is that of STRATEGIES.md C.3: bots are not netted against each other, orders that rest
    in the event count in their worst subset.

    Args:
        state: The present.
        bot_id: Only this bot's; None for all.
    """
    held: dict[VenueEventId, list[PositionState]] = {}
    for position in state.positions_of(bot_id):
        held.setdefault(position.venue_event_id, []).append(position)
    resting: dict[VenueEventId, list[RestingOrder]] = {}
    for entry in state.orders.resting.values():
        if bot_id in (None, entry.order.bot_id) and entry.order.venue_event_id in held:
            resting.setdefault(entry.order.venue_event_id, []).append(entry)
    views = [_view(state, event, own, resting.get(event, [])) for event, own in held.items()]
    return sorted(views, key=lambda view: view.worst_loss, reverse=True)


def _view(
    state: LiveState,
    event: VenueEventId,
    positions: list[PositionState],
    resting: list[RestingOrder],
) -> EventPositionView:
    stakes: dict[tuple[BotId, MarketId], Stake] = {}
    for each in positions:
        stake = stakes.setdefault((each.bot_id, each.market_id), Stake())
        stake.put(each.side, _holding(each))
    ids = list(dict.fromkeys(each.market_id for each in positions))
    known = [market for each in ids if (market := state.market(each)) is not None]
    exclusive = any(market.neg_risk for market in known)
    outcomes = max((market.event_markets for market in known), default=0)
    bots = dict.fromkeys(each.bot_id for each in positions)
    bots |= dict.fromkeys(entry.order.bot_id for entry in resting)
    return EventPositionView(
        venue_event_id=event,
        questions=[market.question for market in known],
        markets=len(ids),
        bots=sorted(bots),
        exclusive=exclusive,
        positions=len(positions),
        orders=len(resting),
        cost=sum((stake.cost for stake in stakes.values()), ZERO),
        pairs=sum((stake.pairs for stake in stakes.values()), ZERO),
        unrealised_pnl=sum((each.unrealised_pnl for each in positions), ZERO),
        worst_loss=sum((_worst(bot, stakes, resting, exclusive, outcomes) for bot in bots), ZERO),
    )


def _worst(
    bot_id: BotId,
    stakes: dict[tuple[BotId, MarketId], Stake],
    resting: Iterable[RestingOrder],
    exclusive: bool,
    outcomes: int,
) -> Decimal:
    """A bot's worst loss in the event."""
    own = [entry for entry in resting if entry.order.bot_id == bot_id]
    ids = dict.fromkeys(market_id for bot, market_id in stakes if bot == bot_id)
    ids |= dict.fromkeys(entry.order.market_id for entry in own)
    losses = [
        of_market(
            stakes.get((bot_id, each), Stake()),
            [(e.order, e.remaining) for e in own if e.order.market_id == each],
        )
        for each in ids
    ]
    return exposure(losses, exclusive=exclusive, complete=len(ids) == outcomes)


def _holding(position: PositionState) -> Holding:
    return Holding(
        position_id=position.position_id,
        token_id=position.token_id,
        opened_at=position.opened_at,
        size=position.size,
        cost=position.size * position.entry_price,
    )
