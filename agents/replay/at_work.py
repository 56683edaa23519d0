"""What each bot did in a run, and how often each of its reasons was given; also those never given.

The catalogue of a bot's reasons is read from its modules, as for docs/bots.md, so a reason that
nobody can give any more is seen to be missing here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from agents.docs import own_reasons, shared_reasons
from agents.registry import BotEntry
from agents.replay.tally import BotTally, Tally
from schemas.ids import BotId


class AtWork(NamedTuple):
    """One bot's run.

    Attributes:
        given: Reasons with their counts, the most frequent first; what led to no market included.
        never: Reasons of its own that were not given.
        never_shared: Those it shares with others that were not given.
    """

    bot: BotEntry
    tally: BotTally
    given: list[tuple[str, int]]
    never: list[str]
    never_shared: list[str]


def at_work(
    bots: Iterable[BotEntry], tally: Tally, passed: Mapping[BotId, Mapping[str, int]]
) -> list[AtWork]:
    """Put a run beside what the bots could have said.

    Args:
        bots: Which ran.
        tally: What was counted.
        passed: What came from outside and led to no market, by bot and reason.
    """
    shared = shared_reasons()
    rows = []
    for bot in bots:
        of_bot = tally.bots.get(bot.bot_id, BotTally())
        given = Counter(of_bot.signals)
        given.update(passed.get(bot.bot_id, {}))
        rows.append(
            AtWork(
                bot,
                of_bot,
                given.most_common(),
                [reason for reason in own_reasons(bot) if reason not in given],
                [reason for reason in shared if reason not in given],
            )
        )
    return rows


def markdown(rows: Iterable[AtWork]) -> str:
    """A table of what the bots did, and below it every reason with its count."""
    rows = list(rows)
    lines = [
        "| bot | signals | intents | denied | orders | fills | shares | exits | P&L $ |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        did = row.tally
        cells = (
            f"{row.bot.number} {row.bot.name}",
            f"{sum(did.signals.values())}",
            f"{did.advice} advices" if did.advice else f"{did.intents}",
            _listed(did.denials),
            f"{did.placed}",
            f"{did.fills}",
            f"{did.filled_shares:.2f}",
            _listed(did.exits + did.pairs),
            f"{did.pnl:.2f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    for row in rows:
        lines += ["", f"**{row.bot.number} {row.bot.name}.** {_said(row.given)}"]
        if row.never:
            lines[-1] += f" Never: {_words(row.never)}."
        if row.given and row.never_shared:
            lines[-1] += f" Of the shared reasons never: {_words(row.never_shared)}."
    return "\n".join(lines)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in counts.most_common()) or "none"


def _said(given: list[tuple[str, int]]) -> str:
    if not given:
        return "It gave no reasons."
    return f"{', '.join(f'`{reason}` {count}' for reason, count in given)}."


def _words(reasons: list[str]) -> str:
    return ", ".join(f"`{reason}`" for reason in reasons)
