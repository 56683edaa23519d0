"""What venue, Data API and chain say of the same money, and where they differ."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from schemas.envelope import Message
from schemas.ids import AccountId, MarketId


class AssetTruth(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one asset; None where nobody answered.

    Attributes:
        key: Token id; "" for collateral.
        market_id: Whose token; "" for collateral.
        ours: What our ledger believes.
        venue: What the venue would let us sell or spend.
        data_api: What the Data API lists.
        chain: What the contract says.
        moving: What trades and jobs under way may still change, up or down.
        resolved: The market has resolved.
        payout: Dollars that a share of a resolved market pays.
        outcome: 0 for YES, 1 for NO.
        neg_risk: The market belongs to a neg-risk event.
        version: The market's `version` of the venue: v1 or v2.
    """

    key: str
    market_id: str
    ours: Decimal
    venue: Decimal | None
    data_api: Decimal | None
    chain: Decimal | None
    moving: Decimal = Decimal(0)
    resolved: bool = False
    payout: Decimal = Decimal(0)
    outcome: int = 0
    neg_risk: bool = False
    version: str = "v1"

    @property
    def said(self) -> tuple[Decimal, ...]:
        """What is known of the outside."""
        return tuple(x for x in (self.venue, self.data_api, self.chain) if x is not None)


class TruthKind(StrEnum):
    """What kind of difference it is."""

    PENDING = "pending"
    """Explained by trades and jobs under way, or too young to tell."""
    GHOST = "ghost"
    """Somebody tells of what the chain does not have, or hides what it has."""
    DUST = "dust"
    """Too little to trade, and left out by one of them."""
    REDEEM = "redeem"
    """The market has resolved: one has paid it out already."""
    TRANSFER = "transfer"
    """All three agree, and we do not: money moved that we did not move."""


class TruthDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference, with its age."""

    key: str
    market_id: str
    kind: TruthKind
    age_ms: int
    ours: Decimal
    venue: Decimal | None
    data_api: Decimal | None
    chain: Decimal | None


EVERY_MARKET = MarketId("")
"""Key of what concerns all markets: the dollars are in doubt."""


class TruthDoubted(Message, frozen=True, kw_only=True, tag="truth-doubted"):
    """How much may be opened while truth is in doubt, all of it, on every change.

    Attributes:
        wallet: Whose tokens and dollars were compared.
        scales: Part of the usual size, 0 to 1, by market; markets without doubt are left out.
        reason: What differs most, a sentence; empty for nothing.
    """

    account_id: AccountId
    wallet: str
    scales: dict[MarketId, Decimal]
    reason: str


class TruthObserved(Message, frozen=True, kw_only=True, tag="truth-observed"):
    """Venue, Data API and chain were asked about everything a wallet holds."""

    wallet: str
    assets: tuple[AssetTruth, ...]
