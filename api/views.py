"""Bots, positions and the account as the API shows them, from the live state."""

from api.context import NAMES, Context
from api.live import exposure_of
from api.models import BotView, PortfolioView, PositionView
from api.position_truth import truth_view
from schemas.ids import BotId
from schemas.portfolio import PositionState
from schemas.risk import BreakerKind
from schemas.values import BotState

PORTFOLIO = "portfolio"


def position_view(context: Context, position: PositionState) -> PositionView:
    """One open holding."""
    market = context.state.market(position.market_id)
    top = context.state.tops.get(position.market_id)
    return PositionView(
        position_id=position.position_id,
        bot_id=position.bot_id,
        market_id=position.market_id,
        token_id=position.token_id,
        question=market.question if market else position.market_id,
        label=market.label if market else None,
        side=position.side,
        size=position.size,
        entry_price=position.entry_price,
        mark=position.mark,
        trust=top.trust if top else None,
        realised_pnl=position.realised_pnl,
        unrealised_pnl=position.unrealised_pnl,
        zone=position.zone,
        opened_at=position.opened_at,
        truth=truth_view(context.state, position.token_id),
    )


def bot_view(context: Context, bot_id: BotId) -> BotView:
    """One bot: its state and its money."""
    state = context.state
    point = state.equity.get(bot_id)
    life = state.bots.get(bot_id, BotState.IDLE)
    view = BotView(
        bot_id=bot_id,
        name=NAMES[bot_id],
        state=life,
        reason=state.bot_reasons.get(bot_id, "") if life is BotState.ERROR else "",
        open_positions=len(state.positions_of(bot_id)),
    )
    if point is None:
        return view
    return view.model_copy(
        update={
            "equity": point.equity,
            "pnl": point.realised_pnl + point.unrealised_pnl,
            "drawdown": point.drawdown,
            "exposure": point.exposure,
            "last_event_age_s": context.age_s(point.ingest_time),
        }
    )


def portfolio_view(context: Context) -> PortfolioView:
    """Equity, drawdown, exposure, and what a halt would touch."""
    state = context.state
    point, touched = state.equity.get(None), exposure_of(state)
    breaker = state.breakers.get((PORTFOLIO, BreakerKind.PORTFOLIO_DRAWDOWN))
    return PortfolioView(
        equity=point.equity if point else None,
        cash=point.cash if point else None,
        reserved=point.reserved if point else None,
        realised_pnl=point.realised_pnl if point else None,
        unrealised_pnl=point.unrealised_pnl if point else None,
        fees=point.fees if point else None,
        drawdown=point.drawdown if point else None,
        drawdown_limit=breaker.limit if breaker else None,
        exposure=point.exposure if point else None,
        open_orders=touched.open_orders,
        open_positions=touched.open_positions,
        position_cost=touched.position_cost,
    )
