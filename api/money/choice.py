"""The choice of money at `pets up`: conditions, a folder of its own, the phrase for live money."""

import asyncio
import os
from pathlib import Path

import typer

from api.money.access import open_access
from api.money.checklist import checklist
from api.money.gate import phrase, require, require_mode, require_phrase
from configs.hosts import at_hosts
from configs.settings import Settings
from schemas.errors import ConfigurationError
from schemas.values import Money

MARK = "money"
"""A file in PETS_HOME that says whose money its log is about."""


def money_of(text: str) -> Money:
    """The money mode of a word.

    Raises:
        ConfigurationError: There is none of this name.
    """
    try:
        return Money(text)
    except ValueError:
        raise ConfigurationError(
            f"Expected --money to be one of {', '.join(Money)}, received {text!r}."
        ) from None


def with_money(settings: Settings) -> Settings:
    """The settings with what their money mode needs; live money asks for its phrase.

    Every mode but paper has a folder of its own unless PETS_HOME names one, because a log is about
    one money alone.

    Raises:
        ConfigurationError: The mode's conditions are not met.
    """
    require_mode(settings)
    if settings.money is Money.PAPER:
        return settings
    if "home" not in settings.model_fields_set:
        settings = settings.model_copy(update={"home": Path(f".pets-{settings.money}")})
    if settings.money is Money.SANDBOX:
        return settings
    return asyncio.run(_confirmed(at_hosts(settings)))


def keep_to(home: Path, money: Money) -> None:
    """Let a folder be about one money for good.

    Raises:
        ConfigurationError: Its log is about another one.
    """
    mark = home / MARK
    if mark.exists():
        known = mark.read_text(encoding="ascii").strip()
    else:
        known = Money.PAPER if (home / "data" / "kafka").exists() else money
        home.mkdir(parents=True, exist_ok=True)
        mark.write_text(f"{known}\n", encoding="ascii")
    if known != money:
        raise ConfigurationError(
            f"Expected {home} to hold {money} money, it holds {known}: orders and positions of "
            "both would be mixed. Name another folder with PETS_HOME."
        )


async def _confirmed(settings: Settings) -> Settings:
    """Go through the checklist before a person, and ask for the phrase."""
    async with open_access(settings, os.environ) as access:
        points = await checklist(settings, access)
        for point in points:
            typer.echo(f"  {'ok' if point.passed else 'NO':>2}  {point.name}: {point.says}")
        for point in points:
            require(point)
        wanted = phrase(access.account.maker)
        typed = settings.live_phrase or typer.prompt(f'Type "{wanted}" to go on')
        require_phrase(access.account.maker, typed)
    return settings.model_copy(update={"live_phrase": typed})
