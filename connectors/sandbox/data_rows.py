"""Rows of the Data API v2, and the RTDS form of a public trade (PROTOCOL.md 6.4 and 7)."""

from connectors.sandbox.activity import (
    Activity,
    Holding,
    PublicTrade,
    money_number,
    price_number,
)
from connectors.sandbox.crowd import Past
from connectors.sandbox.frames import Frame
from connectors.sandbox.gamma import iso
from connectors.sandbox.identity import digest, wallet_address
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.source import Listing
from schemas.values import MICRO, PIPS

MIN_SHARES = 0.1
"""Smaller positions are left out."""


def pseudonym(wallet: str) -> str:
    """The name that the venue invents for a wallet."""
    return f"Sandbox-{digest('pseudonym', wallet.lower())[:6]}"


def trade_row(trade: PublicTrade) -> Frame:
    """A row of `/v2/trades`."""
    return {
        "proxy_wallet": trade.wallet,
        "side": trade.action.value,
        "token_id": trade.spec.token_ids[trade.leg],
        "condition_id": trade.spec.condition_id,
        "size": trade.size / MICRO,
        "price": price_number(trade.pips),
        "timestamp": trade.at_ms // 1000,
        "transaction_hash": trade.transaction,
        **_words(trade.spec, trade.leg),
        "name": "",
        "pseudonym": pseudonym(trade.wallet),
    }


def activity_row(trade: PublicTrade) -> Frame:
    """A row of `/v2/activity`."""
    return {
        **trade_row(trade),
        "type": "TRADE",
        "is_combo": False,
        "usdc_size": money_number(trade.size * trade.pips),
    }


def rtds_trade(trade: PublicTrade) -> Frame:
    """A message of the RTDS topic `activity`, as `@polymarket/real-time-data-client` reads it."""
    spec = trade.spec
    return {
        "topic": "activity",
        "type": "trades" if trade.takes else "orders_matched",
        "timestamp": trade.at_ms,
        "payload": {
            "asset": spec.token_ids[trade.leg],
            "bio": "",
            "conditionId": spec.condition_id,
            "eventSlug": spec.event.slug,
            "icon": "",
            "name": "",
            "outcome": spec.outcomes[trade.leg],
            "outcomeIndex": trade.leg,
            "price": price_number(trade.pips),
            "profileImage": "",
            "proxyWallet": trade.wallet,
            "pseudonym": pseudonym(trade.wallet),
            "side": trade.action.value,
            "size": trade.size / MICRO,
            "slug": spec.slug,
            "timestamp": trade.at_ms // 1000,
            "title": spec.question,
            "transactionHash": trade.transaction,
        },
    }


def position_row(wallet: str, holding: Holding, listing: Listing | None) -> Frame:
    """A row of `/v2/positions`, valued at the best bid."""
    spec, leg = holding.spec, holding.leg
    bid = listing.top(leg)[0] if listing is not None and listing.state.is_open else None
    current = bid or 0
    value, cost = holding.size * current, holding.cost
    resolved = holding.payout is not None
    return {
        "proxy_wallet": wallet,
        "token_id": spec.token_ids[leg],
        "condition_id": spec.condition_id,
        "current_size": holding.size / MICRO,
        "total_size": holding.volume / MICRO,
        "avg_price": price_number(holding.average_pips),
        "entry_cost_usdc": money_number(cost),
        "entry_fees_usdc": 0,
        "total_cost_usdc": money_number(cost),
        "current_price": price_number(current),
        "current_value": money_number(value),
        "realized_pnl": money_number(holding.realized),
        "unrealized_pnl": money_number(value - cost),
        "total_pnl": money_number(holding.realized + value - cost),
        "percent_pnl": round(100 * (value - cost) / cost, 4) if cost else 0,
        "percent_realized_pnl": round(100 * holding.realized / cost, 4) if cost else 0,
        "status": "CLOSED" if resolved or not holding.size else "OPEN",
        "redeemable": False,
        "mergeable": False,
        "negative_risk": spec.neg_risk,
        "archived": False,
        "verified": False,
        **_words(spec, leg),
        "opposite_outcome": spec.outcomes[1 - leg],
        "opposite_token_id": spec.token_ids[1 - leg],
        "end_date": iso(spec.end_ms)[:10],
    }


def past_row(past: Past) -> Frame:
    """A row of `/v2/positions` for a position resolved before this run."""
    won = past.size * (past.payout - past.pips)
    holding = Holding(
        past.spec,
        past.leg,
        cost=past.size * past.pips,
        realized=won,
        volume=past.size,
        first_ms=past.entered_ms,
        last_ms=past.resolved_ms,
        payout=past.payout,
    )
    row = position_row(wallet_address(past.wallet), holding, None)
    return {
        **row,
        "avg_price": price_number(past.pips),
        "current_price": price_number(past.payout),
        "unrealized_pnl": 0,
        "total_pnl": money_number(won),
        "first_entry_at": iso(past.entered_ms),
        "last_event_at": iso(past.resolved_ms),
        "resolved_at": past.resolved_ms // 1000,
    }


def holder_row(wallet: str, holding: Holding) -> Frame:
    """A row of `/v2/holders`."""
    return {
        "token_id": holding.spec.token_ids[holding.leg],
        "proxy_wallet": wallet,
        "amount": holding.size / MICRO,
        "outcome_index": holding.leg,
        "name": "",
        "pseudonym": pseudonym(wallet),
    }


def leader_row(rank: int, wallet: str, record: Activity) -> Frame:
    """A row of `/v2/leaderboard`."""
    return {
        "rank": rank,
        "user_id": wallet,
        "user_name": pseudonym(wallet),
        "x_username": "",
        "pnl": money_number(record.profit(wallet)),
        "volume": record.volume(wallet) / MICRO,
        "verified": False,
    }


def resolution_row(listing: Listing, now_ms: int) -> Frame:
    """A row of `/v2/resolutions`."""
    payout, resolved_ms = listing.state.yes_payout, listing.state.resolved_ms
    return {
        "condition_id": listing.spec.condition_id,
        "status": listing.resolution(now_ms) or "open",
        "payouts": None if payout is None else [payout / PIPS, 1 - payout / PIPS],
        "resolved_at": None if resolved_ms is None else iso(resolved_ms),
    }


def _words(spec: MarketSpec, leg: int) -> Frame:
    return {
        "title": spec.question,
        "slug": spec.slug,
        "event_slug": spec.event.slug,
        "outcome": spec.outcomes[leg],
        "outcome_index": leg,
    }
