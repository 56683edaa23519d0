"""What an order without an edge of its own rests on, so that the gate can verify it (C.1 check 12).

A leg of a portfolio is right as a part of the whole, and a hedge because of what it hedges.
"""

from decimal import Decimal

import msgspec

from schemas.ids import MarketId
from schemas.values import Side


class OutcomeClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome of an event as the bot priced it.

    Attributes:
        price: Dollars for a YES token.
        fair_value: Declared probability that it wins.
        sigma: Its standard error.
    """

    market_id: MarketId
    price: Decimal
    fair_value: Decimal
    sigma: Decimal


class PortfolioClaim(msgspec.Struct, frozen=True, kw_only=True, tag="portfolio"):
    """The order is one leg of the multi-outcome Kelly portfolio over these (STRATEGIES.md A.8).

    Attributes:
        outcomes: The declared vector: what the bot solved, before anything was dropped.
    """

    outcomes: tuple[OutcomeClaim, ...]


class HedgeClaim(msgspec.Struct, frozen=True, kw_only=True, tag="hedge"):
    """The order hedges what the bot holds in a linked market (STRATEGIES.md D.6c).

    Attributes:
        primary_market_id: What is hedged.
        primary_side: Which token of it is held.
        correlation: Of the two markets' logit returns.
        primary_sd: Standard deviation of the primary's returns.
        hedge_sd: The same of the market ordered in.
    """

    primary_market_id: MarketId
    primary_side: Side
    correlation: Decimal
    primary_sd: Decimal
    hedge_sd: Decimal


Claim = PortfolioClaim | HedgeClaim
