"""Gamma's market documents to `Market` (PROTOCOL.md section 5.1). Pure."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from connectors.polymarket.position_ids import condition_key, is_structured
from schemas.errors import InfrastructureError
from schemas.ids import MarketId, TokenId, VenueEventId
from schemas.market import FeeSchedule, Market
from schemas.values import PIPS, DataLabel, MarketStatus

STREAM = re.compile(r"/streams/([a-z0-9]+)-(usd)/?$")
"""How a resolution source names a price stream, e.g. https://data.chain.link/streams/btc-usd."""
ORDINARY = "v1"
TOKEN_FIELDS = {ORDINARY: "clobTokenIds", "v2": "positionIds"}
"""Where a market's token ids are, by its position layer."""
RESOLUTION_STATUS = {
    "proposed": MarketStatus.PROPOSED,
    "disputed": MarketStatus.DISPUTED,
    "settled": MarketStatus.RESOLVED,
    "resolved": MarketStatus.RESOLVED,
}


FINAL = frozenset({"settled", "resolved"})
"""Resolution statuses after which prices are payouts."""
PAYOUTS = frozenset({Decimal(0), Decimal("0.5"), Decimal(1)})


class MetadataError(InfrastructureError):
    """A market document lacks what trading needs."""


def parse_market(document: dict[str, Any]) -> Market:
    """Read one Gamma market document.

    Args:
        document: As `GET /markets/keyset` lists it, with its `events` and `tags`.

    Raises:
        MetadataError: Ids, tokens or the tick size are missing or of another shape.
    """
    try:
        yes_token, no_token = _tokens(document)
        outcomes = _texts(document.get("outcomes") or '["Yes", "No"]')
        event = (document.get("events") or [{}])[0]
        tags = _tags(document.get("tags") or event.get("tags") or [])
        return Market(
            market_id=MarketId(condition_key(document["conditionId"])),
            venue_event_id=VenueEventId(str(event.get("id") or document["conditionId"])),
            question=document["question"],
            slug=document["slug"],
            yes_token_id=TokenId(yes_token),
            no_token_id=TokenId(no_token),
            outcomes=(outcomes[0], outcomes[1]),
            tick=int(_decimal(document["orderPriceMinTickSize"]) * PIPS),
            min_size=_decimal(document.get("orderMinSize") or 5),
            label=_label(tags),
            fee=_fee(document),
            category=str(document.get("category") or event.get("category") or "").lower(),
            tags=tags,
            neg_risk=bool(document.get("negRisk")),
            status=_status(document),
            liquidity=_decimal(document.get("liquidityNum") or 0),
            volume_24h=_decimal(document.get("volume24hr") or 0),
            created_at=_millis(document.get("createdAt")) or 0,
            window_start_at=_millis(document.get("eventStartTime")),
            resolves_at=_millis(document.get("endDate")),
            clears_at=_millis(document.get("gameStartTime")),
            auto_resolved=bool(document.get("automaticallyResolved")),
            series=str(event.get("seriesSlug") or ""),
            rewards_min_size=_decimal(document.get("rewardsMinSize") or 0),
            rewards_max_spread=_decimal(document.get("rewardsMaxSpread") or 0),
            rewards_daily=_daily_rewards(document),
            match_id=_match_id(tags),
            reference=_reference(document),
            version=str(document.get("version") or ORDINARY),
        )
    except (KeyError, ValueError, IndexError, TypeError, ArithmeticError) as error:
        raise MetadataError(
            f"Expected a Gamma market with conditionId, clobTokenIds and orderPriceMinTickSize, "
            f"received {document.get('conditionId') or document.get('slug')!r} ({error!r}). "
            "The market is not traded."
        ) from error


class Outcome(NamedTuple):
    """How a market ended.

    Attributes:
        market_id: Which.
        yes_payout: Dollars a YES token pays.
        at: When, ms; None where the document does not say.
    """

    market_id: MarketId
    yes_payout: Decimal
    at: int | None


def parse_outcome(document: dict[str, Any]) -> Outcome | None:
    """How a market ended, of its document; None while that is not final.

    Args:
        document: As `GET /markets/keyset` lists it.

    Raises:
        MetadataError: A resolved market without an outcome.
    """
    if not document.get("closed") or _status(document) is not MarketStatus.RESOLVED:
        return None
    if str(document.get("umaResolutionStatus") or "").lower() not in FINAL:
        return None
    try:
        yes, no = (_decimal(price) for price in _texts(document["outcomePrices"]))
        market_id = MarketId(condition_key(document["conditionId"]))
        at = _millis(document.get("closedTime"))
    except (KeyError, ValueError, TypeError, ArithmeticError) as error:
        raise _no_outcome(document, repr(error)) from error
    if yes not in PAYOUTS or yes + no != 1:
        raise _no_outcome(document, f"YES pays {yes}, NO {no}")
    return Outcome(market_id, yes, at)


