"""One row type per table; field names are column names, field types are column types.

Times are milliseconds UTC here and `timestamptz` in the database; dollars and shares are `Decimal`
here and `numeric` there.
"""

from decimal import Decimal
from typing import Annotated, NamedTuple

Ms = Annotated[int, "timestamptz"]
"""Milliseconds UTC."""
Json = Annotated[str, "jsonb"]
"""Encoded JSON."""

PORTFOLIO = "portfolio"
"""The scope of what belongs to no single bot."""
MERGE = "MERGE"
"""The action of a trade row that records merged pairs."""
SPLIT = "SPLIT"
"""The action of a trade row that records split pairs."""
CONVERT = "CONVERT"
"""The action of a trade row that records NO tokens that became YES tokens and dollars."""
ORDER = "ORDER"
"""The subject of what is about one order."""
REBATE = "REBATE"
"""The action of a trade row that records a maker rebate."""
GAS = "GAS"
"""The action of a trade row that records what a bot's transaction on the chain cost."""


class OrderRow(NamedTuple):
    """One order as far as it is known; None is what no message has said yet.

    Attributes:
        created_at: When it was decided; part of the key.
        filled_size: Shares matched so far.
        placed_at: When the venue accepted it.
        closed_at: When it stopped resting.
        reason: Why the venue rejected, or who canceled it.
    """

    order_id: str
    created_at: Ms
    updated_at: Ms
    account_id: str
    bot_id: str
    market_id: str
    token_id: str
    status: str
    filled_size: Decimal
    venue_event_id: str | None = None
    side: str | None = None
    action: str | None = None
    kind: str | None = None
    zone: str | None = None
    price: Decimal | None = None
    size: Decimal | None = None
    time_in_force: str | None = None
    expires_at: Ms | None = None
    post_only: bool | None = None
    operator: bool | None = None
    bundle_id: str | None = None
    fair_value: Decimal | None = None
    sigma: Decimal | None = None
    edge: Decimal | None = None
    queue_ahead: Decimal | None = None
    venue_order_id: str | None = None
    reason: str | None = None
    placed_at: Ms | None = None
    closed_at: Ms | None = None


class TradeRow(NamedTuple):
    """One fill of ours, or what has no order: `action` MERGE, SPLIT, CONVERT, REBATE or GAS.

    Pairs merge and split at price 1; a rebate is its dollars at price 1; a conversion's price is
    the dollars that one set of NO tokens sets free.

    Attributes:
        slippage: Dollars lost against the mid at the fill, negative when gained; None without mid.
        inferred: No print proves it (STRATEGIES.md E.3).
        trade_status: How far the fill is on its way to the chain; FAILED never happened. None for
            what is no fill.
        status_at: Since when.
    """

    trade_id: str
    order_id: str
    executed_at: Ms
    account_id: str
    bot_id: str
    venue_event_id: str
    market_id: str
    action: str
    price: Decimal
    size: Decimal
    fee: Decimal
    gas: Decimal
    token_id: str | None = None
    side: str | None = None
    kind: str | None = None
    zone: str | None = None
    bundle_id: str | None = None
    liquidity: str | None = None
    inferred: bool = False
    mid: Decimal | None = None
    slippage: Decimal | None = None
    trade_status: str | None = None
    status_at: Ms | None = None


class PositionRow(NamedTuple):
    """One bot's holding of one token, as last said."""

    position_id: str
    opened_at: Ms
    updated_at: Ms
    closed_at: Ms | None
    account_id: str
    bot_id: str
    venue_event_id: str
    market_id: str
    token_id: str
    side: str
    zone: str | None
    size: Decimal
    entry_price: Decimal
    mark: Decimal | None
    realised_pnl: Decimal
    unrealised_pnl: Decimal
    fees: Decimal


class SnapshotRow(NamedTuple):
    """The last best prices that a market had in one interval.

    Attributes:
        ts: Start of the interval; part of the key.
        observed_at: When these prices were seen.
        mid: Mean of both best prices; None when a side is empty.
        bid_depth: Dollars on the best five levels.
    """

    market_id: str
    ts: Ms
    observed_at: Ms
    best_bid: Decimal | None
    best_ask: Decimal | None
    mid: Decimal | None
    bid_size: Decimal
    ask_size: Decimal
    bid_depth: Decimal
    ask_depth: Decimal
    last_price: Decimal | None
    volume_24h: Decimal
    trust: str
    label: str


class SignalRow(NamedTuple):
    """What a bot saw and decided.

    Attributes:
        causation_id: The message that led to it; None in rows of earlier versions.
    """

    signal_id: str
    at: Ms
    bot_id: str
    market_id: str
    token_id: str | None
    decision: str
    reason: str
    fair_value: float | None
    sigma: float | None
    mid: float | None
    edge: float | None
    limit_price: Decimal | None
    sizing_lambda: float | None
    shrinkage: float | None
    features: Json
    causation_id: str | None = None


