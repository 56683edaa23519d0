"""What bots read beside markets: news, game states, other people's wallets, estimates.

`event_time` is the source's time, `ingest_time` when our connector had it; a shard's log carries
each of them once, and the bot that reads it says which markets it concerns.
"""

from decimal import Decimal
from enum import StrEnum

from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.values import Action, Side


class Outlet(StrEnum):
    """What kind of source a news item comes from; its weight is a bot's parameter."""

    WIRE = "wire"
    MAJOR = "major"
    AGGREGATOR = "aggregator"
    SOCIAL = "social"


class NewsItem(Message, frozen=True, kw_only=True, tag="news-item"):
    """A story as it was published; `event_time` is when it says it was, `ingest_time` receipt.

    Attributes:
        item_id: The source's own id of it.
        outlet: Who published it, e.g. "reuters".
        url: Empty where there is none.
        body: Its first paragraphs; may be empty.
    """

    item_id: str
    outlet: str
    kind: Outlet
    headline: str
    body: str = ""
    url: str = ""


class GamePhase(StrEnum):
    """How far a match has come."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


class GameState(Message, frozen=True, kw_only=True, tag="game-state"):
    """An esports match at `event_time`, the source's time; pairs are (first side, second side).

    Attributes:
        game: "cs2", "lol", "dota2" or another title.
        match_id: As in `Market.match_id`.
        starts_at: Scheduled start, ms.
        best_of: Maps of the match at most.
        map_number: The map played, from 1; 0 before the first.
        clock_ms: Game time of the map.
        rounds: Rounds won on the map, CS2 only.
        gold: Gold or economy in all; (0, 0) where the feed has none.
        maps: Maps won.
        ratings: Elo ratings of an external model; None where it has none.
    """

    game: str
    match_id: str
    phase: GamePhase
    starts_at: int
    best_of: int = 1
    map_number: int = 0
    clock_ms: int = 0
    kills: tuple[int, int] = (0, 0)
    towers: tuple[int, int] = (0, 0)
    rounds: tuple[int, int] = (0, 0)
    gold: tuple[int, int] = (0, 0)
    maps: tuple[int, int] = (0, 0)
    ratings: tuple[float, float] | None = None


class WalletTrade(Message, frozen=True, kw_only=True, tag="wallet-trade"):
    """A wallet's public trade; `event_time` is when it was made.

    Attributes:
        wallet: Its address, lower case.
        price: Dollars per token of `side`.
        size: Shares.
        is_maker: It rested; None where the source does not say.
        transaction: The venue's hash; one transaction may carry several fills.
    """

    wallet: str
    market_id: MarketId
    side: Side
    action: Action
    price: Decimal
    size: Decimal
    is_maker: bool | None = None
    transaction: str = ""


class WalletResolved(Message, frozen=True, kw_only=True, tag="wallet-resolved"):
    """A wallet's position of one token that was resolved at `event_time`, redeemed or not.

    History from before our own log: what we saw traded and resolved ourselves counts once.

    Attributes:
        price: Average price paid per token, dollars.
        size: Shares held to the end.
        payout: Dollars per token: 0, 0.5 or 1.
        maker_share: Share of its fills there that rested, 0 to 1.
        two_sided: It held both tokens of the market.
    """

    wallet: str
    market_id: MarketId
    side: Side
    price: Decimal
    size: Decimal
    payout: Decimal
    maker_share: float = 0.0
    two_sided: bool = False


class AttentionScore(Message, frozen=True, kw_only=True, tag="attention-score"):
    """How much a market is talked about, 0 to 100, by one source."""

    market_id: MarketId
    score: float
    origin: str


class EstimateKind(StrEnum):
    """Where a probability comes from; the market's own price is none of these."""

    MODEL = "own-model"
    BASE_RATE = "base-rate"
    SURVEY = "survey"
    OTHER_VENUE = "other-venue"


class OutsideEstimate(Message, frozen=True, kw_only=True, tag="outside-estimate"):
    """A probability of YES as of `event_time` from a source outside the market.

    Attributes:
        origin: The source; a later estimate of the same origin replaces the earlier one.
        probability: 0 to 1; of no meaning when it is withdrawn.
        weight: In the pool, above 0.
        withdrawn: The source takes its estimate back.
        reference: Provenance: an address or a citation.
    """

    market_id: MarketId
    origin: str
    kind: EstimateKind
    probability: float
    weight: float = 1.0
    withdrawn: bool = False
    reference: str = ""
