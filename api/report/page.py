"""The page of a backtest: what came of it first, then why, bot by bot."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from agents.replay.run_result import BotResult, RunResult
from api.backtest import Judged, Report
from api.report.style import STYLE
from api.report.svg import DOLLARS, Line, Mark, bars, chart, reliability
from api.report.words import (
    MIN_MARKETS,
    band,
    cents,
    luck_words,
    moment,
    percent,
    ratio,
    seconds,
    table,
)

MARKETS_DRAWN = 8
"""Markets whose fills are drawn, those with most fills first."""
REASONS = 12


def render(report: Report) -> str:
    """The whole page."""
    groups = [list(runs) for _, runs in groupby(report.runs, lambda each: each.run.configuration)]
    body = [
        _summary(report, groups),
        _curves(report.runs),
        *(_configuration([each.run for each in group]) for group in groups),
        _how(report),
    ]
    title = f"Backtest of {report.archive}"
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _summary(report: Report, groups: Sequence[Sequence[Judged]]) -> str:
    first = report.runs[0].run
    rows = [
        (
            group[0].run.configuration,
            band(each.run.account.pnl for each in group),
            f"{max(each.run.account.max_drawdown for each in group):.2%}",
            f"{_orders(group[0].run):,}",
            " to ".join(sorted({f"{_fills(each.run):,}" for each in group})),
        )
        for group in groups
    ]
    verdicts = "".join(
        f"<p><b>{escape(each.run.configuration)}, {escape(each.run.queue)}</b>: "
        f"{escape(luck_words(each.luck))}.</p>"
        for each in report.runs
    )
    return (
        f"<h1>Backtest of {escape(report.archive)}</h1>"
        f"<p class=quiet>{moment(first.begin)} to {moment(first.end)} UTC · bots "
        f"{escape(report.bots)} · seed {report.seed} · {first.inputs:,} inputs · paper money</p>"
        "<div class=card>"
        + table(("configuration", "P&L", "worst drawdown", "orders", "fills"), rows)
        + "<p class=quiet>P&L runs from the lowest to the highest queue model. Paper fills without "
        "prints are inferred, and err low.</p>" + verdicts + "</div>"
    )


def _curves(runs: Sequence[Judged]) -> str:
    def lines(value: str) -> list[Line]:
        return [
            Line(
                f"{each.run.configuration}, {each.run.queue}",
                [(step.at, float(getattr(step, value))) for step in each.run.account.curve],
                number % 5,
                dashed=each.run.queue != runs[0].run.queue,
            )
            for number, each in enumerate(runs)
        ]

    return (
        "<h2>P&L of the account</h2>"
        + chart("Profit and loss over time", lines("pnl"), zero=True)
        + "<h2>Drawdown</h2>"
        + chart("Drawdown over time", lines("drawdown"), form="{:.1%}", zero=True)
    )


def _configuration(runs: Sequence[RunResult]) -> str:
    first = runs[0]
    parts = [f"<h2>{escape(first.configuration)}: bots</h2>"]
    rows = []
    for bot_id in first.bots:
        mine = [run.bots[bot_id] for run in runs if bot_id in run.bots]
        rows.append(_bot_row(bot_id, mine))
    head = (
        "bot",
        "P&L",
        "orders",
        "fills",
        "inferred",
        "acceptance",
        "closed",
        "losing",
        "drawdown",
    )
    parts.append(table(head, rows))
    for bot_id, bot in first.bots.items():
        others = [run.bots[bot_id] for run in runs if bot_id in run.bots]
        parts.append(_bot(bot_id, bot, others, [run.queue for run in runs]))
    parts.append(_markets(first))
    return "".join(parts)


def _bot_row(bot_id: str, mine: Sequence[BotResult]) -> tuple[str, ...]:
    bot = mine[0]
    judged = bot.intents and f"{1 - sum(bot.denied.values()) / bot.intents:.0%}"
    return (
        bot_id,
        band(each.pnl for each in mine),
        f"{bot.orders:,}",
        f"{bot.fills:,}",
        f"{bot.inferred_fills:,}",
        judged or "–",
        f"{bot.episodes:,}",
        f"{bot.losing_episodes:,}",
        f"{max(each.max_drawdown for each in mine):.2%}",
    )


def _bot(bot_id: str, bot: BotResult, all_: Sequence[BotResult], queues: Sequence[str]) -> str:
    lines = [
        Line(queue, [(step.at, float(step.pnl)) for step in each.curve], number, dashed=number > 0)
        for number, (queue, each) in enumerate(zip(queues, all_, strict=False))
    ]
    share = bot.attribution
    sums = [("spread captured", share.spread), ("drift of what was held", share.drift)]
    sums += [("fees", -share.fees), ("gas", -share.gas)]
    closed = [*share.by_category.items(), *share.by_ending.items()]
    most = sorted(bot.denied.items(), key=lambda pair: -pair[1])[:REASONS]
    said = sorted(bot.signals.items(), key=lambda pair: -pair[1])[:REASONS]
    return (
        f"<h3>{escape(bot_id)}</h3>"
        + chart(f"P&L of {bot_id}", lines, zero=True)
        + "<h3>Markouts after its fills, per share</h3>"
        + table(("after", *queues), _markout_rows(all_))
        + _order_ends(all_, queues)
        + "<h3>Where the P&L comes from</h3>"
        + bars("Attribution", [(name, float(value)) for name, value in sums], DOLLARS)
        + (
            "<p class=quiet>Of closed positions, by category and by how they ended:</p>"
            if closed
            else ""
        )
        + (bars("Closed positions", [(n, float(v)) for n, v in closed], DOLLARS) if closed else "")
        + "<h3>Calibration of its first opinion of each market</h3>"
        + _calibration(bot_id, bot)
        + "<h3>Denials by the risk gate</h3>"
        + bars("Denials", [(name, float(count)) for name, count in most])
        + "<h3>What it said most</h3>"
        + bars("Signals", [(name, float(count)) for name, count in said])
    )


def _order_ends(bots: Sequence[BotResult], queues: Sequence[str]) -> str:
    """Time to fill, and what the orders that were not filled would have had."""
    ends = [bot.order_ends for bot in bots]
    rows: list[tuple[str, ...]] = [
        ("median time to fill", *(seconds(each.wait_ms) for each in ends)),
        ("filled, of accepted shares", *(percent(each.filled_share) for each in ends)),
        ("orders without a fill", *(f"{each.unfilled:,}" for each in ends)),
    ]
    for index, horizon in enumerate(ends[0].unfilled_markouts):
        found = [(each.unfilled_markouts[index], each.unfilled) for each in ends]
        cells = [cents(mean.mean, count - mean.missing, "orders") for mean, count in found]
        rows.append((f"their markout after {horizon.after_ms // 1000:,} s", *cells))
    return (
        "<h3>Time to fill and non-fill cost</h3>"
        + table(("", *queues), rows)
        + "<p class=quiet>Per share, had they been filled at their price when they were accepted. "
        "Where that is more than the markouts above, the fills that came are the worse ones.</p>"
    )


def _markout_rows(bots: Sequence[BotResult]) -> Iterable[tuple[str, ...]]:
    for index, horizon in enumerate(bots[0].markouts):
        cells = []
        for bot in bots:
            found = bot.markouts[index]
            error = "" if found.error is None else f" ± {100 * found.error:.2f}"
            cells.append(cents(found.mean, bot.fills - found.missing) + error)
        yield (f"{horizon.after_ms // 1000:,} s", *cells)


def _calibration(bot_id: str, bot: BotResult) -> str:
    found = bot.calibrated
    if found is None:
        return "<p class=quiet>insufficient: no market it had an opinion of was resolved.</p>"
    if found.markets < MIN_MARKETS:
        return (
            f"<p class=quiet>insufficient: {found.markets} resolved markets, "
            f"{MIN_MARKETS} are the least.</p>"
        )
    return (
        f"<p>{found.markets:,} markets: Brier {found.brier:.4f}, the market's own "
        f"{found.market_brier:.4f}, skill {ratio(found.skill)}.</p>"
        + reliability(f"Calibration of {bot_id}", found.bins)
    )


def _markets(run: RunResult) -> str:
    """Fills on the price of the markets with most of them."""
    marks: dict[str, list[Mark]] = {}
    for bot_id, bot in run.bots.items():
        for fill in bot.fill_points:
            word = "bought" if fill.buys_yes else "sold"
            title = f"{bot_id} {word} {fill.size} at {fill.yes_price:.3f}, {moment(fill.at)}"
            mark = Mark(fill.at, fill.yes_price, fill.buys_yes, fill.inferred, title)
            marks.setdefault(fill.market, []).append(mark)
    chosen = sorted(marks, key=lambda market: (-len(marks[market]), market))[:MARKETS_DRAWN]
    parts = [f"<h2>{escape(run.configuration)}: fills on the price of YES</h2>"]
    parts.append(
        f"<p class=quiet>{len(chosen)} of {len(marks)} markets, under {escape(run.queue)}. Up: YES "
        "bought; down: YES sold; hollow: inferred, no print proves it.</p>"
    )
    for market in chosen:
        line = Line("", [(point.at, point.value) for point in run.prices[market]], 0)
        name = run.names[market]
        parts.append(f"<h3>{escape(name)}</h3>")
        parts.append(chart(f"Price and fills of {name}", [line], marks[market], form="{:.3f}"))
    return "".join(parts)


def _how(report: Report) -> str:
    first = report.runs[0].run
    return (
        "<h2>How this was made</h2><p class=quiet>"
        f"The live bots, risk gate, paper exchange and ledger, fed {first.inputs:,} messages of "
        f"the archive whose last commit is {escape(report.head)}. {first.messages:,} messages "
        f"in all, {report.seconds:,.1f} s. Prices that nobody could trade on are graded "
        "SUSPECT, and nothing opens on them. Paper results are estimates; PETS promises no "
        "returns.</p>"
    )


def _orders(run: RunResult) -> int:
    return sum(bot.orders for bot in run.bots.values())


def _fills(run: RunResult) -> int:
    return sum(bot.fills for bot in run.bots.values())
