"""The user channel's orders and trades, and sports results (PROTOCOL.md section 6). Pure."""

from datetime import datetime
from decimal import Decimal

import msgspec

from connectors.polymarket.event_fields import Fields, RejectedEventError

SIDES = frozenset({"BUY", "SELL"})
ROLES = frozenset({"TAKER", "MAKER"})
ORDER_EVENTS = ("PLACEMENT", "UPDATE", "CANCELLATION")
ORDER_TYPES = (None, "GTC", "FOK", "IOC", "GTD", "FAK")
STATUS_PREFIX = "TRADE_STATUS_"


class UserOrder(msgspec.Struct, frozen=True, kw_only=True, tag="order"):
    """What became of an order of ours.

    Attributes:
        id: The digest.
        order_event_type: PLACEMENT, UPDATE or CANCELLATION.
        status: The venue's word; unknown words pass.
        timestamp: When it happened.
    """

    id: str
    owner: str
    market: str
    asset_id: str
    side: str
    original_size: Decimal
    size_matched: Decimal
    price: Decimal
    order_event_type: str
    timestamp: datetime | None
    created_at: datetime | None
    expires_at: datetime | None
    order_type: str | None
    status: str | None
    maker_address: str | None
    order_owner: str | None
    associate_trades: tuple[str, ...] | None
    outcome: str | None


class MakerFill(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a trade that one resting order gave; its token and side may be the complement."""

    order_id: str
    owner: str
    maker_address: str | None
    matched_amount: Decimal
    price: Decimal
    fee_rate_bps: Decimal | None
    asset_id: str
    side: str
    outcome: str | None
    outcome_index: int | None


class UserTrade(msgspec.Struct, frozen=True, kw_only=True, tag="trade"):
    """A trade that touches an order of ours; it comes again as its status rises.

    Attributes:
        status: MATCHED, MINED, CONFIRMED, RETRYING, FAILED or a new word, without prefix.
        trader_side: Whether we took or made.
        maker_orders: Our fills when we made.
    """

    id: str
    taker_order_id: str
    market: str
    asset_id: str
    side: str
    size: Decimal
    price: Decimal
    status: str
    owner: str
    timestamp: datetime | None
    fee_rate_bps: Decimal | None
    matched_at: datetime | None
    updated_at: datetime | None
    trade_owner: str | None
    maker_address: str | None
    transaction_hash: str | None
    bucket_index: int | None
    maker_orders: tuple[MakerFill, ...] | None
    trader_side: str | None
    outcome: str | None


class GameResult(msgspec.Struct, frozen=True, kw_only=True):
    """A game's state."""

    game_id: int
    sportradar_game_id: str | None
    slug: str | None
    league_abbreviation: str
    home_team: str | None
    away_team: str | None
    status: str
    live: bool
    ended: bool
    score: str
    period: str | None
    elapsed: str | None
    finished_at: datetime | None
    turn: str | None


def trade_status(text: str) -> str:
    """A trade's status without the prefix that REST puts before it."""
    return text.removeprefix(STATUS_PREFIX)


def read_user_event(fields: Fields) -> UserOrder | UserTrade:
    """Normalise one event of the user channel.

    Raises:
        RejectedEventError: Its type is unknown, or a field is missing or means nothing.
    """
    kind = fields.raw("event_type")
    if kind == "order":
        return _order(fields)
    if kind == "trade":
        return read_trade(fields)
    raise RejectedEventError(f"Expected an event_type of order or trade, received {kind!r}.")


def _order(fields: Fields) -> UserOrder:
    event, order_type = fields.text("type"), fields.maybe_text("order_type")
    if event not in ORDER_EVENTS or order_type not in ORDER_TYPES:
        raise RejectedEventError(
            f"Expected a type of {', '.join(ORDER_EVENTS)}, received {event} of {order_type}."
        )
    never = fields.raw("expiration") in (0, "0")
    return UserOrder(
        id=fields.text("id"),
        owner=fields.text("owner"),
        market=fields.text("market"),
        asset_id=fields.text("asset_id", "token_id"),
        side=fields.choice(SIDES, "side"),
        original_size=fields.number("original_size"),
        size_matched=fields.number("size_matched"),
        price=fields.number("price"),
        order_event_type=event,
        timestamp=fields.seconds_or_millis("timestamp"),
        created_at=fields.seconds("created_at"),
        expires_at=None if never else fields.seconds("expiration"),
        order_type=order_type,
        status=fields.maybe_text("status"),
        maker_address=fields.maybe_text("maker_address"),
        order_owner=fields.maybe_text("order_owner"),
        associate_trades=fields.texts("associate_trades"),
        outcome=fields.maybe_text("outcome"),
    )


def read_trade(fields: Fields) -> UserTrade:
    """Normalise a trade's fields, from the channel or from REST."""
    fields.raw("type", "event_type")  # said by whoever sent it
    return UserTrade(
        id=fields.text("id"),
        taker_order_id=fields.text("taker_order_id"),
        market=fields.text("market"),
        asset_id=fields.text("asset_id", "token_id"),
        side=fields.choice(SIDES, "side"),
        size=fields.number("size"),
        price=fields.number("price"),
        status=trade_status(fields.text("status")),
        owner=fields.text("owner"),
        timestamp=fields.seconds_or_millis("timestamp"),
        fee_rate_bps=fields.maybe_number("fee_rate_bps"),
        matched_at=fields.seconds("match_time", "matchtime"),
        updated_at=fields.seconds("last_update"),
        trade_owner=fields.maybe_text("trade_owner"),
        maker_address=fields.maybe_text("maker_address"),
        transaction_hash=fields.maybe_text("transaction_hash"),
        bucket_index=fields.maybe_integer("bucket_index"),
        maker_orders=fields.each(_maker_fill, "maker_orders"),
        trader_side=fields.maybe_choice(ROLES, "trader_side"),
        outcome=fields.maybe_text("outcome"),
    )


def _maker_fill(fields: Fields) -> MakerFill:
    return MakerFill(
        order_id=fields.text("order_id"),
        owner=fields.text("owner"),
        maker_address=fields.maybe_text("maker_address"),
        matched_amount=fields.number("matched_amount"),
        price=fields.number("price"),
        fee_rate_bps=fields.maybe_number("fee_rate_bps"),
        asset_id=fields.text("asset_id", "token_id"),
        side=fields.choice(SIDES, "side"),
        outcome=fields.maybe_text("outcome"),
        outcome_index=fields.maybe_integer("outcome_index"),
    )


def read_game(raw: object) -> GameResult:
    """Normalise one event of the sports channel.

    Raises:
        RejectedEventError: A field is missing or means nothing.
    """
    fields = Fields(raw)
    named = "finishedTimestamp"
    if fields.raw(named) in (None, ""):
        named = "finished_timestamp"
    return GameResult(
        game_id=fields.integer("gameId"),
        sportradar_game_id=fields.maybe_text("sportradarGameId"),
        slug=fields.maybe_text("slug"),
        league_abbreviation=fields.text("leagueAbbreviation"),
        home_team=fields.maybe_text("homeTeam"),
        away_team=fields.maybe_text("awayTeam"),
        status=fields.text("status"),
        live=fields.flag("live"),
        ended=fields.flag("ended"),
        score=fields.text("score"),
        period=fields.maybe_text("period"),
        elapsed=fields.maybe_text("elapsed"),
        finished_at=fields.time(named),
        turn=fields.maybe_text("turn"),
    )
