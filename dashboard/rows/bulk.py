"""Which of several bots a command fits. Pure."""

from collections.abc import Sequence

from dashboard.answers.overview import Bot
from dashboard.rows.columns import number

OFFERED = {
    "IDLE": ("start",),
    "STARTING": ("pause", "stop"),
    "ACTIVE": ("pause", "stop", "emergency-halt"),
    "PAUSED": ("resume", "stop", "emergency-halt"),
    "STOPPING": ("emergency-halt",),
    "STOPPED": ("start",),
    "ERROR": ("stop", "emergency-halt"),
    "EMERGENCY_HALT": ("stop",),
}
"""What fits each state."""


def offered(state: str) -> tuple[str, ...]:
    """The commands that fit a state; to stop fits one that is not known."""
    return OFFERED.get(state, ("stop",))


def fitting(bots: Sequence[Bot], verb: str) -> list[Bot]:
    """The bots whose state a command fits."""
    return [bot for bot in bots if verb in offered(bot.state)]


def left_out(bots: Sequence[Bot], verb: str) -> list[Bot]:
    """The bots whose state a command does not fit."""
    return [bot for bot in bots if verb not in offered(bot.state)]


def phrase_of(verb: str, bots: Sequence[Bot]) -> str:
    """What has to be typed: the verb and every bot's number, so that none is sent unseen."""
    return " ".join([verb.upper(), *(number(bot.bot_id) for bot in bots)])
