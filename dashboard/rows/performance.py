"""Results of bots as rows. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from dashboard.answers.performance import Attribution, BotPerformance, DailyPnl, Markout
from dashboard.rows.columns import Row, number
from dashboard.words import age, iso_day


def at_work(found: Sequence[BotPerformance]) -> list[BotPerformance]:
    """Bots that have capital or have done anything in the range."""
    return [each for each in found if each.equity is not None or each.fills or each.closed]


def moved(found: Sequence[Attribution]) -> list[Attribution]:
    """Bots whose results of the range are not all nothing."""
    return [each for each in found if any((each.gross, each.fees, each.gas, each.rebates))]


def performance_rows(found: Sequence[BotPerformance], names: Mapping[str, str]) -> list[Row]:
    """One row a bot; ratios of too few days are marked in words."""
    return [
        {
            "Bot": f"{number(each.bot_id)} {names.get(each.bot_id, '')}".strip(),
            "Net P&L": each.pnl,
            "ROI": each.roi,
            "Max drawdown": each.max_drawdown,
            "Sharpe": each.sharpe,
            "Sortino": each.sortino,
            "Days": each.days,
            "Evidence": "enough days" if each.sufficient else "too few days",
            "Win rate": each.win_rate,
            "Profit factor": each.profit_factor,
            "Expectancy": each.expectancy,
            "Closed": each.closed,
            "Fills": each.fills,
            "Volume": each.volume,
            "Fees": each.fees,
            "Gas": each.gas,
            "Rebates": each.rebates,
            "Average hold": each.average_hold_s,
        }
        for each in found
    ]


def attribution_rows(found: Sequence[Attribution]) -> list[Row]:
    """Gross, less costs, plus rebates: net."""
    return [
        {
            "Bot": number(each.bot_id),
            "Gross": each.gross,
            "Fees": each.fees,
            "Gas": each.gas,
            "Rebates": each.rebates,
            "Net P&L": each.net,
            "Slippage": each.slippage,
        }
        for each in found
    ]


def markout_rows(found: Sequence[Markout]) -> list[Row]:
    """What fills were worth later, by bot and horizon."""
    ordered = sorted(found, key=lambda each: (each.bot_id, each.horizon_s))
    return [
        {
            "Bot": number(each.bot_id),
            "After": age(each.horizon_s),
            "Fills": each.fills,
            "Missing": each.missing,
            "Mean": each.mean,
            "Error": each.standard_error,
        }
        for each in ordered
    ]


def by_day(days: Iterable[DailyPnl]) -> dict[str, Decimal]:
    """The account's result by ISO date."""
    sums: dict[str, Decimal] = {}
    for each in days:
        day = iso_day(each.day)
        sums[day] = sums.get(day, Decimal(0)) + each.total_pnl
    return dict(sorted(sums.items()))
