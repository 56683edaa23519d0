"""Which signals are written: every decision, and changes of the reason for doing nothing.

The topic has to stay readable: an unchanged "none" is repeated once a minute per market, and a
changing one at most once a second.
"""

import msgspec

from agents.bots.base import Note
from schemas.ids import BotId, MarketId

REPEAT_MS = 60_000
CHANGE_MS = 1_000
NONE = "none"


class SignalMark(msgspec.Struct, frozen=True):
    """The last signal that was written."""

    reason: str
    at: int


SignalMarks = dict[BotId, dict[MarketId, SignalMark]]


def is_worth_writing(
    marks: SignalMarks, bot_id: BotId, market_id: MarketId, note: Note, now: int
) -> bool:
    """Whether a note becomes a signal; it is remembered when it does.

    Args:
        marks: The last signal per bot and market; changed.
        bot_id: Whose note.
        market_id: About what.
        note: Decision and reason.
        now: The fold's `now`, ms.
    """
    of_bot = marks.setdefault(bot_id, {})
    last = of_bot.get(market_id)
    if last is not None and note.decision == NONE:
        wait = REPEAT_MS if last.reason == note.reason else CHANGE_MS
        if now - last.at < wait:
            return False
    of_bot[market_id] = SignalMark(note.reason, now)
    return True
