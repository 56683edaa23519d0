"""One order through checks 1 to 15, against a plain rewrite of them that keeps no sums.

Run: python -m tests.benchmarks.bench_gate. The orders are those of a replay. The peer looks at the
same account with the same rules, scans all holdings and orders for every limit, and says yes or no;
it names no rule. Processor time, the median order of the best of five runs.
"""

import gc
import itertools
import time
from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from agents.replay.loop import ClosedLoop
from agents.stages import gate_intents
from agents.stages.gate import GateStage
from agents.stages.gate_judge import Judgement, judge
from agents.stages.gate_rules import GateRules
from agents.stages.gate_state import GateState
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId
from schemas.trading import Order, Stamp
from schemas.values import Action, IntentKind, MarketStatus, Side
from streams.account import Account
from topics.catalog import GATE_INPUTS, TopicSpec

INPUTS = 20_000
ZERO, ONE = Decimal(0), Decimal(1)


def recorded(source: str) -> list[Message]:
    """What the gate reads in a replay of the beginning of a source."""
    settings, seen = Settings(), list[Message]()

    def keep(topic: TopicSpec, _: str, message: Message) -> None:
        if topic is GATE_INPUTS:
            seen.append(message)

    loop = ClosedLoop(Stages(settings).closed_loop(), [keep])
    tape = itertools.islice(Tape(source, settings.seed, 1.0, AccountId(settings.account)), INPUTS)
    for index, (topic, key, message) in enumerate(tape):
        if index == 0:
            for start in first_messages(
                settings, (BotId("bot_01"), BotId("bot_05")), message.ingest_time
            ):
                loop.feed(GATE_INPUTS, settings.account, start)
        loop.feed(topic, key, message)
    return seen


def losses(account: Account, bot: BotId, market: MarketId) -> tuple[Decimal, Decimal]:
    """Worst losses of a bot in a binary market if YES and if NO wins, from scratch."""
    ledger = account.state.ledger.bots.get(bot)
    stake = None if ledger is None else ledger.stakes.get(market)
    yes = no = ZERO
    if stake is not None:
        yes, no = stake.cost - stake.size(Side.YES), stake.cost - stake.size(Side.NO)
    for entry in account.orders.all():
        order = entry.order
        if order.bot_id == bot and order.market_id == market and order.action is Action.BUY:
            lose = order.price * entry.remaining
            win = lose - entry.remaining
            if_yes, if_no = (win, lose) if order.side is Side.YES else (lose, win)
            yes, no = yes + max(if_yes, ZERO), no + max(if_no, ZERO)
    return yes, no


def exposures(account: Account) -> dict[tuple[BotId, MarketId], Decimal]:
    """Every bot's worst loss in every market, from scratch."""
    pairs = {(bot, m) for bot, books in account.state.ledger.bots.items() for m in books.stakes}
    pairs |= {(e.order.bot_id, e.order.market_id) for e in account.orders.all()}
    return {pair: max(*losses(account, *pair), ZERO) for pair in pairs}


def plain(order: Order, stamp: Stamp, account: Account, state: GateState, rules: GateRules) -> bool:
    """The checks as one would write them down first."""
    rights, bot = rules.rights[order.bot_id], account.state.ledger.bots[order.bot_id]
    yes_price = order.price if order.side is Side.YES else ONE - order.price
    bids = (order.side is Side.YES) is (order.action is Action.BUY)
    stake = bot.stakes.get(order.market_id)
    net = ZERO if stake is None else stake.net
    reduces = (net < 0 if bids else net > 0) and order.size <= abs(net)
    breakers = account.state.breakers
    if not reduces and (
        breakers.portfolio_open or breakers.daily_open or state.trading != "ACTIVE"
    ):
        return False
    facts = account.state.markets[order.market_id]
    if facts.status is not MarketStatus.ACTIVE or stamp.status is not MarketStatus.ACTIVE:
        return False
    if account.now - stamp.decided_at > 5000 or stamp.lag_ms > 5000:
        return False
    if order.price % stamp.tick or order.size < stamp.min_size or order.size % rules.lot:
        return False
    if stamp.ask is not None and bids and yes_price >= stamp.ask:
        return False
    if stamp.bid is not None and not bids and yes_price <= stamp.bid:
        return False
    for entry in account.orders.all():
        crosses = yes_price >= entry.yes_price if bids else yes_price <= entry.yes_price
        if crosses and entry.order.market_id == order.market_id and entry.is_bid is not bids:
            return False
    if reduces:
        return True
    cost = order.price * order.size
    equity = min(max(stamp.equity, bot.equity), bot.equity * Decimal("1.02"))
    most = rights.mm_side if order.kind is IntentKind.MM else rights.bundle
    known = exposures(account)
    mine = sum((loss for (who, _), loss in known.items() if who == order.bot_id), ZERO)
    total = sum(known.values(), ZERO)
    portfolio = breakers.portfolio.equity
    reserved = sum((e.cash for e in account.orders.all() if e.order.bot_id == order.bot_id), ZERO)
    return (
        cost <= most * equity
        and known.get((order.bot_id, order.market_id), ZERO) + cost <= rights.market * equity
        and mine + cost <= rules.bot_gross * equity
        and total + cost <= rules.portfolio_gross * portfolio
        and cost <= bot.cash - reserved
    )


class Timed:
    """Stands where the gate calls its judge, and counts the time of one of the two."""

    def __init__(self, *, peer: bool) -> None:
        self._peer = peer
        self.seconds: list[float] = []

    def __call__(
        self,
        orders: Sequence[Order],
        stamps: Sequence[Stamp],
        account: Account,
        state: GateState,
        rules: GateRules,
        **others: Any,
    ) -> Judgement:
        started = time.process_time()
        if self._peer:
            for order, stamp in zip(orders, stamps, strict=True):
                plain(order, stamp, account, state, rules)
            self._count(started, orders)
            return judge(orders, stamps, account, state, rules, **others)
        found = judge(orders, stamps, account, state, rules, **others)
        self._count(started, orders)
        return found

    def _count(self, started: float, orders: Sequence[Order]) -> None:
        self.seconds.append((time.process_time() - started) / len(orders))


def timed(messages: list[Message], *, peer: bool) -> float:
    """Run the messages through a fresh gate; the median order's seconds."""
    stages = Stages(Settings()).closed_loop()
    gate = next(stage for stage in stages if isinstance(stage, GateStage))
    clock = Timed(peer=peer)
    vars(gate_intents)["judge"] = clock
    gc.disable()
    try:
        for message in messages:
            gate.apply(message)
    finally:
        gc.enable()
        vars(gate_intents)["judge"] = judge
    return median(clock.seconds)


def main() -> None:
    """Both sources."""
    for source in ("world", "resolvedkit"):
        messages = recorded(source)
        gate = min(timed(messages, peer=False) for _ in range(5))
        peer = min(timed(messages, peer=True) for _ in range(5))
        print(
            f"gate check, {source}: {1e6 * gate:.1f} us an order, "
            f"{peer / gate:.1f} times the speed of the plain rewrite ({1e6 * peer:.1f} us)"
        )


if __name__ == "__main__":
    main()
