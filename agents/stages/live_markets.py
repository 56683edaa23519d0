"""What live execution knows of markets, and which orders cannot be sent as they are."""

from decimal import Decimal

from agents.stages.live_state import ZERO, LiveState, VenueMarket
from schemas.market import MarketListed, MarketResolved, TickSizeChanged
from schemas.reasons import DenialCode
from schemas.trading import Order
from schemas.values import PIPS, MarketStatus

VENUE_AWAY = "VENUE_AWAY"
"""Refusal of an order while no gateway has ever said whose orders they are."""

MarketMessage = MarketListed | TickSizeChanged | MarketResolved


def learn(state: LiveState, message: MarketMessage) -> None:
    """Take a market's metadata, its new grid, or its resolution.

    A resolved market's tokens are worth their payout from then on; until they are redeemed, the
    next comparison of the collateral shows what is missing.
    """
    match message:
        case MarketListed(market=market):
            state.markets[market.market_id] = VenueMarket(
                tick=market.tick,
                neg_risk=market.neg_risk,
                is_open=market.status is not MarketStatus.RESOLVED,
                yes_token_id=market.yes_token_id,
                no_token_id=market.no_token_id,
                fee=market.fee,
                version=market.version,
            )
        case TickSizeChanged(market_id=market_id) if market_id in state.markets:
            state.markets[market_id].tick = message.new_tick
        case MarketResolved(market_id=market_id) if market_id in state.markets:
            _pay_out(state, state.markets[market_id], message.yes_payout)
        case _:
            pass


def misfit(state: LiveState, order: Order) -> str | None:
    """Why an order cannot be sent as it is; None where it can."""
    market = state.markets.get(order.market_id)
    if market is None or not market.is_open:
        return DenialCode.MARKET_CLOSED
    pips = order.price * PIPS
    if pips % market.tick or not market.tick <= pips <= PIPS - market.tick:
        return DenialCode.BAD_TICK
    return VENUE_AWAY if state.account is None else None


def _pay_out(state: LiveState, market: VenueMarket, yes_payout: Decimal) -> None:
    market.is_open = False
    payouts = {market.yes_token_id: yes_payout, market.no_token_id: 1 - yes_payout}
    for token_id, payout in payouts.items():
        held = state.tokens.get(token_id, ZERO)
        if held:
            state.move(token_id, -held, held * payout)
