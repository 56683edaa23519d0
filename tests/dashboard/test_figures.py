"""What tests say in the API's name has the form that the API has."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from api.alert_models import AlertView, ChannelView
from api.command_models import CommandProgressView
from api.decision_models import (
    DecisionCountView,
    DecisionView,
    PageView,
    SignalCountView,
    SignalView,
)
from api.market_models import BookView, ClosedPositionView, MarketView, PriceBarView, TradeView
from api.models import (
    BotConfigView,
    BreakerView,
    ConfigView,
    LogView,
    OrderPage,
    OrderView,
    TrendView,
)
from api.performance_models import (
    AttributionView,
    BotPerformanceView,
    DailyPnlView,
    DistributionView,
    GraduationView,
    MarkoutView,
    TodayView,
)
from api.risk_models import BreachView, DenialHistoryView, EventPositionView, ExposureView
from api.trace_models import TraceView
from api.wallet_models import TransactionView, WalletView
from tests.dashboard.fake_api import EMPTY, MORE

FORMS: dict[str, Any] = {
    "/alerts": list[AlertView],
    "/alerts/channels": list[ChannelView],
    "/commands/c1": CommandProgressView,
    "/decisions": PageView[DecisionView],
    "/decisions/counts": list[DecisionCountView],
    "/signals": PageView[SignalView],
    "/signals/counts": list[SignalCountView],
    "/traces/d1": TraceView,
    "/markets": list[MarketView],
    "/markets/0xab/book": BookView,
    "/markets/0xab/prices": list[PriceBarView],
    "/trades": PageView[TradeView],
    "/positions/events": list[EventPositionView],
    "/positions/closed": PageView[ClosedPositionView],
    "/orders": OrderPage,
    "/orders/open": list[OrderView],
    "/bots/bot_05/config": BotConfigView,
    "/risk/circuit-breakers": list[BreakerView],
    "/risk/exposure": ExposureView,
    "/risk/denials/history": DenialHistoryView,
    "/risk/breaches": PageView[BreachView],
    "/performance/today": TodayView,
    "/metrics/bots": list[TrendView],
    "/performance": list[BotPerformanceView],
    "/performance/daily": list[DailyPnlView],
    "/performance/distribution": DistributionView,
    "/performance/attribution": list[AttributionView],
    "/performance/markouts": list[MarkoutView],
    "/performance/graduation": list[GraduationView],
    "/logs": list[LogView],
    "/config": ConfigView,
    "/wallet/balance": list[WalletView],
    "/wallet/transactions": list[TransactionView],
}


@pytest.mark.parametrize("path", sorted(FORMS))
def test_the_fake_says_what_the_api_would(path: str) -> None:
    TypeAdapter(FORMS[path]).validate_python(MORE[path])
    if path in EMPTY:
        TypeAdapter(FORMS[path]).validate_python(EMPTY[path])
