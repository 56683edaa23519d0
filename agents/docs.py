"""Write the generated part of docs/bots.md: one row for each bot of the registry."""

import ast
import re
from collections.abc import Iterable
from importlib import import_module
from importlib.resources import files

from agents.bots.base import Interest
from agents.registry import BOTS, BotEntry
from configs.risk import load_risk
from configs.rules import load_rules
from topics.docs import with_part

REASON = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
EVIDENCE = {
    1: "B: arbitrage is real, a resting-order variant of it is hardly studied",
    2: "D live, C before the match",
    3: "C to D: few wallets are skilled, lists of winners re-test like chance",
    4: "C to D: news is priced in seconds, and a maker cannot take the stale quote",
    5: "B+: makers do better than takers, on another venue",
    6: "B for bundles, C for the hedge",
    7: "D+: trade direction is positively autocorrelated, against the premise",
    8: "D for tails, which are over-priced; B− for quotes in thin books",
    9: "A− for shrinking stakes; it creates no edge",
    10: "D: far from the end low prices are too high",
}
"""Grades of the idea, not of this implementation (STRATEGIES.md D.0, D.11)."""
SHARED = ("directional", "plans", "position", "view", "backoff")
"""Modules whose reasons several bots give."""


def bots_table() -> str:
    """The bots as a Markdown table, and the reasons that several of them share."""
    lines = [
        "| bot | purpose | inputs beside its own orders and account | may open | reasons "
        "| evidence |",
        "|---|---|---|---|---|---|",
    ]
    for bot in BOTS:
        cells = (
            f"{bot.number} {bot.name}",
            _purpose(bot),
            _inputs(bot.make(None, load_rules()).bot.interest),
            _rights(bot.number),
            ", ".join(f"`{reason}`" for reason in own_reasons(bot)) or "none of its own",
            EVIDENCE.get(bot.number, "none"),
        )
        lines.append(f"| {' | '.join(cells)} |")
    shared = ", ".join(f"`{reason}`" for reason in shared_reasons())
    return "\n".join([*lines, "", f"Reasons that several bots share: {shared}."])


def reasons(modules: Iterable[str]) -> list[str]:
    """The stable words that modules give as reasons, read from their source."""
    found: set[str] = set()
    for name in modules:
        for node in ast.walk(ast.parse(_source(name))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and REASON.fullmatch(value):
                found.add(value)
    return sorted(found)


def own_reasons(bot: BotEntry) -> list[str]:
    """The reasons that a bot's own modules give."""
    return reasons(_modules(bot))


def shared_reasons() -> list[str]:
    """The reasons that several bots give."""
    return reasons(f"agents.bots.{module}" for module in SHARED)


def with_bots(document: str) -> str:
    """The document with its generated part made anew.

    Raises:
        ConfigurationError: The document has no marked place for the table.
    """
    return with_part(document, "bots", bots_table())


def _modules(bot: BotEntry) -> list[str]:
    folder = files("agents.bots")
    names = sorted(each.name for each in folder.iterdir())
    return [f"agents.bots.{n[:-3]}" for n in names if n.startswith(f"{bot.bot_id}_")]


def _source(module: str) -> str:
    package, _, name = module.rpartition(".")
    return files(package).joinpath(f"{name}.py").read_text(encoding="utf-8")


def _purpose(bot: BotEntry) -> str:
    """The first sentence of the bot's own module, without its name and reference."""
    module = import_module(f"agents.bots.{bot.file.removesuffix('.yaml')}")
    first = (module.__doc__ or "").splitlines()[0]
    return re.sub(r"\s*\(STRATEGIES[^)]*\)|\s*\(D\.[^)]*\)", "", first.partition(": ")[2])


def _inputs(interest: Interest) -> str:
    kinds = [
        "best prices" if interest.tops else "",
        "trades" if interest.trades else "",
        *(_spaced(kind.__name__) for kind in interest.outside),
    ]
    return ", ".join(each for each in kinds if each)


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _rights(number: int) -> str:
    permission = load_risk().permissions.of(number)
    if not permission.intents:
        return "nothing"
    kinds = " and ".join(permission.intents)
    zones = ", ".join(f"Z{zone}" for zone in permission.zones)
    return f"{kinds}{f', directional in {zones}' if zones else ''}, λ ≤ {permission.lambda_max}"
