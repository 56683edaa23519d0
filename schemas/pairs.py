"""Tokens that become others without a trade, and the rebates a maker is paid.

A split makes pairs of dollars, a conversion makes YES tokens and dollars of a set of NO tokens of
one event. Merging, the way back from a split, is in `schemas.trading`.
"""

from decimal import Decimal
from typing import TypedDict

import msgspec

from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId, TokenId, VenueEventId
from schemas.reasons import DenialCode


class SplitTerms(TypedDict):
    """What every message about one split says alike."""

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    yes_token_id: TokenId
    no_token_id: TokenId
    pairs: Decimal


class _Split(Message, frozen=True, kw_only=True):
    """Dollars that become as many YES and NO tokens of one market."""

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    yes_token_id: TokenId
    no_token_id: TokenId
    pairs: Decimal

    @property
    def terms(self) -> SplitTerms:
        """The split itself, for the next message about it."""
        return SplitTerms(
            bot_id=self.bot_id,
            account_id=self.account_id,
            market_id=self.market_id,
            venue_event_id=self.venue_event_id,
            yes_token_id=self.yes_token_id,
            no_token_id=self.no_token_id,
            pairs=self.pairs,
        )


class SplitIntent(_Split, frozen=True, kw_only=True, tag="split-intent"):
    """A bot wants to split collateral into matched YES and NO pairs, one dollar a pair."""


class SplitApproved(_Split, frozen=True, kw_only=True, tag="split-approved"):
    """The gate reserved the dollars; execution splits them."""

    intent_id: str


class SplitDenied(_Split, frozen=True, kw_only=True, tag="split-denied"):
    """The gate refused a split; code, rule, limit and value say why."""

    intent_id: str
    code: DenialCode
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


class PairsFailed(Message, frozen=True, kw_only=True, tag="pairs-failed"):
    """A merge or split that was approved did not happen: what it reserved is free again.

    Attributes:
        intent_id: The merge or split.
        reason: Why, for people.
    """

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    intent_id: str
    reason: str


class Outcome(msgspec.Struct, frozen=True):
    """A market of a neg-risk event, by its YES token."""

    market_id: MarketId
    yes_token_id: TokenId


class ConversionTerms(TypedDict):
    """What every message about one conversion says alike."""

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    gives: tuple[MarketId, ...]
    gets: tuple[Outcome, ...]
    size: Decimal


class _Conversion(Message, frozen=True, kw_only=True):
    """NO tokens of some outcomes of a neg-risk event that become YES of all the others (A.1).

    `size` NO tokens of each of k outcomes become `(k − 1) · size` dollars and `size` YES tokens of
    each outcome outside the set.

    Attributes:
        market_id: The first market of `gives`.
        gives: Markets whose NO tokens go.
        gets: All other outcomes of the event; empty when the set is complete.
        size: Tokens of each.
    """

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    gives: tuple[MarketId, ...]
    gets: tuple[Outcome, ...]
    size: Decimal

    @property
    def dollars(self) -> Decimal:
        """Collateral that is set free."""
        return (len(self.gives) - 1) * self.size

    @property
    def terms(self) -> ConversionTerms:
        """The conversion itself, for the next message about it."""
        return ConversionTerms(
            bot_id=self.bot_id,
            account_id=self.account_id,
            market_id=self.market_id,
            venue_event_id=self.venue_event_id,
            gives=self.gives,
            gets=self.gets,
            size=self.size,
        )


class ConvertIntent(_Conversion, frozen=True, kw_only=True, tag="convert-intent"):
    """A bot wants to convert NO tokens of a neg-risk event."""


class ConvertApproved(_Conversion, frozen=True, kw_only=True, tag="convert-approved"):
    """The gate reserved the NO tokens; execution converts them."""

    intent_id: str


class ConvertDenied(_Conversion, frozen=True, kw_only=True, tag="convert-denied"):
    """The gate refused a conversion; code, rule, limit and value say why."""

    intent_id: str
    code: DenialCode
    rule: str
    limit: str
    value: str


class PositionsConverted(_Conversion, frozen=True, kw_only=True, tag="positions-converted"):
    """A conversion was carried out.

    Attributes:
        intent_id: The conversion that was approved.
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