class EquityRow(NamedTuple):
    """Equity of one scope: a bot, or `portfolio` for the account."""

    account_id: str
    scope: str
    at: Ms
    cash: Decimal
    reserved: Decimal
    receivable: Decimal
    equity: Decimal
    equity_mid: Decimal
    realised_pnl: Decimal
    unrealised_pnl: Decimal
    fees: Decimal
    gas: Decimal
    nav: Decimal
    drawdown: Decimal
    exposure: Decimal


class DecisionRow(NamedTuple):
    """The gate's verdict on one order, or on one merge or split of pairs.

    Attributes:
        decision_id: The verdict's message id; `leg` counts the orders of a bundle from 0.
        verdict: APPROVED or DENIED.
        subject: ORDER, MERGE, SPLIT or CONVERT.
        code: Denial code; None when approved.
        size: Shares of the order, or pairs.
    """

    decision_id: str
    leg: int
    decided_at: Ms
    intent_id: str
    account_id: str
    bot_id: str
    venue_event_id: str
    market_id: str
    verdict: str
    subject: str
    size: Decimal
    order_id: str | None = None
    side: str | None = None
    action: str | None = None
    kind: str | None = None
    zone: str | None = None
    price: Decimal | None = None
    ordered_at: Ms | None = None
    code: str | None = None
    rule: str | None = None
    limit_value: str | None = None
    value: str | None = None


class BreachRow(NamedTuple):
    """A breaker tripped or reset, an early warning, or an emergency halt.

    Attributes:
        scope: A bot, or `portfolio`.
        event: TRIGGERED, RESET, WARNING or EMERGENCY_HALT.
        breaker: Which breaker; None for an emergency halt.
        level: The warned share of the limit, 0 to 1.
        affected: JSON list of the bots that stop opening positions.
        actor: Who reset or halted.
    """

    breach_id: str
    at: Ms
    scope: str
    event: str
    breaker: str | None
    threshold_value: Decimal | None
    current_value: Decimal | None
    level: Decimal | None
    affected: Json
    reason: str
    actor: str


class EpisodeRow(NamedTuple):
    """A bot's stay in a market that ended flat, with its P&L in dollars."""

    episode_id: str
    closed_at: Ms
    opened_at: Ms
    bot_id: str
    market_id: str
    pnl: Decimal
    reason: str


class TransactionRow(NamedTuple):
    """How one nonce of a wallet ended.

    Attributes:
        kind: Of the job.
        hash: 0x and hex; empty where another transaction has the nonce.
        gas_price: Wei a unit.
        cost_usd: None where no price of POL was known.
    """

    wallet: str
    nonce: int
    ended_at: Ms
    began_at: Ms
    account_id: str
    job_id: str
    kind: str
    bot_id: str
    attempt: int
    hash: str
    block: int
    status: str
    gas_used: int
    gas_price: int
    cost_pol: Decimal
    cost_usd: Decimal | None


class MarketRow(NamedTuple):
    """What is known about a market; None is what no message has said yet.

    Attributes:
        tick: Pips of 0.0001 dollars.
        listed_at: When the venue created it.
        yes_payout: Dollars a YES token paid; None before the resolution.
    """

    market_id: str
    updated_at: Ms
    venue_event_id: str | None = None
    question: str | None = None
    slug: str | None = None
    label: str | None = None
    status: str | None = None
    yes_token_id: str | None = None
    no_token_id: str | None = None
    yes_outcome: str | None = None
    no_outcome: str | None = None
    tick: int | None = None
    min_size: Decimal | None = None
    category: str | None = None
    series: str | None = None
    neg_risk: bool | None = None
    auto_resolved: bool | None = None
    liquidity: Decimal | None = None
    volume_24h: Decimal | None = None
    listed_at: Ms | None = None
    window_start_at: Ms | None = None
    resolves_at: Ms | None = None
    resolved_at: Ms | None = None
    yes_payout: Decimal | None = None


class IntentRow(NamedTuple):
    """What a bot or an operator wanted: one order of an intent, or pairs.

    Attributes:
        leg: Counts the orders of a bundle from 0.
        subject: ORDER, MERGE, SPLIT or CONVERT.
        cause_id: The message that led to it; shared with the signal that explains it.
        book_event_id: The book update that the view of it was of.
        seen: The view as JSON; see `schemas.trading.Stamp`.
    """

    intent_id: str
    leg: int
    at: Ms
    source: str
    bot_id: str
    market_id: str
    subject: str
    cause_id: str
    order_id: str | None = None
    book_event_id: str | None = None
    seen: Json | None = None


class AlertRow(NamedTuple):
    """An alert that was raised, or what was done about it.

    Attributes:
        deed: "raised", or one of `schemas.ops.Deed`.
        by: The component that raised it, or who did something.
        severity: None for deeds.
        until: When muting ends.
    """

    entry_id: str
    at: Ms
    rule: str
    scope: str
    deed: str
    detail: str
    by: str
    severity: str | None = None
    until: Ms | None = None


Row = (
    OrderRow
    | TradeRow
    | PositionRow
    | SnapshotRow
    | SignalRow
    | EquityRow
    | DecisionRow
    | BreachRow
    | EpisodeRow
    | IntentRow
    | AlertRow
    | TransactionRow
    | MarketRow
)
