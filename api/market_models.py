"""Markets, books and trades as the API shows them."""

from pydantic import Field

from api.models import Amount, ApiModel
from schemas.values import DataLabel, MarketStatus, Trust


class TopView(ApiModel):
    """Best prices of a market now, in YES space; the NO token's book is the mirror."""

    at: int
    bid: Amount | None
    bid_size: Amount
    ask: Amount | None
    ask_size: Amount
    mid: Amount | None = Field(description="Null when a side is empty.")
    bid_depth: Amount = Field(description="Dollars on the best five levels.")
    ask_depth: Amount
    last_price: Amount | None
    volume_24h: Amount
    trust: Trust


class MarketView(ApiModel):
    """One question."""

    market_id: str
    venue_event_id: str
    question: str
    slug: str
    label: DataLabel
    status: MarketStatus
    category: str
    series: str
    outcomes: list[str]
    yes_token_id: str
    no_token_id: str
    tick: Amount = Field(description="Dollars.")
    min_size: Amount
    neg_risk: bool
    liquidity: Amount
    volume_24h: Amount
    window_start_at: int | None
    resolves_at: int | None
    top: TopView | None = Field(description="Null before the first book.")


class LevelView(ApiModel):
    """One price of a book."""

    price: Amount
    size: Amount
    own_size: Amount = Field(description="Shares of ours that rest there.")


class BookView(ApiModel):
    """A market's book in YES space, best first."""

    market_id: str
    tick: Amount
    top: TopView | None
    bids: list[LevelView]
    asks: list[LevelView]
    depth: str = Field(description="full, or best: only the best prices are known.")


class PriceBarView(ApiModel):
    """Five minutes of a market's mid."""

    bucket: int
    open: Amount
    high: Amount
    low: Amount
    close: Amount
    average_spread: Amount
    volume_24h: Amount
    samples: int


class TradeView(ApiModel):
    """A fill of ours, or merged or split pairs, or a rebate."""

    trade_id: str
    order_id: str
    executed_at: int
    bot_id: str
    market_id: str
    side: str | None
    action: str = Field(description="BUY, SELL, MERGE, SPLIT or REBATE.")
    kind: str | None
    zone: str | None
    price: Amount
    size: Amount
    fee: Amount
    gas: Amount
    bundle_id: str | None
    liquidity: str | None
    inferred: bool = Field(description="No print proves it; the book crossed us.")
    mid: Amount | None
    slippage: Amount | None = Field(description="Dollars lost against the mid; negative is gain.")
    trade_status: str | None = Field(
        description="MATCHED, RETRYING, MINED, CONFIRMED, or FAILED: it never happened."
    )


class ClosedPositionView(ApiModel):
    """A holding that was closed."""

    position_id: str
    bot_id: str
    market_id: str
    side: str
    zone: str | None
    opened_at: int
    closed_at: int
    realised_pnl: Amount
    fees: Amount
