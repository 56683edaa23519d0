"""What is at risk, seen from several sides, folded from open positions and orders. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from api.live import LiveState
from api.risk_models import ExposureCellView, ExposureView
from schemas.ids import MarketId
from schemas.portfolio import PositionState
from schemas.trading import Order
from schemas.values import Action, Zone
from streams.exposure import cost_to_open

NO_ZONE = "none"
ZERO = Decimal(0)


class _Cell:
    """Sums of one group."""

    def __init__(self) -> None:
        self.held = self.resting = self.unrealised = ZERO
        self.positions = self.orders = 0


class _Groups:
    """Cells by key."""

    def __init__(self, *keys: str) -> None:
        self._cells = {key: _Cell() for key in keys}

    def hold(self, key: str, position: PositionState) -> None:
        cell = self._cells.setdefault(key, _Cell())
        cell.held += position.size * position.entry_price
        cell.unrealised += position.unrealised_pnl
        cell.positions += 1

    def rest(self, key: str, order: Order, remaining: Decimal) -> None:
        cell = self._cells.setdefault(key, _Cell())
        if order.action is Action.BUY:
            cell.resting += cost_to_open(order) / order.size * remaining
        cell.orders += 1

    def views(self, *, ordered: bool = False) -> list[ExposureCellView]:
        """The cells, the greatest first, or as they were named."""
        cells: Iterable[tuple[str, _Cell]] = self._cells.items()
        if not ordered:
            cells = sorted(cells, key=lambda item: item[1].held + item[1].resting, reverse=True)
        return [
            ExposureCellView(
                key=key,
                held=cell.held,
                resting=cell.resting,
                positions=cell.positions,
                orders=cell.orders,
                unrealised_pnl=cell.unrealised,
            )
            for key, cell in cells
        ]


def exposure_view(state: LiveState) -> ExposureView:
    """Exposure by zone, bot, market, category, and by bot and zone."""
    zones, bots, markets = _Groups(*Zone), _Groups(), _Groups()
    categories, both = _Groups(), _Groups()
    for position in state.positions.values():
        zone = position.zone or NO_ZONE
        zones.hold(zone, position)
        bots.hold(position.bot_id, position)
        markets.hold(position.market_id, position)
        categories.hold(_category(state, position.market_id), position)
        both.hold(f"{position.bot_id}/{zone}", position)
    for entry in state.orders.resting.values():
        order, left, zone = entry.order, entry.remaining, entry.zone or NO_ZONE
        zones.rest(zone, order, left)
        bots.rest(order.bot_id, order, left)
        markets.rest(order.market_id, order, left)
        categories.rest(_category(state, order.market_id), order, left)
        both.rest(f"{order.bot_id}/{zone}", order, left)
    account = state.equity.get(None)
    return ExposureView(
        by_zone=zones.views(ordered=True),
        by_bot=bots.views(),
        by_market=markets.views(),
        by_category=categories.views(),
        by_bot_and_zone=both.views(),
        worst_case=None if account is None else account.exposure,
    )


def _category(state: LiveState, market_id: MarketId) -> str:
    market = state.market(market_id)
    return (market.category if market else "") or NO_ZONE
