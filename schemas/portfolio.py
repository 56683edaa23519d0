"""What the ledger says: positions, equity, the openings and closings of positions."""

from decimal import Decimal

from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId, TokenId, VenueEventId
from schemas.values import Side, Zone


class PositionState(Message, frozen=True, kw_only=True, tag="position-state"):
    """One bot's holding of one token, on every change.

    Attributes:
        position_id: Derived from bot, token and the fill that opened it.
        size: Shares held now; 0 when closed.
        entry_price: Average cost in dollars per share.
        mark: Best bid used for marking, dollars; None before the first mark.
        realised_pnl: Dollars, fees and gas included, since the position opened.
        unrealised_pnl: Mark value minus remaining cost, dollars.
    """

    position_id: str
    bot_id: BotId
    account_id: AccountId
    venue_event_id: VenueEventId
    market_id: MarketId
    token_id: TokenId
    side: Side
    size: Decimal
    entry_price: Decimal
    mark: Decimal | None
    realised_pnl: Decimal
    unrealised_pnl: Decimal
    fees: Decimal
    zone: Zone | None
    opened_at: int
    closed_at: int | None = None


class PositionOpened(Message, frozen=True, kw_only=True, tag="position-opened"):
    """A bot went from flat to holding a token."""

    position_id: str
    bot_id: BotId
    market_id: MarketId
    token_id: TokenId
    side: Side
    size: Decimal
    price: Decimal


class PositionClosed(Message, frozen=True, kw_only=True, tag="position-closed"):
    """A bot's episode in a market ended flat; `pnl` is what the streak breaker counts.

    Attributes:
        reason: "sold", "merged", "converted", "resolved" or "bundle".
        shares: Bought in all while it was open.
        risked: What they cost, dollars.
        payout: Dollars per share of what one market's episode held to its resolution; None where
            it ended otherwise.
    """

    episode_id: str
    bot_id: BotId
    market_id: MarketId
    pnl: Decimal
    opened_at: int
    reason: str
    shares: Decimal = Decimal(0)
    risked: Decimal = Decimal(0)
    payout: Decimal | None = None


class EquityPoint(Message, frozen=True, kw_only=True, tag="equity-point"):
    """Equity of one bot, or of the whole account when `bot_id` is None.

    Attributes:
        equity: Bid-marked dollars; what breakers use.
        equity_mid: Mid-marked dollars; for display and Sharpe.
        nav: Flow-adjusted net asset value, 1 at the start.
        drawdown: `1 − nav/peak`, 0 to 1.
        exposure: Worst-case loss in dollars, resting orders included.
    """

    account_id: AccountId
    bot_id: BotId | None
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


class Mark(Message, frozen=True, kw_only=True, tag="mark"):
    """Best bids of a market's two tokens for valuation, on change, at most every 100 ms.

    Attributes:
        yes_bid: Best YES bid in dollars; None on an empty side.
        no_bid: Best NO bid in dollars.
        good: Both sides present, spread at most the limit, book fresh (STRATEGIES.md C.2).
    """

    market_id: MarketId
    yes_bid: Decimal | None
    no_bid: Decimal | None
    good: bool
