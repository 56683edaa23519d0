"""Commands: records on a topic, imperative, acknowledged by what follows from them."""

from decimal import Decimal
from enum import StrEnum

from schemas.envelope import Message
from schemas.ids import AccountId, BotId
from schemas.values import BotState


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
