"""Commands on their way, parameters and log lines, as the API answers."""

import msgspec


class Step(msgspec.Struct, frozen=True):
    """One part of a command's effect, read back."""

    name: str
    done: int
    of: int


class Progress(msgspec.Struct, frozen=True):
    """How far a command has come: accepted, applied or denied, confirmed."""

    command_id: str
    stage: str
    verb: str | None
    bot_id: str | None
    reason: str
    by: str
    sent_at: int | None
    answered_at: int | None
    detail: str
    steps: list[Step]
    advice: str


class BotConfig(msgspec.Struct, frozen=True):
    """A bot's parameters with their form (JSON Schema) and the tag to change them with."""

    bot_id: str
    name: str
    parameters: dict[str, object]
    form: dict[str, object]
    tag: str
    origin: str


class ConfigFile(msgspec.Struct, frozen=True):
    """One file that decides, as it is in force."""

    name: str
    text: str
    edited_here: bool


class Config(msgspec.Struct, frozen=True):
    """Everything that decides, and who took it over."""

    fingerprint: str
    on_the_log: bool
    by: str
    reason: str
    bots: str
    money: str
    seed: int
    files: list[ConfigFile]


class LogLine(msgspec.Struct, frozen=True):
    """One line that a component logged; `at` is wall time, ms UTC."""

    at: int
    component: str
    level: str
    event: str
    correlation_id: str
    fields: dict[str, str]
