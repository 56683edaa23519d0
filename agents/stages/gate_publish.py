"""Account views for the bots, risk and breaker states for the screens: changes only, not too often.

What is sent follows from the state and the message alone, so that a restarted gate says the same.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from agents.stages.gate_case import show
from agents.stages.gate_commands import shown_state, trading_state
from agents.stages.gate_outbox import PORTFOLIO, GateOutbox
from agents.stages.gate_rules import GateRules
from agents.stages.gate_state import GateState, SentBreaker, SentRisk, SentView
from schemas.ids import AccountId, BotId, MarketId
from schemas.risk import BreakerKind, BreakerState, RiskState, TradingState
from schemas.trading import AccountView
from schemas.values import BotState
from streams.account import Account
from streams.advice import in_force
from streams.breaker_state import daily_loss, midnight_after
from streams.ledger_state import BotLedger
from streams.nav import drawdown

APART_MS = 1_000
"""Least time between two publications of one thing, but for changes of state."""
AT_LEAST_MS = 5_000
"""An account view is sent this often even unchanged, so that bots know it is fresh."""
DIGITS = Decimal("0.000001")
RESIDUALS = 10
"""Positions that an emergency halt names."""
_EMPTY = BotLedger()


class Publisher:
    """Tells bots and screens what changed."""

    def __init__(
        self, account_id: AccountId, rules: GateRules, state: GateState, account: Account
    ) -> None:
        """Publish from a gate's state.

        Args:
            account_id: Whose.
            rules: The gate's.
            state: The gate's; remembers what was sent.
            account: The account fold in it.
        """
        self._account_id = account_id
        self._rules = rules
        self._state = state
        self._account = account

    def views(self, bots: Iterable[BotId], out: GateOutbox) -> None:
        """Send the account views that are due."""
        now, sent = self._account.now, self._state.sent.views
        for bot_id in bots:
            view, last = self._view(bot_id), sent.get(bot_id)
            if last is not None and not _is_due(view, last, now):
                continue
            sent[bot_id] = view
            out.view(
                AccountView(
                    **out.head("view", bot_id),
                    bot_id=bot_id,
                    account_id=self._account_id,
                    equity=view.equity,
                    free_cash=view.free_cash,
                    state=view.state,
                    may_open=view.may_open,
                    sizing_lambda=view.sizing_lambda,
                )
            )

    def risk(self, out: GateOutbox, *, at_once: bool) -> None:
        """Send the risk state and breakers that changed; without `at_once` only once a second."""
        self._risk_state(out, at_once=at_once)
        sent = self._state.sent.breakers
        for scope, kind, current in self._breakers():
            key = f"{scope}/{kind}"
            last = sent.get(key)
            if last is not None and not _breaker_is_due(current, last, at_once=at_once):
                continue
            sent[key] = current
            out.breaker(
                BreakerState(
                    **out.head("breaker", scope, kind),
                    account_id=self._account_id,
                    scope=scope,
                    kind=kind,
                    value=current.value,
                    limit=current.limit,
                    open=current.open,
                    until=current.until,
                )
            )

    def open_positions(self) -> dict[BotId, list[MarketId]]:
        """Markets in which each bot holds more than dust."""
        known = self._account.state
        found: dict[BotId, list[MarketId]] = {}
        for bot_id, bot in known.ledger.bots.items():
            for market_id, stake in bot.stakes.items():
                facts = known.markets.get(market_id)
                if facts is None or abs(stake.net) >= facts.min_size:
                    found.setdefault(bot_id, []).append(market_id)
        return found

    def residual(self, bot_id: BotId | None) -> str:
        """What is still open, of one bot or of all: the largest positions by name (D-11)."""
        known = self._account.state.ledger.bots
        rows = [
            (known[bot].stakes[market].value, bot, market, known[bot].stakes[market].net)
            for bot, markets in self.open_positions().items()
            if bot_id in (None, bot)
            for market in markets
        ]
        rows.sort(reverse=True)
        texts = [
            f"{bot} {show(abs(net))} {'YES' if net > 0 else 'NO'} in {market}"
            for _, bot, market, net in rows[:RESIDUALS]
        ]
        if len(rows) > RESIDUALS:
            texts.append(f"and {len(rows) - RESIDUALS} more")
        worth = sum((value for value, *_ in rows), Decimal(0))
        return f"{'; '.join(texts)} (worth {show(worth)} dollars at best bids)" if rows else ""

    def _view(self, bot_id: BotId) -> SentView:
        account, state = self._account, self._state
        ledger = account.state.ledger.bots.get(bot_id, _EMPTY)
        shown = shown_state(state, account.state.breakers, bot_id)
        opens = shown is BotState.ACTIVE and state.trading is TradingState.ACTIVE
        return SentView(
            at=account.now,
            equity=ledger.equity,
            free_cash=ledger.cash - account.orders.reserved_cash(bot_id),
            state=shown,
            may_open=opens and ledger.equity > 0,
            sizing_lambda=self._lambda(bot_id),
        )

    def _lambda(self, bot_id: BotId) -> Decimal:
        rights = self._rules.rights.get(bot_id)
        if rights is None:
            return Decimal(0)
        return in_force(self._state.advice.get(bot_id), rights.lambda_max, self._account.now)

    def _risk_state(self, out: GateOutbox, *, at_once: bool) -> None:
        account, state = self._account, self._state
        breakers, last = account.state.breakers, state.sent.risk
        current = SentRisk(
            at=account.now,
            trading=trading_state(state, breakers),
            reason=state.reason,
            bots={bot_id: life.shown for bot_id, life in state.lives.items()},
            open_orders=len(account.state.orders.open),
            open_positions=sum(len(markets) for markets in self.open_positions().values()),
        )
        if last is not None:
            changed = _without_time(current) != _without_time(last)
            if not changed or (not at_once and current.at - last.at < APART_MS):
                return
        state.sent.risk = current
        out.risk_state(
            RiskState(
                **out.head("risk-state"),
                account_id=self._account_id,
                trading_state=current.trading,
                reason=current.reason,
                bots=current.bots,
                open_orders=current.open_orders,
                open_positions=current.open_positions,
            )
        )

    def _breakers(self) -> Iterator[tuple[str, BreakerKind, SentBreaker]]:
        known, limits, now = (
            self._account.state.breakers,
            self._rules.account.breakers,
            self._account.now,
        )
        yield (
            PORTFOLIO,
            BreakerKind.PORTFOLIO_DRAWDOWN,
            SentBreaker(
                now,
                _rounded(drawdown(known.portfolio)),
                limits.portfolio_drawdown,
                known.portfolio_open,
                None,
            ),
        )
        until = midnight_after(now) if known.daily_open else None
        lost = _rounded(max(daily_loss(known), Decimal(0)))
        daily = SentBreaker(now, lost, limits.daily_loss, known.daily_open, until)
        yield PORTFOLIO, BreakerKind.DAILY_LOSS, daily
        for bot_id, bot in known.bots.items():
            limit, value = limits.drawdown_of(bot_id), _rounded(drawdown(bot.nav))
            stop = SentBreaker(now, value, limit, bot.drawdown_open, None)
            yield bot_id, BreakerKind.BOT_DRAWDOWN, stop
            paused, most = bot.pause_until is not None, Decimal(limits.consecutive_losses)
            streak = SentBreaker(now, Decimal(bot.streak), most, paused, bot.pause_until)
            yield bot_id, BreakerKind.CONSECUTIVE_LOSSES, streak


def _is_due(view: SentView, last: SentView, now: int) -> bool:
    if (view.state, view.may_open) != (last.state, last.may_open):
        return True
    if now - last.at >= AT_LEAST_MS:
        return True
    told, known = (view.equity, view.free_cash, view.sizing_lambda), (last.equity, last.free_cash)
    moved = told != (*known, last.sizing_lambda)
    return moved and now - last.at >= APART_MS


def _breaker_is_due(current: SentBreaker, last: SentBreaker, *, at_once: bool) -> bool:
    if (current.open, current.until) != (last.open, last.until):
        return True
    moved = (current.value, current.limit) != (last.value, last.limit)
    return moved and (at_once or current.at - last.at >= APART_MS)


def _without_time(risk: SentRisk) -> tuple[object, ...]:
    return (risk.trading, risk.reason, risk.bots, risk.open_orders, risk.open_positions)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(DIGITS)
