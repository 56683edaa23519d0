"""What is known about a market of the sandbox, and what changes about it."""

from dataclasses import dataclass

import msgspec

from connectors.sandbox.fees import FeeRate
from connectors.sandbox.identity import bytes32, position_id, small_number, token_id
from connectors.sandbox.mirror import NO, YES

PROTOCOL_V2 = "v2"


class VenueEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The venue event a market belongs to; the series is empty outside recurring ones.

    Attributes:
        neg_risk: At most one of its markets resolves YES, and their tokens convert.
        augmented: A neg-risk event with placeholder outcomes.
    """

    slug: str
    title: str
    series_slug: str = ""
    series_title: str = ""
    neg_risk: bool = False
    augmented: bool = False

    @property
    def event_id(self) -> str:
        """Gamma's number of the event."""
        return small_number("event", self.slug)


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """A market's liquidity rewards (PROTOCOL.md 4.3).

    Attributes:
        min_size: Smallest order that counts, shares.
        max_spread: Furthest distance from the middle that counts, pips.
        daily: Paid per day, dollars.
    """

    min_size: int
    max_spread: int
    daily: int


class MarketSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The fixed metadata of a binary market.

    Attributes:
        listed_ms: When the market became visible, ms UTC.
        end_ms: The planned end, ms UTC.
        window_start_ms: Start of the window that an automatically resolved market is about.
        tick: Tick size at listing, pips.
        min_size: Minimum size of a resting order, micro-shares.
        label: `simulated` or `recorded`; the first of `tags`.
        subjects: Further tag slugs, e.g. `esports` or the title played.
        outcome_title: Name of the outcome within its event; empty outside neg-risk events.
        game_start_ms: Scheduled start of the game a sports market is about.
        taker_delay_ms: How long a marketable order waits, exposed and uncancellable.
        clears_on_start: Whether the book is wiped at the start of the game.
        reward: Liquidity rewards; None without.
        version: Position layer, `v1` or `v2` (PROTOCOL.md section 0).
    """

    condition_id: str
    slug: str
    question: str
    description: str
    outcomes: tuple[str, str]
    category: str
    label: str
    listed_ms: int
    end_ms: int
    event: VenueEvent
    tick: int
    min_size: int
    fee: FeeRate
    window_start_ms: int | None = None
    automatically_resolved: bool = False
    resolution_source: str = ""
    subjects: tuple[str, ...] = ()
    outcome_title: str = ""
    game_start_ms: int | None = None
    taker_delay_ms: int = 0
    clears_on_start: bool = False
    reward: Reward | None = None
    version: str = "v1"

    @property
    def neg_risk(self) -> bool:
        """Whether its orders are signed for the neg-risk exchange."""
        return self.event.neg_risk

    @property
    def market_id(self) -> str:
        """Gamma's number of the market."""
        return small_number("market", self.condition_id)

    @property
    def question_id(self) -> str:
        """The oracle's question id."""
        return bytes32("question", self.condition_id)

    @property
    def token_ids(self) -> tuple[str, str]:
        """The tokens of the first and the second outcome."""
        if self.version == PROTOCOL_V2:
            return position_id(self.condition_id, YES), position_id(self.condition_id, NO)
        return token_id(self.condition_id, YES), token_id(self.condition_id, NO)

    @property
    def tags(self) -> tuple[str, ...]:
        """Tag slugs; the data label comes first, so that no screen can miss it."""
        return self.label, self.category, *self.subjects


@dataclass(slots=True)
class MarketState:
    """What changes during a market's life.

    Attributes:
        changed_ms: Time of the last change of its book, ms UTC.
        resolved_ms: When it was resolved; None before.
        yes_payout: What a YES token paid, pips; None before the resolution.
        volume: Traded since it is played here, in money units.
        last_trade: Last trade of each leg in that token's price, pips; None without one.
        last_action: Aggressor's word of that trade, `BUY` or `SELL`.
    """

    changed_ms: int
    resolved_ms: int | None = None
    yes_payout: int | None = None
    volume: int = 0
    last_trade: tuple[int | None, int | None] = (None, None)
    last_action: tuple[str, str] = ("", "")

    @property
    def is_open(self) -> bool:
        """Whether orders are accepted."""
        return self.resolved_ms is None

    def record_trade(self, leg: int, pips: int, action: str) -> None:
        """Keep a trade as the last one of its token."""
        prices, actions = list(self.last_trade), list(self.last_action)
        prices[leg], actions[leg] = pips, action
        self.last_trade = (prices[0], prices[1])
        self.last_action = (actions[0], actions[1])
