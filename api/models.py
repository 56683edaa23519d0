"""What the API answers: pydantic models at the edge, amounts as strings, times in ms UTC."""

from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from schemas.values import BotState, DataLabel, Money, Trust

T = TypeVar("T")


def written(value: Decimal) -> str:
    """A number with at most six places, as in the database, and no zeros behind the last digit."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


Amount = Annotated[Decimal, PlainSerializer(written, return_type=str)]
"""Dollars, shares, or a part of something."""


class ApiModel(BaseModel):
    """Base: immutable, no unknown fields; made of a record by its attributes."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class Envelope(ApiModel, Generic[T]):
    """Every answer says how old it is and which data and money it speaks of."""

    data: T
    as_of: int = Field(description="Session time of the newest fact in it, ms UTC.")
    age_s: float = Field(description="Wall seconds since that fact.")
    source: str = Field(description="live, recorded or simulated, with its speed.")
    money: Money
    stale: bool = Field(description="Older than its limit: do not trade on it.")
    behind: str = Field("", description="When stale: what stopped, in a sentence.")


class Problem(ApiModel):
    """An error in the form of RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    code: str = Field(description="Stable; for programs.")
    detail: str = Field(description="A sentence; for people.")
    hint: str = Field("", description="What to do.")


class BotView(ApiModel):
    """One bot: its state and its money."""

    bot_id: str
    name: str
    state: BotState
    reason: str = Field("", description="What stopped it, in ERROR; else empty.")
    equity: Amount | None = None
    pnl: Amount | None = Field(None, description="Realised and unrealised, fees and gas included.")
    drawdown: Amount | None = Field(None, description="0 to 1, of its peak.")
    exposure: Amount | None = None
    open_positions: int = 0
    last_event_age_s: float | None = None


class BotConfigView(ApiModel):
    """A bot's parameters."""

    bot_id: str
    name: str
    parameters: dict[str, Any] = Field(description="Dollars and shares as strings.")
    form: dict[str, Any] = Field(description="JSON Schema: types, bounds, meanings.")
    tag: str = Field(description="Give it back in If-Match to change them.")
    origin: str = Field(description="Where the values come from.")


class BotConfigBody(ApiModel):
    """A bot's parameters as they shall be, all of them."""

    parameters: dict[str, Any] = Field(description="As in the answer of GET.")
    reason: str = Field("operator", min_length=1, max_length=200)


class ConfigFileView(ApiModel):
    """One configuration file that decides."""

    name: str
    text: str = Field(description="YAML.")
    edited_here: bool = Field(description="The file of the API's own folder says something else.")


class ConfigFileBody(ApiModel):
    """A file as it shall be."""

    text: str = Field(max_length=64_000, description="YAML.")
    reason: str = Field("operator", min_length=1, max_length=200)
    base: str = Field(
        "", max_length=64, description="The fingerprint it was made from; empty for any."
    )


class ConfigView(ApiModel):
    """What decides, whole."""

    fingerprint: str = Field(description="Equal for equal content.")
    on_the_log: bool = Field(description="False while stages run on what they were started with.")
    by: str
    reason: str
    bots: str = Field(description="Numbers of the bots that run.")
    money: Money
    seed: int
    files: list[ConfigFileView]


class TruthView(ApiModel):
    """What was said of a token when the outside was last asked; shares, all bots together."""

    checked_at: int
    state: str = Field(
        description="matches; unanswered: nobody outside answered; new: differs, not named yet; "
        "or the kind of the difference: pending, ghost, dust, redeem, transfer."
    )
    since_s: float | None = Field(description="Age of the difference at the check; null if none.")
    ours: Amount
    venue: Amount | None
    data_api: Amount | None
    chain: Amount | None


class PositionView(ApiModel):
    """One open holding."""

    position_id: str
    bot_id: str
    market_id: str
    token_id: str
    question: str
    label: DataLabel | None = Field(description="Where its data comes from; null when unknown.")
    side: str
    size: Amount
    entry_price: Amount
    mark: Amount | None = Field(description="Best bid of the token; what selling would bring.")
    trust: Trust | None = Field(description="How far the market's book can be believed now.")
    realised_pnl: Amount
    unrealised_pnl: Amount
    zone: str | None
    opened_at: int
    truth: TruthView | None = Field(
        None, description="Null when the token was not compared: never with paper money."
    )


