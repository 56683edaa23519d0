"""Bot 3, copy trading: small copies of wallets with a measured edge (STRATEGIES.md D.3)."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from agents.bots.base import Bot, Interest, Note, Proposal, Reply
from agents.bots.bot_03_wallets import Wallet, Wallets
from agents.bots.directional import (
    Entry,
    EntryRules,
    Stance,
    find_entry,
    note_of,
    token_quotes,
    zones_of,
)
from agents.bots.plans import Plan, Spot, adopt, advance, learn
from agents.bots.position import held_side
from agents.bots.view import Markets, View
from configs.bots_directional import CopyParameters
from configs.rules import TradingRules
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import Market, MarketResolved
from schemas.ops import ClockTick
from schemas.outside import WalletResolved, WalletTrade
from schemas.values import Action, Side
from streams.leaders import Criteria, copy_fraction, copy_size
from streams.prices import floor_lot

DAY_MS = 86_400_000
RETRY_MS = 60_000
"""How often a selection is tried while nobody is followed."""
ZERO = Decimal(0)
HIGHEST = 0.99


class Burst(msgspec.Struct, kw_only=True):
    """One wallet's fills in one token within a few seconds.

    Attributes:
        trades: (trade time ms, shares, dollars), oldest first.
        told: It has led to a signal.
    """

    wallet: str
    side: Side
    action: Action
    before: Decimal = ZERO
    trades: list[tuple[int, Decimal, Decimal]] = msgspec.field(default_factory=list)
    told: bool = False

    @property
    def shares(self) -> Decimal:
        """Shares in all."""
        return sum((shares for _, shares, _ in self.trades), ZERO)

    @property
    def dollars(self) -> Decimal:
        """Dollars in all."""
        return sum((dollars for _, _, dollars in self.trades), ZERO)


class CopyState(msgspec.Struct, kw_only=True):
    """Bot 3's state.

    Attributes:
        bursts: The last fills of each followed wallet, by market.
        chosen_at: When a selection was last tried, ms.
    """

    wallets: Wallets = msgspec.field(default_factory=Wallets)
    bursts: dict[MarketId, dict[str, Burst]] = msgspec.field(default_factory=dict)
    spots: dict[MarketId, Spot] = msgspec.field(default_factory=dict)
    chosen_at: int = 0


class CopyTrading(Bot[CopyState]):
    """Copies what followed wallets buy, and leaves when they do."""

    state_type = CopyState
    interest = Interest(
        tops=False,
        trades=False,
        timer_s=0,
        outside=(WalletTrade, WalletResolved, MarketResolved),
        daily=True,
    )

    def __init__(self, parameters: CopyParameters, rules: TradingRules) -> None:
        super().__init__(parameters)
        self._parameters = parameters
        self._rules = rules
        self._how = EntryRules(
            rules.min_edge, parameters.cap, zones_of(parameters.zones), parameters.ttl_s
        )
        self._criteria = Criteria(
            top=parameters.top_n,
            min_resolved=parameters.min_resolved,
            min_win_rate=parameters.min_win_rate,
            drop_win_rate=parameters.drop_win_rate,
            min_t=parameters.min_t,
            max_maker=parameters.max_maker,
            max_two_sided=parameters.max_two_sided,
        )

    def watches(self, market: Market) -> bool:
        """Only what leaders trade."""
        return False

    def on_day(self, state: CopyState, tick: ClockTick, markets: Markets) -> Sequence[Reply]:
        """Choose whom to follow."""
        self._choose(state, markets.now)
        return ()

    def on_outside(self, state: CopyState, event: Message, markets: Markets) -> Sequence[Reply]:
        """Book what wallets do; a followed one's trade is looked at in its market."""
        wallets, most = state.wallets, self._parameters.max_wallets
        match event:
            case WalletTrade():
                known = wallets.known.get(event.wallet)
                held = ZERO if known is None else known.held(event.market_id, event.side)
                wallets.trade(event, markets.now, most)
                if event.wallet not in wallets.followed:
                    return ()
                self._gather(state, event, held)
                return (event.market_id,)
            case WalletResolved():
                wallets.backfill(event, markets.now, most)
            case MarketResolved():
                wallets.resolve(event.market_id, event.yes_payout, markets.now)
                wallets.drop_unfit(self._criteria)
            case _:
                return ()
        if not wallets.followed and markets.now >= state.chosen_at + RETRY_MS:
            self._choose(state, markets.now)
        return ()

    def on_event(self, state: CopyState, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`."""
        spot = state.spots.setdefault(view.market.market_id, Spot())
        if dropped := learn(spot, event, view, self._rules):
            return dropped
        if view.is_emergency or isinstance(event, MarketResolved):
            return []
        adopt(spot, view)
        burst = None
        if isinstance(event, WalletTrade):
            burst = state.bursts.get(view.market.market_id, {}).get(event.wallet)
        if spot.plan is not None:
            return self._follow(state, spot, spot.plan, burst, view)
        if burst is None or not isinstance(event, WalletTrade):
            return []
        return self._consider(state, spot, burst, event, view)

    def forget(self, state: CopyState, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        state.spots.pop(market_id, None)
        state.bursts.pop(market_id, None)

    def _choose(self, state: CopyState, now: int) -> None:
        state.chosen_at = now
        state.wallets.choose(self._criteria, now - self._parameters.lookback_d * DAY_MS)

    def _gather(self, state: CopyState, event: WalletTrade, held: Decimal) -> None:
        """Add a fill to the wallet's burst, or begin a new one."""
        bursts = state.bursts.setdefault(event.market_id, {})
        burst, since = bursts.get(event.wallet), event.event_time - self._parameters.burst_s * 1000
        same = burst is not None and (burst.side, burst.action) == (event.side, event.action)
        if burst is None or not same or burst.trades[0][0] < since:
            burst = bursts[event.wallet] = Burst(
                wallet=event.wallet, side=event.side, action=event.action, before=held
            )
        burst.trades.append((event.event_time, event.size, event.size * event.price))

    def _follow(
        self, state: CopyState, spot: Spot, plan: Plan, burst: Burst | None, view: View
    ) -> list[Proposal]:
        leave_for = ""
        if burst is not None and plan.label == burst.wallet and self._leaves(burst, plan):
            leave_for = "leader-left"
        proposals = advance(spot, plan, view, self._how, self._rules, leave_for=leave_for)
        if burst is not None and burst.action is Action.BUY and plan.label != burst.wallet:
            proposals.append(Note(decision="none", reason="already-held"))
        return proposals

    def _leaves(self, burst: Burst, plan: Plan) -> bool:
        sold = burst.action is Action.SELL and burst.side is plan.stance.side
        return sold and burst.shares >= self._parameters.leader_exit * burst.before

    def _consider(
        self, state: CopyState, spot: Spot, burst: Burst, event: WalletTrade, view: View
    ) -> list[Proposal]:
        """A followed wallet traded where nothing is planned: copy it, or say why not."""
        wallet = state.wallets.known[burst.wallet]
        reason = self._obstacle(spot, burst, event, view)
        if reason:
            return [Note(decision="none", reason=reason, side=burst.side)]
        stance, features = self._stance(wallet, burst)
        entry = find_entry(stance, view, self._how, self._rules)
        entry = self._sized(entry, burst, features["fraction"], view)
        bid, _ = token_quotes(view, burst.side)
        if bid is not None and stance.limit is not None and stance.limit < bid:
            return [note_of(entry, view, "none", "price-ran-away", features)]
        if entry.reason:
            return [note_of(entry, view, "none", entry.reason, features)]
        burst.told = True
        spot.plan = Plan(stance=entry.stance, opened_at=view.now, label=burst.wallet)
        return advance(spot, spot.plan, view, self._how, self._rules, features=features)

    def _obstacle(self, spot: Spot, burst: Burst, event: WalletTrade, view: View) -> str:
        if burst.action is not Action.BUY:
            return "leader-sells"
        if view.now - event.event_time > self._parameters.max_delay_s * 1000:
            return "trade-too-old"
        if burst.dollars < self._parameters.min_leader_usdc:
            return "leader-buys-too-little"
        if burst.told:
            return "already-copied"
        if held_side(view) is not None:
            return "already-held"
        return view.opening_obstacle() or spot.waiting(view.now)

    def _stance(self, wallet: Wallet, burst: Burst) -> tuple[Stance, dict[str, float]]:
        """`p̂ = min(leader price + measured edge, 0.99)`, never paying more than a cent above."""
        found, price = wallet.record(), burst.dollars / burst.shares
        rate = self._parameters
        low, high = rate.fraction
        fraction = copy_fraction(found.win_rate, low, high, rate.min_win_rate, rate.win_rate_span)
        fair = min(float(price) + found.edge, HIGHEST)
        stance = Stance(
            side=burst.side,
            fair_value=fair,
            sigma=found.error,
            multiplier=rate.lambda_max,
            limit=min(price + rate.chase, Decimal(str(fair)) - self._rules.min_edge),
        )
        features = {
            "leader_price": float(price),
            "leader_shares": float(burst.shares),
            "win_rate": found.win_rate,
            "leader_edge": found.edge,
            "fraction": fraction,
        }
        return stance, features

    def _sized(self, entry: Entry, burst: Burst, fraction: float, view: View) -> Entry:
        """Never above the leader's share, nor above what `size_order` gave."""
        if entry.reason or entry.price is None or view.account is None:
            return entry
        most = copy_size(
            burst.shares, fraction, entry.price, view.account.equity, self._parameters.cap
        )
        shares, least = min(entry.shares, floor_lot(most)), view.market.min_size
        small = shares < least or shares * entry.price < least
        return msgspec.structs.replace(
            entry,
            shares=shares,
            stance=msgspec.structs.replace(entry.stance, most=most),
            reason="size-below-minimum" if small else "",
        )
