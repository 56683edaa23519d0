"""Splits of collateral into pairs: reserve the dollars, answer, release (STRATEGIES.md A.1, C.2).

A pair is worth its dollar whatever happens, so a split raises no exposure; it needs a bot that may
open, a market that trades, and free cash for the pairs and the gas.
"""

from decimal import Decimal

from agents.stages.gate_case import Denial, show
from agents.stages.gate_commands import shown_state, trading_state
from agents.stages.gate_desk import Desk
from agents.stages.gate_state import reserves_once
from schemas.market import MarketResolved
from schemas.pairs import SplitApproved, SplitDenied, SplitIntent
from schemas.reasons import DenialCode
from schemas.risk import TradingState
from schemas.values import BotState, MarketStatus, Money
from streams.orders import Hold

HALTS = {
    TradingState.HALTED: DenialCode.HALTED,
    TradingState.EMERGENCY_HALT: DenialCode.EMERGENCY_HALT,
}


class Splits:
    """Answers splits; the account fold releases what they reserved when they are done."""

    def __init__(self, desk: Desk) -> None:
        """Work on a gate's state."""
        self._desk = desk

    def split(self, intent: SplitIntent) -> None:
        """Reserve dollars for a split, if they are free."""
        desk, orders = self._desk, self._desk.account.orders
        if intent.event_id in desk.state.reserved:
            return
        head, intent_id = desk.out.head("verdict", intent.event_id), intent.event_id
        refusal = self._refusal(intent)
        verdict: SplitApproved | SplitDenied
        if refusal is None:
            amount = self._needed(intent)
            orders.hold(intent.event_id, Hold(intent.bot_id, intent.market_id, amount))
            reserves_once(desk.state, intent.event_id, desk.account.now)
            verdict = SplitApproved(**head, **intent.terms, intent_id=intent_id)
        else:
            verdict = SplitDenied(**head, **intent.terms, intent_id=intent_id, **refusal._asdict())
        desk.out.verdict(verdict, intent.venue_event_id)

    def resolved(self, message: MarketResolved) -> None:
        """No split of a resolved market is waited for; a late one is booked as it comes."""
        orders = self._desk.account.orders
        for key, hold in list(orders.state.holds.items()):
            if hold.market_id == message.market_id:
                orders.release(key)

    def _needed(self, intent: SplitIntent) -> Decimal:
        return intent.pairs + self._desk.rules.account.redeem_gas

    def _refusal(self, intent: SplitIntent) -> Denial | None:
        state, known = self._desk.state, self._desk.account.state
        rules = self._desk.rules
        if not rules.settles_pairs:
            rule = "Orders split no pairs; the chain does."
            return Denial(DenialCode.CHAIN_ONLY, rule, Money.PAPER, rules.money)
        if intent.pairs <= 0:
            return Denial(
                DenialCode.BAD_SIZE, "A split needs pairs.", "above 0", show(intent.pairs)
            )
        trading = trading_state(state, known.breakers)
        if trading is not TradingState.ACTIVE:
            code = HALTS[trading]
            return Denial(code, "Trading must not be halted.", TradingState.ACTIVE, trading)
        shown = shown_state(state, known.breakers, intent.bot_id)
        if shown is not BotState.ACTIVE:
            rule = "The bot must be ACTIVE to split."
            return Denial(DenialCode.BOT_NOT_ACTIVE, rule, BotState.ACTIVE, shown)
        facts = known.markets.get(intent.market_id)
        status = MarketStatus.RESOLVED if facts is None else facts.status
        if status is not MarketStatus.ACTIVE:
            rule = "The market must trade."
            return Denial(DenialCode.MARKET_CLOSED, rule, MarketStatus.ACTIVE, status)
        return self._too_much(intent)

    def _too_much(self, intent: SplitIntent) -> Denial | None:
        ledger, orders = self._desk.account.state.ledger, self._desk.account.orders
        reserved = sum((orders.reserved_cash(each) for each in ledger.bots), Decimal(0))
        bot = ledger.bots.get(intent.bot_id)
        own = Decimal(0) if bot is None else bot.cash - orders.reserved_cash(intent.bot_id)
        free, needed = min(own, ledger.wallet - reserved), self._needed(intent)
        if needed <= free:
            return None
        rule = "A split needs cash that no order or split has reserved, its gas included."
        return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(needed))
