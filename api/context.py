"""What the routes share: settings, the present, the commander, the database pool."""

from typing import TYPE_CHECKING

from fastapi import Request

from api.commands import Commander
from api.live import LiveState
from api.live_reader import LiveReader
from api.models import Envelope, T
from api.problems import ApiError
from configs.clock import SessionClock
from configs.settings import Settings

if TYPE_CHECKING:
    from sinks.pool import Pool

STALE_AFTER_S = 10.0
SOURCE_WORDS = {
    "live": "live",
    "world": "simulated",
    "recorded": "recorded",
    "both": "recorded + simulated",
}


class Context:
    """One running API's parts.

    Attributes:
        pool: The database's connections; None until it first answered.
    """

    def __init__(
        self, settings: Settings, state: LiveState, reader: LiveReader, commander: Commander
    ) -> None:
        """Take the parts; the pool comes when the database answers."""
        self.settings = settings
        self.clock: SessionClock = settings.clock()
        self.state = state
        self.reader = reader
        self.commander = commander
        self.pool: Pool | None = None

    @property
    def source(self) -> str:
        """The source word with its speed, e.g. `recorded 10x`."""
        word = SOURCE_WORDS[self.settings.source]
        return word if self.clock.speed == 1 else f"{word} {self.clock.speed:g}x"

    def envelope(self, data: T, as_of: int) -> Envelope[T]:
        """Wrap data with its age and its modes.

        Args:
            data: The answer.
            as_of: Session time of the newest fact in it, ms; 0 when there is none yet.
        """
        age_s = max(0.0, self.clock.wall_age_s(as_of)) if as_of else 0.0
        return Envelope(
            data=data,
            as_of=as_of,
            age_s=age_s,
            source=self.source,
            money=self.settings.money,
            stale=as_of == 0 or age_s > STALE_AFTER_S,
        )


def database(context: Context) -> "Pool":
    """The database's connections.

    Raises:
        ApiError: The database does not answer; live figures still do.
    """
    if context.pool is None:
        raise ApiError(
            503,
            "database-away",
            "Expected the database to answer, it does not.",
            "Live figures and the halt work without it; orders and history do not.",
        )
    return context.pool


def context_of(request: Request) -> Context:
    """The context of the running app, for `Depends`."""
    context: Context = request.app.state.context
    return context
