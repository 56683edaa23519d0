"""Conversions of NO tokens in a neg-risk event: check, reserve, answer, release (A.1, C.3).

A conversion changes no state's loss, so it opens nothing and is allowed in every state, as a merge
is. What it needs is the whole event, NO tokens that nothing else takes, and room for YES tokens.
"""

from copy import deepcopy
from decimal import Decimal

from agents.stages.gate_case import Denial, show
from agents.stages.gate_desk import Desk
from agents.stages.gate_state import Converting, reserved_no, reserves_once
from schemas.ids import MarketId
from schemas.market import MarketResolved
from schemas.pairs import (
    ConvertApproved,
    ConvertDenied,
    ConvertIntent,
    PositionsConverted,
)
from schemas.reasons import DenialCode
from schemas.values import MarketStatus, Money, Side
from streams.conversions import book_conversion
from streams.ledger_state import BotLedger, Ledger
from streams.orders import Hold, is_bid
from streams.unsettled import undelivered

ZERO = Decimal(0)


class Conversions:
    """Answers conversions; their gas is held by the account fold, their tokens here."""

    def __init__(self, desk: Desk) -> None:
        """Work on a gate's state."""
        self._desk = desk

    def convert(self, intent: ConvertIntent) -> None:
        """Reserve NO tokens for a conversion, if they are free."""
        desk = self._desk
        if intent.event_id in desk.state.reserved:
            return
        head, intent_id = desk.out.head("verdict", intent.event_id), intent.event_id
        refusal = self._refusal(intent)
        verdict: ConvertApproved | ConvertDenied
        if refusal is None:
            terms = Converting(intent.bot_id, intent.gives, intent.size)
            desk.state.conversions[intent.event_id] = terms
            reserves_once(desk.state, intent.event_id, desk.account.now)
            hold = Hold(intent.bot_id, intent.market_id, desk.rules.account.redeem_gas)
            desk.account.orders.hold(intent.event_id, hold)
            verdict = ConvertApproved(**head, **intent.terms, intent_id=intent_id)
        else:
            verdict = ConvertDenied(
                **head, **intent.terms, intent_id=intent_id, **refusal._asdict()
            )
        desk.out.verdict(verdict, intent.venue_event_id)

    def converted(self, message: PositionsConverted) -> None:
        """Release the tokens of a conversion that was carried out."""
        self._desk.state.conversions.pop(message.intent_id, None)

    def resolved(self, message: MarketResolved) -> None:
        """No conversion in a resolved market is waited for; a late one is booked as it comes."""
        waiting = self._desk.state.conversions
        for intent_id in [k for k, each in waiting.items() if message.market_id in each.gives]:
            del waiting[intent_id]

    def _refusal(self, intent: ConvertIntent) -> Denial | None:
        rules = self._desk.rules
        if not rules.converts:
            rule = "Orders convert nothing; the chain does."
            return Denial(DenialCode.CHAIN_ONLY, rule, Money.PAPER, rules.money)
        return (
            self._wrong_set(intent)
            or self._too_few(intent)
            or self._too_poor(intent)
            or self._too_many(intent)
            or self._riskier(intent)
        )

    def _wrong_set(self, intent: ConvertIntent) -> Denial | None:
        """The two sides must make up one whole neg-risk event that trades."""
        account = self._desk.account
        named = (*intent.gives, *(outcome.market_id for outcome in intent.gets))
        known = account.exposure.markets_of(intent.venue_event_id)
        facts = [account.state.markets[m] for m in named if m in account.state.markets]
        whole = sorted(named) == sorted(known) and all(
            each.neg_risk and each.event_markets == len(named) for each in facts
        )
        if not whole or not intent.gives or intent.size <= 0:
            rule = (
                "A conversion names every outcome of a neg-risk event once, some of them to give."
            )
            limit, value = f"{len(known)} outcomes known", f"{len(named)} outcomes"
            return Denial(DenialCode.WRONG_OUTCOMES, rule, limit, value)
        if any(each.status is MarketStatus.RESOLVED for each in facts):
            rule = "No outcome of the event may be resolved."
            return Denial(DenialCode.MARKET_CLOSED, rule, "unresolved", MarketStatus.RESOLVED)
        return None

    def _too_few(self, intent: ConvertIntent) -> Denial | None:
        """Every market must have NO tokens that no pair, order, merge or conversion needs."""
        free = min(self._free(intent, market_id) for market_id in intent.gives)
        if intent.size <= free:
            return None
        rule = "A conversion needs unmatched NO tokens that nothing else will take."
        return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(intent.size))

    def _free(self, intent: ConvertIntent, market_id: MarketId) -> Decimal:
        account, bot_id = self._desk.account, intent.bot_id
        bot = account.state.ledger.bots.get(bot_id)
        stake = None if bot is None else bot.stakes.get(market_id)
        if stake is None:
            return ZERO
        closing = sum(
            (
                entry.remaining
                for entry in account.orders.in_market(market_id)
                if entry.order.bot_id == bot_id and is_bid(entry.order)
            ),
            ZERO,
        )
        unmatched = stake.size(Side.NO) - stake.size(Side.YES)
        mined = unmatched - undelivered(account.state.unsettled, bot_id, market_id, Side.NO)
        return mined - closing - reserved_no(self._desk.state, bot_id, market_id)

    def _too_poor(self, intent: ConvertIntent) -> Denial | None:
        account, gas = self._desk.account, self._desk.rules.account.redeem_gas
        bot = account.state.ledger.bots[intent.bot_id]
        free = bot.cash - account.orders.reserved_cash(intent.bot_id) + intent.dollars
        if gas <= free:
            return None
        rule = "A conversion needs free cash for its gas."
        return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(gas))

    def _too_many(self, intent: ConvertIntent) -> Denial | None:
        """The YES tokens are new positions, where they are more than dust."""
        desk, markets = self._desk, self._desk.account.state.markets
        rights = desk.rules.rights.get(intent.bot_id)
        known = desk.account.exposure.open_markets(intent.bot_id)
        new = {
            outcome.market_id
            for outcome in intent.gets
            if intent.size >= markets[outcome.market_id].min_size
        }
        most, count = 0 if rights is None else rights.positions, len(known | new)
        if not new - known or count <= most:
            return None
        rule = "The bot may have at most this many positions, the YES tokens included."
        return Denial(DenialCode.EXPOSURE_COUNT, rule, str(most), str(count))

    def _riskier(self, intent: ConvertIntent) -> Denial | None:
        """Dollars set free above cost leave the event; what is left must not lose more for it."""
        account, bot_id = self._desk.account, intent.bot_id
        position = account.exposure.position(bot_id, intent.market_id)
        twin = BotLedger(stakes=deepcopy(dict(position.stakes)))
        books = Ledger(bots={bot_id: twin}, marks=dict(account.state.ledger.marks))
        book_conversion(books, _as_done(intent), account.now)
        before = position.exposure()
        after = position._replace(stakes=twin.stakes).exposure()
        if after <= before:
            return None
        rule = "A conversion must not raise the worst loss of what is left in the event."
        return Denial(DenialCode.EXPOSURE_EVENT, rule, show(before), show(after))


def _as_done(intent: ConvertIntent) -> PositionsConverted:
    """As if it had been carried out, without gas."""
    return PositionsConverted(
        event_id=intent.event_id,
        event_time=intent.event_time,
        ingest_time=intent.ingest_time,
        source=intent.source,
        intent_id=intent.event_id,
        gas=ZERO,
        **intent.terms,
    )
