"""Commands: records on a topic, imperative, acknowledged by what follows from them."""

from decimal import Decimal
from enum import StrEnum

from schemas.envelope import Message
from schemas.ids import AccountId, BotId
from schemas.values import BotState, Money


class Verb(StrEnum):
    """What an operator can ask for."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    HALT = "halt"
    EMERGENCY_HALT = "emergency-halt"
    RESUME_TRADING = "resume-trading"
    REARM = "rearm"


class Command(Message, frozen=True, kw_only=True, tag="command"):
    """One operator's wish; `event_id` is the command id.

    Attributes:
        bot_id: The bot in scope; None for the whole account.
        by: Who asked: "api", "cli", "dashboard".
        confirms: The command this one confirms: re-arming the portfolio takes two (C.4).
    """

    account_id: AccountId
    verb: Verb
    bot_id: BotId | None
    reason: str
    by: str
    confirms: str = ""


class CommandApplied(Message, frozen=True, kw_only=True, tag="command-applied"):
    """The gate applied, or refused, a command.

    Attributes:
        detail: What changed, or why not, in a sentence.
    """

    command_id: str
    accepted: bool
    detail: str


class BotStateChanged(Message, frozen=True, kw_only=True, tag="bot-state-changed"):
    """A bot's life went on; compacted per bot."""

    account_id: AccountId
    bot_id: BotId
    state: BotState
    previous: BotState
    reason: str


class BotFailed(Message, frozen=True, kw_only=True, tag="bot-failed"):
    """A bot raised in its fold; it stands still in ERROR until an operator starts it.

    Attributes:
        reason: The exception and the message that led to it.
    """

    account_id: AccountId
    bot_id: BotId
    reason: str


class CapitalAllocated(Message, frozen=True, kw_only=True, tag="capital-allocated"):
    """A flow of capital into (or, negative, out of) a bot's sub-ledger.

    Attributes:
        bot_id: The bot; None for the account's unallocated cash.
        amount: Dollars.
    """

    account_id: AccountId
    bot_id: BotId | None
    amount: Decimal


class Configuration(Message, frozen=True, kw_only=True, tag="configuration"):
    """All that stages decide by, whole; in force from its place on their logs on.

    Attributes:
        fingerprint: Derived from everything below that decides; equal content has an equal one.
        files: YAML texts by name, e.g. `risk.yaml`; complete.
        bots: Numbers of the bots that run, comma separated.
        seed: Of latency noise in the paper exchange.
        base: The fingerprint that it was made from: the gate refuses it when another one is in
            force by then. Empty for whatever is in force.
        by: Who asks: "files" for the operator's edited files, or the caller.
    """

    account_id: AccountId
    fingerprint: str
    files: dict[str, str]
    bots: str
    money: Money
    seed: int
    base: str
    by: str
    reason: str


class ConfigurationInForce(Message, frozen=True, kw_only=True, tag="configuration-in-force"):
    """The gate took a configuration over; the last one is in force. Compacted."""

    account_id: AccountId
    fingerprint: str
    by: str
    reason: str
