"""What paper money has shown of each bot, kept by `pets graduation` and asked for by live money.

Live money has a folder, a log and a database of its own, so the record of paper money comes to it
as a file.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from agents.registry import ADVISERS, choose_bots
from api.configuration import content_at_hand
from configs.settings import Settings
from schemas.errors import ConfigurationError
from schemas.ids import BotId
from schemas.values import Money
from streams.graduation import Record, verdicts

HOW = "Run the bot with paper money on live data, then `pets graduation`."


class KeptRecord(Record, frozen=True, kw_only=True):
    """One bot's record with the parameters that it was made with."""

    bot_id: BotId
    parameters: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The file.

    Attributes:
        money: Of the system that was asked.
        data: Of every bot that places orders.
    """

    money: Money
    data: tuple[KeptRecord, ...]


class Graduation(NamedTuple):
    """Whether the bots may trade real money.

    Attributes:
        passed: Every one of them.
        says: What each lacks, or that nothing is lacking.
    """

    passed: bool
    says: str


def keep(answer: Mapping[str, Any], path: Path) -> None:
    """Write down what the API answered, in one step.

    Raises:
        ConfigurationError: It is not about paper money, or the file cannot be written.
    """
    if answer["money"] != Money.PAPER:
        raise ConfigurationError(
            f"Expected a system with paper money, this one has {answer['money']} money: only a "
            "paper record lets a bot leave paper mode. Nothing was kept."
        )
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(msgspec.json.format(msgspec.json.encode(answer)) + b"\n")
        new.replace(path)
    except OSError as error:
        raise ConfigurationError(f"The record cannot be kept at {path}: {error}.") from error


def kept_records(settings: Settings) -> dict[BotId, KeptRecord]:
    """Bots' paper records, for comparing other money with them.

    Returns:
        By bot; empty with paper money, and where none can be read: `graduation` says why.
    """
    if settings.money is Money.PAPER:
        return {}
    try:
        kept = msgspec.json.decode(settings.paper_record.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return {}
    return {each.bot_id: each for each in kept.data} if kept.money is Money.PAPER else {}


def graduation(settings: Settings) -> Graduation:
    """Judge the kept records anew, with the criteria of this version.

    Args:
        settings: Which bots are to trade, where the record is, and the parameters at hand.
    """
    path = settings.paper_record
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except FileNotFoundError:
        return Graduation(False, f"There is no paper record at {path}. {HOW}")
    except (OSError, msgspec.DecodeError) as error:
        return Graduation(False, f"The paper record at {path} cannot be read: {error}. {HOW}")
    if kept.money is not Money.PAPER:
        return Graduation(False, f"The record at {path} is about {kept.money} money. {HOW}")
    parameters = content_at_hand(settings).parameters
    records = {each.bot_id: each for each in kept.data}
    lacks = verdicts(records)
    says = []
    for bot in choose_bots(settings.bots):
        if bot.bot_id not in ADVISERS:
            found = _lacks(records.get(bot.bot_id), lacks.get(bot.bot_id, ()), parameters)
            says += [f"{bot.bot_id}: insufficient. {' '.join(found)}"] if found else []
    if says:
        return Graduation(False, f"{' '.join(says)} Leave the bot out with PETS_BOTS, or wait.")
    return Graduation(True, "Every bot's paper record meets all criteria (STRATEGIES.md E.6).")


def _lacks(record: KeptRecord | None, lacks: Sequence[str], parameters: str) -> list[str]:
    if record is None:
        return ["It has no paper record."]
    found = list(lacks)
    if record.parameters != parameters:
        found.append("The record was made with other parameters than those at hand.")
    return found
