"""`pets why`: why a bot did not trade: its state, its reasons, the gate's, and the limits."""

import json
from collections.abc import Sequence
from typing import Any

import typer

from api.cli.asking import bot_id, get, part
from api.cli.printing import age, table

LAST_SIGNALS = 5


def explain_bot(bot: str, hours: float, as_json: bool) -> None:
    """Print why a bot traded or did not, the decisive reason first."""
    name = bot_id(bot)
    found = {
        "bot": get(f"/bots/{part(name)}"),
        "status": get("/status"),
        "signals": get("/signals/counts", bot_id=name, hours=hours),
        "decisions": get("/decisions/counts", bot_id=name, hours=hours),
        "last_signals": get("/signals", bot_id=name, hours=hours, limit=LAST_SIGNALS),
        "breakers": get("/risk/circuit-breakers"),
    }
    if as_json:
        typer.echo(json.dumps({key: answer["data"] for key, answer in found.items()}, indent=2))
        return
    for line in lines(found, name, hours):
        typer.echo(line)


def lines(found: dict[str, Any], name: str, hours: float) -> list[str]:
    """The explanation, a line each."""
    bot, status = found["bot"]["data"], found["status"]["data"]
    counts, verdicts = found["signals"]["data"], found["decisions"]["data"]
    said = [verdict(bot, status, counts, verdicts, hours)]
    if counts:
        said += ["", f"What the bot decided in the last {hours:g} h"]
        said += table(counts, ("decision", "reason", "count", "last_at"))
    if verdicts:
        said += ["", "What the risk gate answered"]
        columns = ("verdict", "code", "count", "rule", "limit_value", "value", "last_at")
        said += table(verdicts, columns)
    if signals := found["last_signals"]["data"]["items"]:
        said += ["", "Its last signals"]
        columns = ("at", "market_id", "decision", "reason", "edge", "fair_value", "mid")
        said += table(signals, columns)
    mine = [b for b in found["breakers"]["data"] if b["scope"] in (name, "portfolio", "account")]
    if mine:
        said += ["", "Its breakers", *table(mine, ("scope", "kind", "value", "limit", "open"))]
    return [*said, "", age(found["signals"])]


def verdict(
    bot: dict[str, Any],
    status: dict[str, Any],
    counts: Sequence[dict[str, Any]],
    verdicts: Sequence[dict[str, Any]],
    hours: float,
) -> str:
    """The decisive reason in one sentence."""
    name = f"{bot['bot_id']} {bot['name']}"
    if status["trading_state"] != "ACTIVE":
        why = status["reason"] or "no reason was given"
        return f"{name} may open nothing: trading is {status['trading_state']} ({why})."
    if bot["state"] != "ACTIVE":
        why = f" ({bot['reason']})" if bot["reason"] else ""
        return f"{name} may open nothing: it is {bot['state']}{why}."
    passed = sum(each["count"] for each in verdicts if each["verdict"] == "APPROVED")
    denied = [each for each in verdicts if each["verdict"] == "DENIED"]
    refused = sum(each["count"] for each in denied)
    if passed or refused:
        most = max(denied, key=lambda each: int(each["count"]), default=None)
        because = f"; most often {most['code']}: {most['rule']}" if most else ""
        return f"{name}: {passed} intents approved, {refused} denied in {hours:g} h{because}."
    if counts:
        top = max(counts, key=lambda each: int(each["count"]))
        return (
            f"{name} asked for nothing in {hours:g} h; most often it decided {top['decision']}: "
            f"{top['reason']} ({top['count']} times)."
        )
    return f"{name} saw nothing to decide about in {hours:g} h: see its markets' data in `status`."
