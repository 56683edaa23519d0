"""Attention and outside estimates of the simulated world over HTTP.

* `GET /kaito/api/v1/mindshare?token=SLUG&window=24h` answers `{"token": slug, "mindshare": share,
  "sentiment": number, "as_of": time}` in the form of Kaito's mindshare; without `token` it lists
  all markets. A key in `x-api-key` is wanted, any will do.
* `GET /estimates` and `GET /estimates?slug=SLUG` answer `{"estimates": [...]}`: probabilities that
  forecasters outside the market publish once a day, with provenance and date. They are near the
  market's latent value with an error of their own, and stay there while moods pass.
"""

from random import Random
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.frames import Frame
from connectors.sandbox.gamma import iso, market_name
from connectors.sandbox.identity import seed_number
from connectors.sandbox.latent import HOUR_MS, logistic
from connectors.sandbox.replies import refuse, reply
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.source import Listing
from connectors.sandbox.tenure import DAY_MS, Tenure
from connectors.sandbox.world_market import WorldMarket

ORIGINS = (("polling-house", "survey"), ("macro-model", "own-model"), ("base-rates", "base-rate"))
ERROR, BIAS = 0.12, 0.35
"""Standard deviations in logit units: of one day's estimate, and of an origin's lasting opinion."""
WITHDRAWN_SHARE = 0.03
DISTINCT_SHARE = 40


class Estimate(NamedTuple):
    """An outside probability of YES.

    Attributes:
        market_id: As Gamma shows the condition.
        kind: Where it comes from, one of `schemas.outside.EstimateKind`.
        at_ms: When it was made, ms UTC.
    """

    slug: str
    market_id: str
    origin: str
    kind: str
    probability: float
    withdrawn: bool
    at_ms: int
    reference: str


class AttentionFeed:
    """Serves what people say and think about markets."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        return [
            Route("/kaito/api/v1/mindshare", self.mindshare),
            Route("/estimates", self.estimates),
        ]

    async def mindshare(self, request: Request) -> Response:
        """How much a market is talked about."""
        query = request.query_params
        if not (request.headers.get("x-api-key") or query.get("api_key")):
            return refuse("api key required", 401)
        rows = {each.spec.slug: _mindshare(each, self._now) for each in self._markets()}
        if "token" not in query:
            return reply({"data": list(rows.values()), "as_of": iso(self._now)})
        found = rows.get(query["token"])
        return reply(found) if found else refuse("unknown token", 404)

    async def estimates(self, request: Request) -> Response:
        """Outside probabilities."""
        slug = request.query_params.get("slug", "")
        rows = [
            row
            for market in self._markets()
            if slug in ("", market.spec.slug)
            for row in map(_estimate_row, estimates_of(market, self._now))
        ]
        return reply(rows)

    @property
    def _now(self) -> int:
        return self._sandbox.venue.now_ms

    def _markets(self) -> list[WorldMarket]:
        listings: list[Listing] = self._sandbox.venue.listings()
        return [each for each in listings if isinstance(each, WorldMarket) and each.state.is_open]


def _mindshare(market: WorldMarket, now_ms: int) -> Frame:
    hour = now_ms // HOUR_MS
    rng = Random(seed_number("mindshare", market.spec.condition_id, hour // 6))
    moved = abs(market.fair_logit(now_ms) - market.fair_logit(max(now_ms - 6 * HOUR_MS, 0)))
    share = min(rng.lognormvariate(-6.0, 0.8) * (1 + DISTINCT_SHARE * moved), 1.0)
    return {
        "token": market.spec.slug,
        "mindshare": {iso(hour * HOUR_MS)[:10]: round(share, 6)},
        "sentiment": round(min(max(rng.gauss(0, 0.3), -1.0), 1.0), 4),
        "window": "24h",
        "as_of": iso(hour * HOUR_MS),
    }


def estimates_of(market: WorldMarket, now_ms: int) -> list[Estimate]:
    """The estimates of a market that stand at a time, one an origin; None come for most markets."""
    tenure = market.tenure
    if not isinstance(tenure, Tenure) or not tenure.slot.estimates:
        return []
    rows = []
    day_ms = now_ms // DAY_MS * DAY_MS
    for origin, kind in ORIGINS:
        opinion = Random(seed_number("opinion", market.spec.condition_id, origin)).gauss(0, BIAS)
        rng = Random(seed_number("estimate", market.spec.condition_id, origin, day_ms))
        at_ms = day_ms + rng.randrange(6 * HOUR_MS)
        if at_ms > now_ms:
            continue
        logit = market.fair_logit(max(day_ms, market.spec.listed_ms)) + opinion
        rows.append(
            Estimate(
                slug=market.spec.slug,
                market_id=market_name(market.spec),
                origin=origin,
                kind=kind,
                probability=round(logistic(logit + rng.gauss(0, ERROR)), 4),
                withdrawn=rng.random() < WITHDRAWN_SHARE,
                at_ms=at_ms,
                reference=f"https://{origin}.example/{market.spec.slug}",
            )
        )
    return rows


def _estimate_row(estimate: Estimate) -> Frame:
    return {
        "market_id": estimate.market_id,
        "origin": estimate.origin,
        "kind": estimate.kind,
        "probability": estimate.probability,
        "weight": 1.0,
        "withdrawn": estimate.withdrawn,
        "as_of": iso(estimate.at_ms),
        "reference": estimate.reference,
    }