def _no_outcome(document: dict[str, Any], found: str) -> MetadataError:
    return MetadataError(
        f"Expected the resolved market {document.get('conditionId')!r} to pay 0, 0.5 or 1, "
        f"received {found}. Its resolution is not told; look at the venue's page."
    )


class EventFacts(NamedTuple):
    """What an event says of all its markets.

    Attributes:
        markets: How many it has, closed ones too.
        augmented: It may still get outcomes.
    """

    markets: int
    augmented: bool

    def of(self, market: Market) -> Market:
        """A market of the event, with this."""
        return msgspec.structs.replace(market, event_markets=self.markets, augmented=self.augmented)


def parse_event(document: dict[str, Any]) -> EventFacts:
    """Read one Gamma event document.

    Args:
        document: As `GET /events` lists it, with its `markets`.
    """
    return EventFacts(len(document.get("markets") or ()), bool(document.get("negRiskAugmented")))


def _daily_rewards(document: dict[str, Any]) -> Decimal:
    """Dollars a day that the market's liquidity rewards share out."""
    pools = [pool for pool in document.get("clobRewards") or [] if isinstance(pool, dict)]
    return sum((_decimal(pool.get("rewardsDailyRate") or 0) for pool in pools), Decimal(0))


def _tokens(document: dict[str, Any]) -> list[str]:
    """The tokens of the market's position layer (PROTOCOL.md section 0).

    Raises:
        ValueError: The layer is unknown, or the ids are of another one: it is not traded.
    """
    named = document.get("version")
    version = str(named or ORDINARY)
    if version not in TOKEN_FIELDS:
        raise ValueError(f"position layer {version} is unknown")
    tokens = _texts(document[TOKEN_FIELDS[version]])
    if named and any(is_structured(token) is (version == ORDINARY) for token in tokens):
        raise ValueError(f"token ids are not of position layer {version}")
    return tokens


def _texts(value: str | list[str]) -> list[str]:
    """Gamma writes lists as JSON inside a string."""
    return msgspec.json.decode(value, type=list[str]) if isinstance(value, str) else value


def _tags(values: list[Any]) -> tuple[str, ...]:
    return tuple(
        str(value.get("slug") or value.get("label")) if isinstance(value, dict) else str(value)
        for value in values
    )


def _match_id(tags: tuple[str, ...]) -> str:
    """The match that a tag `match-NUMBER` names, by the score feed's number; YES is its first side.

    The sandbox tags its markets so; where no tag says it, the market is about no known match.
    """
    numbers = (tag.removeprefix("match-") for tag in tags if tag.startswith("match-"))
    return next((f"pandascore/{number}" for number in numbers if number.isdecimal()), "")


def _reference(document: dict[str, Any]) -> str:
    """The symbol of the price stream that resolves a market, as live data spells it."""
    found = STREAM.search(str(document.get("resolutionSource") or "").lower())
    return "".join(found.groups()) if found else ""


def _decimal(value: object) -> Decimal:
    return Decimal(str(value))


def _millis(value: str | None) -> int | None:
    """An ISO time in ms UTC."""
    return int(datetime.fromisoformat(value).timestamp() * 1000) if value else None


def _label(tags: tuple[str, ...]) -> DataLabel:
    if "simulated" in tags:
        return DataLabel.SIMULATED
    return DataLabel.RECORDED if "recorded" in tags else DataLabel.LIVE


def _fee(document: dict[str, Any]) -> FeeSchedule | None:
    """The market's own schedule; None where it has none, so that the caller's preset decides."""
    if document.get("feesEnabled") is False:
        return FeeSchedule(rate=Decimal(0))
    schedule = document.get("feeSchedule")
    if not schedule:
        return None
    rebate = schedule.get("rebateRate")
    return FeeSchedule(
        rate=_decimal(schedule["rate"]),
        beta=int(schedule.get("exponent", 1)),
        rebate_share=None if rebate is None else _decimal(rebate),
    )


def _status(document: dict[str, Any]) -> MarketStatus:
    resolution = str(document.get("umaResolutionStatus") or "").lower()
    if resolution in RESOLUTION_STATUS:
        return RESOLUTION_STATUS[resolution]
    if document.get("closed") or document.get("archived"):
        return MarketStatus.RESOLVED
    tradable = (
        document.get("active", True)
        and document.get("acceptingOrders", True)
        and document.get("enableOrderBook", True)
    )
    return MarketStatus.ACTIVE if tradable else MarketStatus.PAUSED
