"""The account, bots, positions, equity, status, denials and commands, as the API answers."""

from decimal import Decimal

import msgspec


class Portfolio(msgspec.Struct, frozen=True):
    """The account now."""

    equity: Decimal | None
    cash: Decimal | None
    reserved: Decimal | None
    realised_pnl: Decimal | None
    unrealised_pnl: Decimal | None
    fees: Decimal | None
    drawdown: Decimal | None
    drawdown_limit: Decimal | None
    exposure: Decimal | None
    open_orders: int
    open_positions: int
    position_cost: Decimal


class Bot(msgspec.Struct, frozen=True):
    """One bot."""

    bot_id: str
    name: str
    state: str
    equity: Decimal | None
    pnl: Decimal | None
    drawdown: Decimal | None
    exposure: Decimal | None
    open_positions: int
    last_event_age_s: float | None
    reason: str = ""


class Truth(msgspec.Struct, frozen=True):
    """What was said outside of a position's token, all bots' shares together."""

    checked_at: int
    state: str
    since_s: float | None
    ours: Decimal
    venue: Decimal | None
    data_api: Decimal | None
    chain: Decimal | None


class Position(msgspec.Struct, frozen=True):
    """One open holding."""

    position_id: str
    bot_id: str
    market_id: str
    question: str
    label: str | None
    side: str
    size: Decimal
    entry_price: Decimal
    mark: Decimal | None
    trust: str | None
    realised_pnl: Decimal
    unrealised_pnl: Decimal
    zone: str | None
    opened_at: int
    truth: Truth | None = None


class Equity(msgspec.Struct, frozen=True):
    """Equity over time."""

    times: list[int]
    equity: list[Decimal]
    pnl: list[Decimal]
    drawdown: list[Decimal]


class Trend(msgspec.Struct, frozen=True):
    """One bot's P&L at equal steps of time, dollars."""

    bot_id: str
    times: list[int]
    pnl: list[Decimal]


class Result(msgspec.Struct, frozen=True):
    """What one bot, or the `portfolio`, earned today; None while it is not known."""

    bot_id: str
    pnl: Decimal | None
    realised_pnl: Decimal | None


class Today(msgspec.Struct, frozen=True):
    """Results since midnight UTC of the session."""

    since: int
    results: list[Result]

    def of(self, scope: str) -> Result:
        """The result of a bot or of the `portfolio`."""
        found = (each for each in self.results if each.bot_id == scope)
        return next(found, Result(scope, None, None))


class Stage(msgspec.Struct, frozen=True):
    """One component's pulse."""

    component: str
    status: str
    age_s: float
    lag: int
    processed: int
    detail: str


class Status(msgspec.Struct, frozen=True):
    """The whole system at a glance."""

    trading_state: str
    reason: str
    session_time: int
    speed: float
    version: str
    stages: list[Stage]
    database: str
    dead_letters: int
    markets: dict[str, int]
    bots: int
    active_bots: int
    open_orders: int
    open_positions: int
    open_alerts: int = 0
    market_data_age_s: float | None = None


class Denial(msgspec.Struct, frozen=True):
    """One denied intent."""

    time: int
    bot_id: str
    market_id: str
    question: str
    code: str
    rule: str
    limit: str
    value: str


class CommandResult(msgspec.Struct, frozen=True):
    """A command's fate."""

    command_id: str
    verb: str
    bot_id: str | None
    accepted: bool
    detail: str
