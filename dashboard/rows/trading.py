"""Orders, executions, signals, verdicts and closed positions as rows. Pure."""

from collections.abc import Mapping, Sequence

from dashboard.answers.markets import Book, ClosedPosition
from dashboard.answers.trading import (
    Decision,
    DecisionCount,
    Order,
    Signal,
    SignalCount,
    Trade,
)
from dashboard.rows.columns import Row, number, zone
from dashboard.words import cents, clock, date, shares

LADDER = 5
"""Levels a side."""
Questions = Mapping[str, str]
"""Markets' questions by id."""


def order_rows(orders: Sequence[Order], questions: Questions) -> list[Row]:
    """One row an order, with what it took to reach the venue and how long it lived."""
    return [
        {
            "Time": clock(order.created_at),
            "Bot": number(order.bot_id),
            "Market": questions.get(order.market_id, order.market_id),
            "Order": " ".join(filter(None, (order.action, order.side))),
            "Kind": order.kind or "",
            "Status": order.status,
            "Price": order.price,
            "Size": order.size,
            "Filled": order.filled_size,
            "To venue": None if order.placed_at is None else latency_ms(order),
            "Life": (
                None if order.closed_at is None else _seconds(order.created_at, order.closed_at)
            ),
            "Why": order.reason,
            "By": "operator" if order.operator else "bot",
            "Id": order.order_id,
        }
        for order in orders
    ]


def latency_ms(order: Order) -> float:
    """From the decision to the venue's acceptance; session milliseconds."""
    return float(max(0, (order.placed_at or order.created_at) - order.created_at))


def trade_rows(trades: Sequence[Trade], questions: Questions) -> list[Row]:
    """One row an execution."""
    return [
        {
            "Time": clock(trade.executed_at),
            "Bot": number(trade.bot_id),
            "Market": questions.get(trade.market_id, trade.market_id),
            "Order": " ".join(filter(None, (trade.action, trade.side))),
            "Price": trade.price,
            "Size": trade.size,
            "Fee": trade.fee,
            "Gas": trade.gas,
            "Slippage": trade.slippage,
            "As": (trade.liquidity or "").lower(),
            "Proof": "inferred" if trade.inferred else "print",
            "Id": trade.order_id,
        }
        for trade in trades
    ]


def sentence(trade: Trade, questions: Questions) -> str:
    """An execution as a person would tell it."""
    question = questions.get(trade.market_id, trade.market_id)
    verb = {"BUY": "bought", "SELL": "sold", "MERGE": "merged", "SPLIT": "split"}.get(trade.action)
    if verb is None:
        return (
            f"{clock(trade.executed_at)} {number(trade.bot_id)} {trade.action.lower()}: {question}"
        )
    side = f" – {trade.side}" if trade.side else ""
    role = f" as {trade.liquidity.lower()}" if trade.liquidity else ""
    return (
        f"{clock(trade.executed_at)} {number(trade.bot_id)} {verb} {shares(trade.size)} of "
        f"{question}{side} at {cents(trade.price)}{role}"
    )


def closed_rows(positions: Sequence[ClosedPosition], questions: Questions) -> list[Row]:
    """One row a holding that was closed."""
    return [
        {
            "Time": date(position.closed_at),
            "Bot": number(position.bot_id),
            "Market": questions.get(position.market_id, position.market_id),
            "Side": position.side,
            "Zone": zone(position.zone),
            "Held": _seconds(position.opened_at, position.closed_at),
            "Realised": position.realised_pnl,
            "Fees": position.fees,
        }
        for position in positions
    ]


def signal_rows(signals: Sequence[Signal], questions: Questions) -> list[Row]:
    """One row a signal, traded or not."""
    return [
        {
            "Time": clock(signal.at),
            "Bot": number(signal.bot_id),
            "Market": questions.get(signal.market_id, signal.market_id),
            "Decision": signal.decision,
            "Why": signal.reason,
            "Fair value": signal.fair_value,
            "Mid": signal.mid,
            "Edge": signal.edge,
        }
        for signal in signals
    ]


def signal_count_rows(counts: Sequence[SignalCount]) -> list[Row]:
    """What a bot decided and why, the most frequent first."""
    ordered = sorted(counts, key=lambda each: -each.count)
    return [
        {
            "Times": each.count,
            "Bot": number(each.bot_id),
            "Decision": each.decision,
            "Why": each.reason,
            "Last": clock(each.last_at),
        }
        for each in ordered
    ]


def decision_count_rows(counts: Sequence[DecisionCount]) -> list[Row]:
    """What the gate answered and why, denials first, the most frequent first."""
    ordered = sorted(counts, key=lambda each: (each.verdict != "DENIED", -each.count))
    return [
        {
            "Times": each.count,
            "Bot": number(each.bot_id),
            "Verdict": each.verdict,
            "Code": each.code or "",
            "Rule": each.rule or "",
            "Limit": each.limit_value or "",
            "Value": each.value or "",
            "Last": clock(each.last_at),
        }
        for each in ordered
    ]


def decision_rows(decisions: Sequence[Decision], questions: Questions) -> list[Row]:
    """One row a denial: of what, and the rule, limit and value that decided."""
    return [
        {
            "Time": clock(each.decided_at),
            "Bot": number(each.bot_id),
            "Market": questions.get(each.market_id, each.market_id),
            "Order": " ".join(filter(None, (each.action or each.subject, each.side))),
            "Price": each.price,
            "Size": each.size,
            "Rule": each.rule or "",
            "Limit": each.limit_value or "",
            "Value": each.value or "",
            "Code": each.code or "",
        }
        for each in decisions
    ]


def ladder_rows(book: Book) -> list[Row]:
    """The best prices, asks from the dearest down, then bids; ours beside all."""
    asks = [("ask", level) for level in reversed(book.asks[:LADDER])]
    bids = [("bid", level) for level in book.bids[:LADDER]]
    return [
        {"Side": side, "Price": level.price, "Size": level.size, "Ours": level.own_size or None}
        for side, level in (*asks, *bids)
    ]


def _seconds(start: int, end: int) -> float:
    return max(0, end - start) / 1000
