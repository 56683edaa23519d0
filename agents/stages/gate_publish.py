"""Account views for the bots, risk and breaker states for the screens: changes only, not too often.

What is sent follows from the state and the message alone, so that a restarted gate says the same.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from agents.stages.gate_case import show
from agents.stages.gate_commands import shown_state, trading_state
from agents.stages.gate_outbox import PORTFOLIO, GateOutbox
from agents.stages.gate_rules import GateRules
from agents.stages.gate_state import GateState, SentBreaker, SentRisk, SentView
from agents.stages.gate_venue import may_open, obstacle, rate_limits, venue_mode
from schemas.ids import AccountId, BotId, MarketId
from schemas.risk import BreakerKind, BreakerState, RiskState, TradingState
from schemas.trading import AccountView
from schemas.values import BotState
from schemas.wallet_truths import EVERY_MARKET
from streams.account import Account
from streams.advice import in_force
from streams.breaker_state import daily_loss, midnight_after
from streams.ledger_state import BotLedger
from streams.nav import Drawdowns, Nav
from streams.rate_limit import used_share
from streams.truths import scales

APART_MS = 1_000
"""Least time between two publications of one thing, but for changes of state."""
AT_LEAST_MS = 5_000
"""An account view is sent this often even unchanged, so that bots know it is fresh."""
DIGITS = Decimal("0.000001")
RESIDUALS = 10
"""Positions that an emergency halt names."""
_EMPTY = BotLedger()


class Figures(NamedTuple):
    """How close a breaker is: value, limit, whether it is open, and until when."""

    value: Decimal
    limit: Decimal
    open: bool
    until: int | None


class Permission(NamedTuple):
    """What a bot may do: what is told at once when it changes."""

    state: BotState
    may_open: bool
    scales: dict[MarketId, Decimal]

    def differs(self, last: SentView) -> bool:
        """Whether it is not what was told last."""
        same = self.state is last.state and self.may_open is last.may_open
        return not same or self.scales != last.scales


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
        self._drawdowns = Drawdowns()

    def views(self, bots: Iterable[BotId], out: GateOutbox) -> None:
        """Send the account views that are due."""
        state, now = self._state, self._account.now
        sent = state.sent.views
        scale = scales(state.doubts)
        opens = state.trading is TradingState.ACTIVE and may_open(state.venue, now)
        opens = opens and scale.get(EVERY_MARKET) != 0
        for bot_id in bots:
            permission, last = self._permission(bot_id, scale, opens=opens), sent.get(bot_id)
            if last is not None and not _may_be_due(permission, last, now):
                continue
            view = self._view(bot_id, permission)
            if last is not None and not (permission.differs(last) or _is_due(view, last, now)):
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
                    lambda_max=self._most(bot_id),
                    drawdown_share=self._drawdown_share(bot_id),
                    max_positions=self._max_positions(bot_id),
                    scales=view.scales,
                )
            )

    def risk(self, out: GateOutbox, *, at_once: bool) -> None:
        """Send the risk state and breakers that changed; without `at_once` only once a second."""
        self._risk_state(out, at_once=at_once)
        sent = self._state.sent.breakers
        now = self._account.now
        for key, scope, kind, figures in self._breakers():
            last = sent.get(key)
            if last is not None and not _breaker_is_due(figures, last, now, at_once=at_once):
                continue
            current = sent[key] = SentBreaker(now, *figures)
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

    def _permission(
        self, bot_id: BotId, scale: dict[MarketId, Decimal], *, opens: bool
    ) -> Permission:
        """A bot's state and whether it may open, where account and venue allow it."""
        account = self._account.state
        shown = shown_state(self._state, account.breakers, bot_id)
        if not opens or shown is not BotState.ACTIVE:
            return Permission(shown, False, scale)
        funded = account.ledger.bots.get(bot_id, _EMPTY).equity > 0
        return Permission(shown, funded, scale)

    def _view(self, bot_id: BotId, permission: Permission) -> SentView:
        account = self._account
        ledger = account.state.ledger.bots.get(bot_id, _EMPTY)
        return SentView(
            at=account.now,
            equity=ledger.equity,
            free_cash=ledger.cash - account.orders.reserved_cash(bot_id),
            state=permission.state,
            may_open=permission.may_open,
            sizing_lambda=self._lambda(bot_id),
            scales=permission.scales,
        )

    def _lambda(self, bot_id: BotId) -> Decimal:
        advice = self._state.advice.get(bot_id)
        return in_force(advice, self._most(bot_id), self._account.now)

    def _most(self, bot_id: BotId) -> Decimal:
        rights = self._rules.rights.get(bot_id)
        return Decimal(0) if rights is None else rights.lambda_max

    def _max_positions(self, bot_id: BotId) -> int | None:
        rights = self._rules.rights.get(bot_id)
        return None if rights is None else rights.positions

    def _drawdown_share(self, bot_id: BotId) -> Decimal:
        known = self._account.state.breakers
        bot, limits = known.bots.get(bot_id), self._rules.account.breakers
        if bot is None:
            return Decimal(0)
        return _rounded(self._drawdowns.of(bot_id, bot.nav) / limits.drawdown_of(bot_id))

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
            venue=venue_mode(state.venue.values(), account.now),
            obstacle=obstacle(state.venue, account.now),
            orders_used=self._orders_used(),
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
                venue=current.venue,
                obstacle=current.obstacle,
                orders_used=current.orders_used,
            )
        )

    def _orders_used(self) -> Decimal:
        """Part of the order bucket that is gone, in hundredths: not every order is told."""
        limits = rate_limits(self._rules.rates, self._state.venue)
        share = used_share(self._state.rates, limits, self._account.now)
        return Decimal(f"{share:.2f}")

    def _breakers(self) -> Iterator[tuple[str, str, BreakerKind, Figures]]:
        """Key, scope, kind and figures of every breaker."""
        known, limits = self._account.state.breakers, self._rules.account.breakers
        yield (
            f"{PORTFOLIO}/{BreakerKind.PORTFOLIO_DRAWDOWN}",
            PORTFOLIO,
            BreakerKind.PORTFOLIO_DRAWDOWN,
            Figures(
                self._drawdown(PORTFOLIO, known.portfolio),
                limits.portfolio_drawdown,
                known.portfolio_open,
                None,
            ),
        )
        until = midnight_after(self._account.now) if known.daily_open else None
        lost = _rounded(max(daily_loss(known), Decimal(0)))
        yield (
            f"{PORTFOLIO}/{BreakerKind.DAILY_LOSS}",
            PORTFOLIO,
            BreakerKind.DAILY_LOSS,
            Figures(lost, limits.daily_loss, known.daily_open, until),
        )
        most = Decimal(limits.consecutive_losses)
        for bot_id, bot in known.bots.items():
            yield (
                f"{bot_id}/{BreakerKind.BOT_DRAWDOWN}",
                bot_id,
                BreakerKind.BOT_DRAWDOWN,
                Figures(
                    self._drawdown(bot_id, bot.nav),
                    limits.drawdown_of(bot_id),
                    bot.drawdown_open,
                    None,
                ),
            )
            paused = bot.pause_until is not None
            yield (
                f"{bot_id}/{BreakerKind.CONSECUTIVE_LOSSES}",
                bot_id,
                BreakerKind.CONSECUTIVE_LOSSES,
                Figures(Decimal(bot.streak), most, paused, bot.pause_until),
            )

    def _drawdown(self, scope: str, nav: Nav) -> Decimal:
        """The drawdown for the screens."""
        return _rounded(self._drawdowns.of(scope, nav))


def _may_be_due(permission: Permission, last: SentView, now: int) -> bool:
    """Whether a view may be sent at all; figures alone are told after a while."""
    return permission.differs(last) or now - last.at >= APART_MS


def _is_due(view: SentView, last: SentView, now: int) -> bool:
    """Whether a view's figures are new, or were last sent long ago."""
    return (
        now - last.at >= AT_LEAST_MS
        or view.equity != last.equity
        or view.free_cash != last.free_cash
        or view.sizing_lambda != last.sizing_lambda
    )


def _breaker_is_due(current: Figures, last: SentBreaker, now: int, *, at_once: bool) -> bool:
    if current.open is not last.open or current.until != last.until:
        return True
    moved = current.value != last.value or current.limit != last.limit
    return moved and (at_once or now - last.at >= APART_MS)


def _without_time(risk: SentRisk) -> tuple[object, ...]:
    return (risk.trading, risk.reason, risk.bots, risk.open_orders, risk.open_positions)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(DIGITS)
