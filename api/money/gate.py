"""The gate before a money mode: refuses in one sentence, or lets it pass."""

import structlog

from api.money.access import VenueAccess
from api.money.checklist import Point, checklist
from configs.settings import Settings
from schemas.errors import ConfigurationError
from schemas.values import Money

log = structlog.get_logger(__name__)

HERE = ("http://127.0.0.1", "http://localhost", "http://[::1]", "http://sandbox:")
"""Loopback, and the sandbox's name among the containers of docker-compose.yml."""


def require_mode(settings: Settings) -> None:
    """Check what can be checked without a venue.

    Raises:
        ConfigurationError: Mode, source, speed or shards do not go together.
    """
    money, source = settings.money, settings.source
    if money is Money.PAPER:
        return
    if settings.shards != 1:
        raise ConfigurationError(
            f"Expected one shard with {money} money, received {settings.shards}: the account's "
            "orders are reconciled as a whole. Set PETS_SHARDS=1."
        )
    if money is Money.SANDBOX and source == "live":
        raise ConfigurationError(
            "Expected --money sandbox with a source that the sandbox plays (world, recorded, both),"
            " received live: the sandbox has none of the live markets."
        )
    if money is Money.LIVE and (source != "live" or settings.speed != 1):
        raise ConfigurationError(
            f"Expected --money live with --source live at speed 1, received {source} at "
            f"{settings.speed:g}: real orders go by real prices alone."
        )


def phrase(maker: str) -> str:
    """What an operator types to trade real money from a wallet."""
    return f"I trade real money with {maker}"


async def require_money(settings: Settings, access: VenueAccess) -> None:
    """Refuse to send orders unless everything is as it must be for the mode.

    Raises:
        ConfigurationError: Something is not; the sentence says what.
    """
    require_mode(settings)
    if settings.money is Money.SANDBOX:
        if not settings.clob_url.startswith(HERE):
            raise ConfigurationError(
                f"Expected the sandbox on this machine, received {settings.clob_url}: sandbox "
                "money never leaves it. For real money say --money live."
            )
        return
    if settings.money is not Money.LIVE:
        raise ConfigurationError(
            f"Expected --money sandbox or live, received {settings.money}: paper orders are filled "
            "by the stage `paper` and need no gateway."
        )
    for point in await checklist(settings, access):
        log.info("checklist", point=point.name, passed=point.passed, says=point.says)
        require(point)
    require_phrase(access.account.maker, settings.live_phrase)


def require(point: Point) -> None:
    """Refuse for a point of the checklist that did not pass.

    Raises:
        ConfigurationError: It did not.
    """
    if not point.passed:
        raise ConfigurationError(f"No real orders are sent ({point.name}): {point.says}")


def require_phrase(maker: str, typed: str) -> None:
    """Refuse unless an operator typed that real money is meant.

    Raises:
        ConfigurationError: It was not typed, or for another wallet.
    """
    if typed.strip() != phrase(maker):
        raise ConfigurationError(
            f"Expected the phrase {phrase(maker)!r}, received another or none. `pets up --money "
            "live` asks for it; `pets run gateway` takes it from PETS_LIVE_PHRASE."
        )
