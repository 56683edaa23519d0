"""Markets as Gamma describes them (PROTOCOL.md 5.1)."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from connectors.polymarket.contracts import COLLATERAL
from connectors.sandbox.frames import Frame
from connectors.sandbox.identity import bytes32, small_number
from connectors.sandbox.market import PROTOCOL_V2, MarketSpec
from connectors.sandbox.mirror import YES
from connectors.sandbox.source import Listing
from connectors.sandbox.units import dollars, json_number, price_text
from schemas.values import MICRO, PIPS


def iso(at_ms: int) -> str:
    """A time as Gamma writes it."""
    text = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z").replace(".000Z", "Z")


def gamma_market(listing: Listing, now_ms: int) -> Frame:
    """A market object of Gamma.

    Fields that nobody knows for a recorded market, such as its volume, are absent.

    Args:
        listing: The market.
        now_ms: The venue's clock.
    """
    spec, state = listing.spec, listing.state
    return {
        "id": spec.market_id,
        "question": spec.question,
        "slug": spec.slug,
        "resolutionSource": spec.resolution_source,
        "endDate": iso(spec.end_ms),
        "startDate": iso(spec.listed_ms),
        "description": spec.description,
        "category": spec.category,
        "outcomes": _json(spec.outcomes),
        "outcomePrices": _json(_outcome_prices(listing)),
        **_ids(spec),
        "active": True,
        "closed": not state.is_open,
        "archived": False,
        "acceptingOrders": state.is_open,
        "enableOrderBook": True,
        "negRisk": spec.neg_risk,
        "restricted": True,
        "questionID": spec.question_id,
        "createdAt": iso(spec.listed_ms),
        "updatedAt": iso(state.changed_ms),
        "acceptingOrdersTimestamp": iso(spec.listed_ms),
        "orderPriceMinTickSize": json_number(Decimal(listing.tick) / PIPS),
        "orderMinSize": json_number(Decimal(spec.min_size) / MICRO),
        "automaticallyResolved": spec.automatically_resolved,
        "automaticallyActive": True,
        "clearBookOnStart": spec.clears_on_start,
        "umaResolutionStatus": listing.resolution(now_ms),
        "umaResolutionStatuses": "[]",
        "secondsDelay": spec.taker_delay_ms // 1000 if spec.game_start_ms is not None else 0,
        "events": [_event_head(listing)],
        "tags": _tags(listing),
        **_rewards(spec),
        **_fees(listing),
        **_window(listing),
        **_quotes(listing),
        **_volume(listing, now_ms),
        **({} if state.resolved_ms is None else {"closedTime": iso(state.resolved_ms)}),
    }


def market_name(spec: MarketSpec) -> str:
    """The condition id as Gamma shows it: Protocol V2 conditions lose their padding."""
    return spec.condition_id[:-2] if spec.version == PROTOCOL_V2 else spec.condition_id


def gamma_event(listings: list[Listing], now_ms: int) -> Frame:
    """An event object of Gamma with its markets."""
    spec = listings[0].spec
    head = _event_head(listings[0])
    return {
        **head,
        "description": spec.description,
        "active": True,
        "closed": all(not listing.state.is_open for listing in listings),
        "archived": False,
        "startDate": iso(spec.listed_ms),
        "endDate": iso(spec.end_ms),
        "enableOrderBook": True,
        "negRisk": spec.event.neg_risk,
        "enableNegRisk": spec.event.neg_risk,
        "negRiskAugmented": spec.event.augmented,
        "tags": _tags(listings[0]),
        "markets": [gamma_market(listing, now_ms) for listing in listings],
    }


def tag_objects(listings: list[Listing]) -> list[dict[str, str]]:
    """All tags in use, each once, in order of appearance."""
    slugs = dict.fromkeys(slug for listing in listings for slug in listing.spec.tags)
    return [_tag(slug) for slug in slugs]


def _json(texts: tuple[str, ...]) -> str:
    """Gamma's arrays that are JSON inside a string."""
    return msgspec.json.encode(texts).decode().replace('","', '", "')