class OrderView(ApiModel):
    """One order as the database keeps it."""

    order_id: str
    bot_id: str
    market_id: str
    side: str | None
    action: str | None
    kind: str | None
    status: str
    price: Amount | None
    size: Amount | None
    filled_size: Amount
    zone: str | None
    reason: str
    created_at: int
    updated_at: int
    placed_at: int | None = Field(None, description="When the venue accepted it.")
    closed_at: int | None = None
    operator: bool = Field(False, description="Placed by an operator, not by a bot.")


class OrderPage(ApiModel):
    """A page of orders, newest first."""

    orders: list[OrderView]
    next_cursor: str | None = Field(description="Give it back for the next page; null at the end.")


class FillView(ApiModel):
    """One execution of an order."""

    trade_id: str
    executed_at: int
    price: Amount
    size: Amount
    fee: Amount
    liquidity: str | None
    inferred: bool = Field(description="No print proves it; the book crossed us.")
    trade_status: str | None = Field(
        description="MATCHED, RETRYING, MINED, CONFIRMED, or FAILED: it never happened."
    )


class VerdictView(ApiModel):
    """What the risk gate said of an order."""

    verdict: str
    decided_at: int
    code: str | None
    rule: str | None
    limit: str | None
    value: str | None


class OrderStoryView(ApiModel):
    """An order with the verdict that let it pass and its fills, oldest first."""

    order: OrderView
    verdict: VerdictView | None = Field(description="Null while it is not stored.")
    fills: list[FillView]


class EquityView(ApiModel):
    """Equity over time, downsampled."""

    times: list[int]
    equity: list[Amount]
    pnl: list[Amount] = Field(description="Realised and unrealised; deposits do not move it.")
    drawdown: list[Amount]


class TrendView(ApiModel):
    """One bot's P&L at equal steps of time; deposits do not move it."""

    bot_id: str
    times: list[int]
    pnl: list[Amount] = Field(description="Realised and unrealised, dollars.")


class PortfolioView(ApiModel):
    """The account now."""

    equity: Amount | None
    cash: Amount | None
    reserved: Amount | None
    realised_pnl: Amount | None
    unrealised_pnl: Amount | None
    fees: Amount | None
    drawdown: Amount | None
    drawdown_limit: Amount | None = Field(description="What trips the portfolio's breaker.")
    exposure: Amount | None
    open_orders: int
    open_positions: int
    position_cost: Amount


class BreakerView(ApiModel):
    """How close one breaker is to its limit."""

    scope: str
    kind: str
    value: Amount
    limit: Amount
    open: bool
    until: int | None


class DenialView(ApiModel):
    """One denied intent: why there was no trade."""

    time: int
    bot_id: str
    market_id: str
    question: str
    code: str
    rule: str
    limit: str
    value: str


class StageView(ApiModel):
    """One component's pulse."""

    component: str
    status: str
    age_s: float
    lag: int
    processed: int
    detail: str


class StatusView(ApiModel):
    """Is it alive, on which money, and how fresh."""

    trading_state: str
    reason: str
    session_time: int
    speed: float
    version: str
    stages: list[StageView]
    database: str = Field(description="ok, or why it does not answer.")
    dead_letters: int
    open_alerts: int = Field(description="Neither acknowledged nor resolved.")
    market_data_age_s: float | None = Field(description="Wall seconds; null before any book.")
    markets: dict[str, int] = Field(description="Markets followed, by label.")
    bots: int = Field(description="Bots that exist.")
    active_bots: int = Field(description="Bots that may open positions now.")
    open_orders: int
    open_positions: int


class LogView(ApiModel):
    """One line that a component logged."""

    at: int = Field(description="Wall time, ms UTC.")
    component: str
    level: str
    logger: str
    event: str = Field(description="What happened, in a word or a sentence.")
    correlation_id: str = Field(
        description="The request, or the message that a stage was applying; may be empty."
    )
    causation_id: str = Field(description="What led to that message; may be empty.")
    fields: dict[str, str] = Field(description="Everything else that was logged.")


class CommandView(ApiModel):
    """A command's fate, read back from the risk gate."""

    command_id: str
    verb: str
    bot_id: str | None
    accepted: bool
    detail: str


class CommandBody(ApiModel):
    """What comes with a command."""

    reason: str = Field("operator", min_length=1, max_length=200)


class ResumeBody(ApiModel):
    """Resuming trading is the riskier direction: it takes a typed phrase."""

    phrase: str = Field(description="RESUME")
    reason: str = Field(min_length=1, max_length=200)
    confirms: str = Field(
        default="",
        max_length=64,
        description="Second step of a re-arm of the portfolio: the command id of the first.",
    )
