"""The state of the account fold and its parameters."""

from decimal import Decimal

import msgspec

from schemas.ids import MarketId
from streams.breaker_state import BreakerLimits, Breakers
from streams.episode_book import Episodes
from streams.ledger_state import Ledger
from streams.markets import MarketFacts, ShortHorizon
from streams.orders import OwnOrders
from streams.unsettled import Unsettled


class AccountRules(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of the fold.

    Attributes:
        carry_ms: How long a bad book keeps its last good mark.
        redeem_ms: From a resolution to the cash.
        redeem_gas: Dollars of one redemption.
        profile: The short-horizon profile, or None.
    """

    breakers: BreakerLimits
    carry_ms: int = 300_000
    redeem_ms: int = 7_200_000
    redeem_gas: Decimal = Decimal("0.01")
    profile: ShortHorizon | None = None


class AccountState(msgspec.Struct):
    """Everything the fold remembers.

    Attributes:
        now: Greatest `ingest_time` seen, ms.
        sequence: Breaker events so far.
        rearm_asked: The command that asked to re-arm the portfolio and waits for another.
        rearm_asked_at: When that was, ms.
        unsettled: Fills that may still be taken back.
    """

    now: int = 0
    sequence: int = 0
    rearm_asked: str = ""
    rearm_asked_at: int = 0
    ledger: Ledger = msgspec.field(default_factory=Ledger)
    orders: OwnOrders = msgspec.field(default_factory=OwnOrders)
    episodes: Episodes = msgspec.field(default_factory=Episodes)
    unsettled: Unsettled = msgspec.field(default_factory=Unsettled)
    breakers: Breakers = msgspec.field(default_factory=Breakers)
    markets: dict[MarketId, MarketFacts] = {}
