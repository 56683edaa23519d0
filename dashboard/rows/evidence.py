"""What records prove, and sums from gross to net, as rows. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from dashboard.answers.performance import Attribution, Graduation, PaperRecord
from dashboard.rows.columns import Row, number
from dashboard.rows.performance import moved

ZERO = Decimal(0)


class Net(NamedTuple):
    """Several bots' realised results together; `slippage` is None while one's is unknown."""

    gross: Decimal
    fees: Decimal
    gas: Decimal
    rebates: Decimal
    net: Decimal
    slippage: Decimal | None


def together(found: Sequence[Attribution], bot_id: str) -> Net | None:
    """One bot's result, or all bots' for the empty id; None when nothing was earned or paid."""
    chosen = moved([each for each in found if bot_id in ("", each.bot_id)])
    if not chosen:
        return None
    slips = [each.slippage for each in chosen]
    known = [slip for slip in slips if slip is not None]
    return Net(
        gross=sum((each.gross for each in chosen), ZERO),
        fees=sum((each.fees for each in chosen), ZERO),
        gas=sum((each.gas for each in chosen), ZERO),
        rebates=sum((each.rebates for each in chosen), ZERO),
        net=sum((each.net for each in chosen), ZERO),
        slippage=sum(known, ZERO) if len(known) == len(slips) else None,
    )


def begun(found: Sequence[Graduation]) -> list[Graduation]:
    """Bots of which there is any record."""
    return [each for each in found if each.days or each.fills or each.resolved]


def evidence_rows(found: Sequence[Graduation], names: Mapping[str, str]) -> list[Row]:
    """One row a bot: the grade, and what it rests on."""
    return [
        {
            "Bot": f"{number(each.bot_id)} {names.get(each.bot_id, '')}".strip(),
            "Evidence": "insufficient" if each.lacks else "sufficient",
            "Lacking": len(each.lacks),
            "Days": each.days,
            "Fills": each.fills,
            "Not real": each.unreal_fills,
            "Resolved": each.resolved,
            "P&L": each.pnl,
            "Markout": each.markout_60s,
            "Deflated": each.deflated,
            "Win rate": each.win_rate,
            "Max drawdown": each.drawdown,
        }
        for each in begun(found)
    ]


def versus_rows(found: Sequence[Graduation], money: str) -> list[Row]:
    """Two rows a bot that has both records: paper money, and the money of this log."""
    rows = []
    for each in begun(found):
        if each.paper is not None:
            rows += [_side(each.bot_id, "paper", each.paper), _side(each.bot_id, money, each)]
    return rows


def _side(bot_id: str, money: str, record: PaperRecord) -> Row:
    return {
        "Bot": number(bot_id),
        "Money": money,
        "Days": record.days,
        "Fills": record.fills,
        "P&L": record.pnl,
        "Markout": record.markout_60s,
        "Win rate": record.win_rate,
        "Sharpe": record.sharpe,
        "Max drawdown": record.drawdown,
    }
