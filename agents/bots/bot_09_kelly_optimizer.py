"""Bot 9, Kelly optimizer: advises the others by their own record, and places no orders (D.9).

It reads what the ledger says of every closed position and what the gate says of every bot, and
answers with a Kelly multiplier between 0 and the bot's own greatest: hourly, and after each close.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.base import Advise, Bot, Interest, Proposal, Reply
from agents.bots.view import ZERO, Markets, View
from configs.bots_patient import KellyOptimizerParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.market import Market, MarketResolved
from schemas.ops import ClockTick
from schemas.portfolio import PositionClosed
from schemas.trading import AccountView, Fill
from schemas.values import Action, Side
from streams.track_record import Close, Model, OpenBet, advised_multiplier, posterior

DAY_MS = 86_400_000
QUANTUM = Decimal("0.000001")
"""Step of an advised multiplier."""


class OpenPosition(msgspec.Struct, kw_only=True):
    """A bot's unmatched tokens of one market.

    Attributes:
        net: YES-equivalent shares, negative when NO is held.
        cost: What they cost, dollars.
        since: When it left flat, ms.
    """

    net: Decimal = ZERO
    cost: Decimal = ZERO
    since: int = 0

    def book(self, fill: Fill, now: int) -> None:
        """Add a fill; what crosses zero opens anew."""
        is_bid = (fill.side is Side.YES) == (fill.action is Action.BUY)
        price = fill.price if fill.side is Side.YES else 1 - fill.price
        sign = 1 if is_bid else -1
        closing = min(fill.size, max(-sign * self.net, ZERO))
        if closing:
            self.cost -= self.cost * closing / abs(self.net)
            self.net += sign * closing
        opening = fill.size - closing
        if opening:
            if not self.net:
                self.since, self.cost = now, ZERO
            self.net += sign * opening
            self.cost += opening * (price if is_bid else 1 - price)


class AdvisedBot(msgspec.Struct, kw_only=True):
    """What is known of a bot.

    Attributes:
        most: Its λ_max; 0 before its first account view.
        drawdown_share: Its drawdown as a share of the limit.
    """

    closes: list[Close] = []
    positions: dict[MarketId, OpenPosition] = {}
    most: Decimal = ZERO
    drawdown_share: Decimal = ZERO


class KellyOptimizerState(msgspec.Struct, kw_only=True):
    """Bot 9's state.

    Attributes:
        advised_at: When all were advised last, ms.
    """

    bots: dict[BotId, AdvisedBot] = msgspec.field(default_factory=dict)
    advised_at: int | None = None


class KellyOptimizer(Bot[KellyOptimizerState]):
    """Sizing advice from track records."""

    state_type = KellyOptimizerState
    interest = Interest(
        tops=False,
        trades=False,
        timer_s=0,
        outside=(PositionClosed, AccountView, Fill, MarketResolved, ClockTick),
    )

    def __init__(self, parameters: KellyOptimizerParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._model = Model(
            prior_n=parameters.prior_n,
            min_n=parameters.min_n,
            window=parameters.window,
            window_ms=parameters.window_d * DAY_MS,
            early_exits=parameters.early_exits,
        )

    def watches(self, market: Market) -> bool:
        """No market; it reads the ledger."""
        return False

    def on_event(self, state: KellyOptimizerState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`; it never proposes an order."""
        return []

    def on_outside(
        self, state: KellyOptimizerState, event: Message, markets: Markets
    ) -> Sequence[Reply]:
        """Fold in what happened; advise after a close, and everybody once an hour."""
        match event:
            case ClockTick():
                return self._hourly(state, markets)
            case AccountView():
                known = self._of(state, event.bot_id)
                known.most, known.drawdown_share = event.lambda_max, event.drawdown_share
            case PositionClosed():
                self._close(self._of(state, event.bot_id), event, markets.now)
                return self._advise(state, event.bot_id, markets)
            case Fill():
                positions = self._of(state, event.bot_id).positions
                position = positions.setdefault(event.market_id, OpenPosition())
                position.book(event, markets.now)
                if not position.net:
                    del positions[event.market_id]
            case MarketResolved():
                for known in state.bots.values():
                    known.positions.pop(event.market_id, None)
            case _:
                pass
        return ()

    def forget(self, state: KellyOptimizerState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        for known in state.bots.values():
            known.positions.pop(market_id, None)

    def _of(self, state: KellyOptimizerState, bot_id: BotId) -> AdvisedBot:
        known = state.bots.get(bot_id)
        if known is None:
            known = state.bots[bot_id] = AdvisedBot()
        return known

    def _close(self, known: AdvisedBot, closed: PositionClosed, now: int) -> None:
        shares = closed.shares or Decimal(1)
        known.closes.append(
            Close(
                now,
                float(closed.risked / shares),
                float(closed.risked),
                float(closed.pnl),
                None if closed.payout is None else float(closed.payout),
                now - closed.opened_at,
            )
        )
        del known.closes[: -self._model.window]

    def _hourly(self, state: KellyOptimizerState, markets: Markets) -> Sequence[Reply]:
        now = markets.now
        if state.advised_at is None:
            state.advised_at = now
        if now - state.advised_at < self._parameters.valid_s * 1000:
            return ()
        state.advised_at = now
        bots = sorted(state.bots)
        return [said for bot_id in bots for said in self._advise(state, bot_id, markets)]

    def _advise(
        self, state: KellyOptimizerState, bot_id: BotId, markets: Markets
    ) -> Sequence[Reply]:
        known, now = state.bots[bot_id], markets.now
        if not known.closes or known.most <= 0:
            return ()
        by_pnl = bot_id in self._parameters.pnl_bots
        bets = _open_bets(known, markets)
        found = posterior(known.closes, bets, now, self._model, by_pnl=by_pnl)
        advised = advised_multiplier(
            found, float(known.most), float(known.drawdown_share), self._model.min_n
        )
        return (
            Advise(
                bot_id=bot_id,
                sizing_lambda=min(Decimal(str(advised)).quantize(QUANTUM), known.most),
                p_post=found.p,
                n=found.n,
                edge=found.edge,
                valid_until=now + self._parameters.valid_s * 1000,
            ),
        )


def _open_bets(known: AdvisedBot, markets: Markets) -> list[OpenBet]:
    """Open positions at their best bid, 0 where nobody bids; other shards' are not seen."""
    bets: list[OpenBet] = []
    for market_id in sorted(known.positions):
        position, top = known.positions[market_id], markets.top(market_id)
        if top is None:
            continue
        seen = top if position.net > 0 else top.complement()
        mark = 0.0 if seen.bid is None else float(seen.bid)
        price = float(position.cost / abs(position.net))
        bets.append(OpenBet(price, mark, markets.now - position.since))
    return bets