def _outcome_prices(listing: Listing) -> tuple[str, str]:
    payout = listing.state.yes_payout
    if payout is not None:
        return price_text(payout), price_text(PIPS - payout)
    bid, ask = listing.top(YES)
    if bid is None and ask is None:
        return "0.5", "0.5"
    middle = Decimal((bid or 0) + (PIPS if ask is None else ask)) / (2 * PIPS)
    return f"{middle.normalize():f}", f"{(1 - middle).normalize():f}"


def _event_head(listing: Listing) -> Frame:
    spec = listing.spec
    head: Frame = {
        "id": spec.event.event_id,
        "ticker": spec.event.slug,
        "slug": spec.event.slug,
        "title": spec.event.title,
    }
    if spec.event.series_slug:
        head["seriesSlug"] = spec.event.series_slug
        head["series"] = [
            {
                "id": small_number("series", spec.event.series_slug),
                "slug": spec.event.series_slug,
                "title": spec.event.series_title,
                "recurrence": "15m",
            }
        ]
    if spec.window_start_ms is not None:
        head["startTime"] = iso(spec.window_start_ms)
        head["automaticallyResolved"] = spec.automatically_resolved
    return head


def _fees(listing: Listing) -> Frame:
    fee = listing.spec.fee
    base = 1000 if fee.rate else 0
    return {
        "feesEnabled": fee.rate > 0,
        "feeSchedule": {
            "rate": json_number(fee.rate_decimal),
            "exponent": 1,
            "takerOnly": True,
            "rebateRate": json_number(fee.rebate_decimal),
        },
        "makerBaseFee": base,
        "takerBaseFee": base,
    }


def _ids(spec: MarketSpec) -> Frame:
    """Condition and tokens; Protocol V2 conditions are shown without their padding."""
    if spec.version == PROTOCOL_V2:
        return {
            "conditionId": market_name(spec),
            "positionIds": list(spec.token_ids),
            "clobTokenIds": "[]",
            "version": spec.version,
            "resolutionStatus": "active",
        }
    return {
        "conditionId": spec.condition_id,
        "clobTokenIds": _json(spec.token_ids),
        "version": spec.version,
    }


def _rewards(spec: MarketSpec) -> Frame:
    reward = spec.reward
    if reward is None:
        return {"rewardsMinSize": 0, "rewardsMaxSpread": 0}
    return {
        "rewardsMinSize": reward.min_size,
        "rewardsMaxSpread": json_number(Decimal(reward.max_spread) * 100 / PIPS),
        "clobRewards": [
            {
                "id": small_number("reward", spec.condition_id),
                "conditionId": spec.condition_id,
                "assetAddress": COLLATERAL,
                "rewardsAmount": 0,
                "rewardsDailyRate": reward.daily,
                "startDate": iso(spec.listed_ms)[:10],
                "endDate": iso(spec.end_ms)[:10],
            }
        ],
    }


def _window(listing: Listing) -> Frame:
    spec, shown = listing.spec, Frame()
    if spec.window_start_ms is not None:
        shown["eventStartTime"] = iso(spec.window_start_ms)
    if spec.game_start_ms is not None:
        shown["gameStartTime"] = iso(spec.game_start_ms)
    if spec.neg_risk:
        shown["negRiskMarketID"] = bytes32("neg-risk", spec.event.slug)
        shown["groupItemTitle"] = spec.outcome_title
    return shown


def _quotes(listing: Listing) -> Frame:
    bid, ask = listing.top(YES)
    last = listing.state.last_trade[YES]
    pips = {"bestBid": bid, "bestAsk": ask, "lastTradePrice": last}
    if bid is not None and ask is not None:
        pips["spread"] = abs(ask - bid)
    return {key: float(price_text(value)) for key, value in pips.items() if value is not None}


def _volume(listing: Listing, now_ms: int) -> Frame:
    liquidity = float(round(dollars(listing.depth()), 4))
    shown: Frame = {"liquidity": str(liquidity), "liquidityNum": liquidity}
    daily = listing.daily_volume()
    if daily is not None:
        total = float(round(dollars(listing.state.volume), 6))
        day = min(float(round(dollars(daily), 6)), total)
        shown |= {"volume": str(total), "volumeNum": total, "volume24hr": day}
    return shown


def _tags(listing: Listing) -> list[dict[str, str]]:
    return [_tag(slug) for slug in listing.spec.tags]


def _tag(slug: str) -> dict[str, str]:
    return {"id": small_number("tag", slug), "slug": slug, "label": slug.title()}
