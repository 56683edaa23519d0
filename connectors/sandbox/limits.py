"""Rate limits: by address in sliding windows, by signer in token buckets (PROTOCOL.md 8).

Both run on the venue's clock, so that a session at ten times real time has ten times the requests.
"""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

TEN_S, TEN_MIN = 10_000, 600_000


class Window(NamedTuple):
    """At most `limit` requests within `span_ms`."""

    limit: int
    span_ms: int = TEN_S


EVERYTHING = (Window(15_000),)
CLOB = (Window(9_000),)
BY_PATH: Mapping[str, tuple[Window, ...]] = {
    "GET /book": (Window(1_500),),
    "GET /price": (Window(1_500),),
    "GET /midpoint": (Window(1_500),),
    "POST /books": (Window(500),),
    "POST /prices": (Window(500),),
    "POST /midpoints": (Window(500),),
    "GET /prices-history": (Window(1_000),),
    "GET /tick-size": (Window(200),),
    "GET /data/orders": (Window(500),),
    "GET /data/trades": (Window(500),),
    "GET /notifications": (Window(125),),
    "GET /balance-allowance": (Window(200),),
    "GET /balance-allowance/update": (Window(50),),
    "POST /auth/api-key": (Window(100),),
    "GET /auth/derive-api-key": (Window(100),),
    "GET /auth/api-keys": (Window(100),),
    "POST /order": (Window(5_000), Window(120_000, TEN_MIN)),
    "DELETE /order": (Window(5_000), Window(120_000, TEN_MIN)),
    "POST /orders": (Window(2_000), Window(21_000, TEN_MIN)),
    "DELETE /orders": (Window(2_000), Window(15_000, TEN_MIN)),
    "DELETE /cancel-all": (Window(250), Window(6_000, TEN_MIN)),
    "DELETE /cancel-market-orders": (Window(1_500), Window(21_000, TEN_MIN)),
    "GET /events": (Window(500),),
    "GET /events/keyset": (Window(500),),
    "GET /markets": (Window(300),),
    "GET /markets/keyset": (Window(300),),
    "GET /tags": (Window(200),),
    "GET /v2/trades": (Window(300),),
    "GET /v2/positions": (Window(200),),
    "GET /v2/activity": (Window(200),),
    "GET /v2/prices-history": (Window(200),),
}
"""Limits of single endpoints, by method and path."""


class AddressLimits:
    """Sliding windows by client address and endpoint."""

    def __init__(self, by_path: Mapping[str, tuple[Window, ...]] = BY_PATH) -> None:
        self._by_path = by_path
        self._seen: defaultdict[tuple[str, str, int], deque[int]] = defaultdict(deque)

    def wait_ms(self, address: str, endpoint: str, now_ms: int) -> int:
        """Count a request.

        Args:
            address: The client's.
            endpoint: Method and path, e.g. `GET /book`.
            now_ms: The venue's clock.

        Returns:
            0 where it may pass, else how long until the same request would.
        """
        scopes = [("", EVERYTHING), (endpoint, self._by_path.get(endpoint, ()))]
        queues = [
            (self._seen[address, scope, window.span_ms], window)
            for scope, windows in scopes
            for window in windows
        ]
        wait = 0
        for times, window in queues:
            while times and times[0] <= now_ms - window.span_ms:
                times.popleft()
            if len(times) >= window.limit:
                wait = max(wait, times[0] + window.span_ms - now_ms)
        if wait == 0:
            for times, _ in queues:
                times.append(now_ms)
        return wait


class Tier(NamedTuple):
    """A signer's tier: tokens a second and burst, for orders and for cancels."""

    name: str
    orders: tuple[int, int]
    cancels: tuple[int, int]
    may_go_negative: bool


TIERS = (
    Tier("standard", (40, 60), (80, 120), may_go_negative=True),
    Tier("copper", (60, 90), (120, 180), may_go_negative=True),
    Tier("bronze", (80, 120), (160, 240), may_go_negative=True),
    Tier("silver", (200, 300), (400, 600), may_go_negative=True),
    Tier("gold", (400, 600), (800, 1_200), may_go_negative=True),
    Tier("platinum", (450, 675), (900, 1_350), may_go_negative=False),
    Tier("diamond", (525, 787), (1_050, 1_575), may_go_negative=False),
    Tier("elite", (600, 900), (1_200, 1_800), may_go_negative=False),
)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_ms: int


class Charge(NamedTuple):
    """What a signer's bucket said.

    Attributes:
        passed: Whether the request may go on.
        remaining: Tokens left; negative where the tier allows it.
        wait_ms: Until the same request would pass; 0 where it did.
    """

    passed: bool
    remaining: float
    wait_ms: int


class SignerLimits:
    """Token buckets by signer, one for orders and one for cancels.

    Attributes:
        tier: The tier of every signer.
    """

    def __init__(self, tier: str = "standard") -> None:
        self.tier = next(each for each in TIERS if each.name == tier)
        self._buckets: dict[tuple[str, bool], _Bucket] = {}

    def charge(self, signer: str, cost: int, now_ms: int, *, cancels: bool) -> Charge:
        """Take tokens, all or nothing.

        Only cancels may overdraw, and only from a balance above zero.

        Args:
            signer: Whose bucket.
            cost: Tokens of the request.
            now_ms: The venue's clock.
            cancels: Which of the two buckets.
        """
        rate, burst = self.tier.cancels if cancels else self.tier.orders
        bucket = self._buckets.setdefault((signer, cancels), _Bucket(burst, now_ms))
        refill = max(now_ms - bucket.at_ms, 0) * rate / 1000
        bucket.tokens, bucket.at_ms = min(bucket.tokens + refill, burst), now_ms
        overdraws = cancels and self.tier.may_go_negative and bucket.tokens > 0
        if bucket.tokens >= cost or overdraws:
            bucket.tokens -= cost
            return Charge(True, bucket.tokens, 0)
        missing = (1 if cancels and self.tier.may_go_negative else cost) - bucket.tokens
        return Charge(False, bucket.tokens, max(round(missing * 1000 / rate), 1))
