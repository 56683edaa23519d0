"""Splitting a dollar into a pair of tokens, and the rebates a maker is paid.

Merging, the way back, is in `schemas.trading`.
"""

from decimal import Decimal

from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId, TokenId, VenueEventId


class _Split(Message, frozen=True, kw_only=True):
    """Dollars that become as many YES and NO tokens of one market."""

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    yes_token_id: TokenId
    no_token_id: TokenId
    pairs: Decimal


class SplitIntent(_Split, frozen=True, kw_only=True, tag="split-intent"):
    """A bot wants to split collateral into matched YES and NO pairs, one dollar a pair."""


class SplitApproved(_Split, frozen=True, kw_only=True, tag="split-approved"):
    """The gate reserved the dollars; execution splits them."""

    intent_id: str


class SplitDenied(_Split, frozen=True, kw_only=True, tag="split-denied"):
    """The gate refused a split; rule, limit and value say why."""

    intent_id: str
    rule: str
    limit: str
    value: str


class PairsSplit(_Split, frozen=True, kw_only=True, tag="pairs-split"):
    """Collateral became pairs: `pairs` dollars went out, `pairs` of each token came in.

    Attributes:
        intent_id: The split that was approved.
        gas: Dollars paid for the transaction.
    """

    intent_id: str
    gas: Decimal


class RebatePaid(Message, frozen=True, kw_only=True, tag="rebate-paid"):
    """The venue paid a bot's maker rebate of one day in one market (STRATEGIES.md A.5).

    Attributes:
        day: The UTC day on which the fills were, ms of its midnight.
        amount: Dollars.
    """

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    day: int
    amount: Decimal
