"""The mission's entities, as they stand at one moment (MISSION.md, vocabulary).

What travels are messages, and state is a fold over them (docs/decisions). An entity is what a fold
knows of one thing, under the mission's names: `schemas.trading.Order` is an order as decided,
`Order` here is the same order with what has become of it.
"""

from decimal import Decimal

import msgspec

from schemas import market as markets
from schemas import trading
from schemas.ids import BotId, MarketId, OrderId
from schemas.portfolio import PositionState
from schemas.values import BotState, OrderStatus, Side, Zone


class Bot(msgspec.Struct, frozen=True, kw_only=True):
    """A bot.

    Attributes:
        strategy_type: Its strategy, e.g. "rebalancing".
        config: Its validated parameters as written in YAML.
        capital_allocated: Dollars, net of withdrawals.
        created_at: When the account first heard of it, ms.
    """

    bot_id: BotId
    strategy_type: str
    state: BotState
    config: dict[str, str]
    capital_allocated: Decimal
    created_at: int


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order and what has become of it.

    Attributes:
        size: Shares.
        price: Dollars per token of `side`.
        zone: Of the price paid, fixed at acceptance; None for a REDUCE outside the zones.
        timestamp: When it was decided, ms.
    """

    order_id: OrderId
    bot_id: BotId
    market_id: MarketId
    side: Side
    size: Decimal
    price: Decimal
    zone: Zone | None
    status: OrderStatus
    timestamp: int

    @classmethod
    def of(cls, order: trading.Order, zone: Zone | None, status: OrderStatus) -> "Order":
        """An order as decided, with its zone and status now."""
        return cls(
            order_id=order.order_id,
            bot_id=order.bot_id,
            market_id=order.market_id,
            side=order.side,
            size=order.size,
            price=order.price,
            zone=zone,
            status=status,
            timestamp=order.ordered_at,
        )


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A bot's holding of one token.

    Attributes:
        order_id: The order whose fill opened it; None where that is not kept, or a split did.
        entry_price: Average cost in dollars per share.
        current_price: The mark, dollars; None before the first.
        pnl: Realised and unrealised, dollars.
        opened_at: ms.
    """

    position_id: str
    bot_id: BotId
    order_id: OrderId | None
    market_id: MarketId
    side: Side
    entry_price: Decimal
    current_price: Decimal | None
    pnl: Decimal
    zone: Zone | None
    opened_at: int

    @classmethod
    def of(cls, state: PositionState, order_id: OrderId | None = None) -> "Position":
        """What the ledger says of a holding."""
        return cls(
            position_id=state.position_id,
            bot_id=state.bot_id,
            order_id=order_id,
            market_id=state.market_id,
            side=state.side,
            entry_price=state.entry_price,
            current_price=state.mark,
            pnl=state.realised_pnl + state.unrealised_pnl,
            zone=state.zone,
            opened_at=state.opened_at,
        )


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """A question.

    Attributes:
        liquidity: Dollars resting, as the venue says.
        volume: Dollars traded in 24 h, as the venue says.
        created_at: ms.
        resolves_at: The planned end, ms; None when unknown.
    """

    market_id: MarketId
    question: str
    outcomes: tuple[str, str]
    liquidity: Decimal
    volume: Decimal
    created_at: int
    resolves_at: int | None

    @classmethod
    def of(cls, market: markets.Market) -> "Market":
        """A market's metadata."""
        return cls(
            market_id=market.market_id,
            question=market.question,
            outcomes=market.outcomes,
            liquidity=market.liquidity,
            volume=market.volume_24h,
            created_at=market.created_at,
            resolves_at=market.resolves_at,
        )


class Trade(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of an order of ours.

    Attributes:
        executed_price: Dollars per token.
        executed_size: Shares.
        fees_paid: Dollars.
        slippage: Dollars lost against the mid at the fill, negative when gained; None without mid.
        timestamp: ms.
    """

    trade_id: str
    order_id: OrderId
    executed_price: Decimal
    executed_size: Decimal
    fees_paid: Decimal
    slippage: Decimal | None
    timestamp: int

    @classmethod
    def of(cls, fill: trading.Fill, slippage: Decimal | None) -> "Trade":
        """A fill, with its slippage worked out by `streams.markouts`."""
        return cls(
            trade_id=fill.trade_id,
            order_id=fill.order_id,
            executed_price=fill.price,
            executed_size=fill.size,
            fees_paid=fill.fee,
            slippage=slippage,
            timestamp=fill.event_time,
        )


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """One address on the chain.

    Attributes:
        address: `0x` and 40 hex digits.
        balances: Amounts by asset, e.g. "USDC" and "POL", in whole units.
        nonce: Of the next transaction.
        last_sync_at: When chain and wallet were last compared, ms; None before the first time.
    """

    address: str
    balances: dict[str, Decimal]
    nonce: int
    last_sync_at: int | None
