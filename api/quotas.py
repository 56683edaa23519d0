"""How many requests a caller may make in a minute; counted in Redis, or here while it is away."""

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from api.callers import Caller, CallerKind

log = structlog.get_logger(__name__)

LIMIT = parse("100/minute")
DASHBOARD_LIMIT = parse("3000/minute")
STORE_TIMEOUT_S = 0.25


class Quotas:
    """Counts requests. A counter that is away never stops a request from being served."""

    def __init__(self, redis_url: str) -> None:
        """Count in Redis where there is one.

        Args:
            redis_url: PETS_REDIS_URL; empty counts in this process.
        """
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = self._here
        if redis_url:
            store = RedisStorage(
                f"async+{redis_url}",
                wrap_exceptions=True,
                implementation="redispy",
                socket_timeout=STORE_TIMEOUT_S,
                socket_connect_timeout=STORE_TIMEOUT_S,
            )
            self._shared = SlidingWindowCounterRateLimiter(store)

    async def spend(self, caller: Caller, purpose: str) -> RateLimitItem | None:
        """Count one request.

        Args:
            caller: Whose.
            purpose: Requests of one purpose have a quota of their own.

        Returns:
            The limit that is reached, or None when the request may pass.
        """
        limit = DASHBOARD_LIMIT if caller.kind is CallerKind.DASHBOARD else LIMIT
        keys = (caller.kind, caller.name, purpose)
        try:
            may_pass = await self._shared.hit(limit, *keys)
        except StorageError as error:
            log.warning("requests are counted here", error=repr(error.storage_error))
            may_pass = await self._here.hit(limit, *keys)
        return None if may_pass else limit
