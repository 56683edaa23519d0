"""Where the simulated participants trade: an engine, the accounts and the events of one action."""

from collections.abc import Iterable

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Event, Filled
from connectors.sandbox.mirror import BID, NO, YES
from connectors.sandbox.orders import Order
from schemas.values import PIPS, Action, TimeInForce


class Floor:
    """Orders of one market, settled as they match.

    Attributes:
        condition_id: The market.
        engine: Its book.
        accounts: Balances of the whole venue.
        now_ms: The venue's clock, set by whoever runs the market.
    """

    def __init__(self, condition_id: str, engine: MatchingEngine, accounts: Accounts) -> None:
        self.condition_id = condition_id
        self.engine = engine
        self.accounts = accounts
        self.now_ms = 0
        self._events: list[Event] = []
        self._orders = 0

    def close(self, yes_payout: int) -> list[Event]:
        """Cancel what rests, make the payout final and redeem all tokens."""
        events = self._settle(self.engine.resolve(yes_payout))
        self.accounts.pay_out(self.condition_id, yes_payout)
        return events

    def collected(self) -> list[Event]:
        """The events since the last call, in order."""
        events, self._events = self._events, []
        return events

    def submit(self, order: Order) -> list[Event]:
        """Place a ready order, as the venue's REST side does."""
        return self._settle(self.engine.place(order, self.now_ms))

    def withdraw(self, order_id: str) -> list[Event]:
        """Cancel an order."""
        return self._settle(self.engine.cancel(order_id))

    def drop_expired(self) -> None:
        """Let the GTD orders go that are due."""
        self._settle(self.engine.expire(self.now_ms))

    def refine_tick(self, tick: int) -> None:
        """Make the price grid finer."""
        self._settle(self.engine.refine_tick(tick))

    def buy_or_sell(
        self, owner: str, side: int, yes_pips: int, size: int, *, expires_ms: int = 0
    ) -> str | None:
        """Rest an order on a side of the book, selling what is held, else buying the other token.

        Args:
            owner: Who trades.
            side: `BID` or `ASK` in YES space.
            yes_pips: Limit price in YES space.
            size: Micro-shares.
            expires_ms: Stated expiration of a GTD order; 0 rests until cancelled.

        Returns:
            The order's id while it rests, None where it was refused or filled.
        """
        leg, action = self._token(owner, side, size)
        order = Order(
            order_id=self._next_id(owner),
            owner=owner,
            leg=leg,
            action=action,
            pips=yes_pips if leg == YES else PIPS - yes_pips,
            size=size,
            time_in_force=TimeInForce.GTD if expires_ms else TimeInForce.GTC,
            expires_ms=expires_ms,
            placed_ms=self.now_ms,
        )
        self.submit(order)
        return order.order_id if order.order_id in self.engine.resting else None

    def quote(self, owner: str, side: int, yes_pips: int, size: int) -> str | None:
        """Rest a post-only order; a maker always buys, YES for a bid and NO for an ask."""
        leg = YES if side == BID else NO
        order = Order(
            order_id=self._next_id(owner),
            owner=owner,
            leg=leg,
            action=Action.BUY,
            pips=yes_pips if leg == YES else PIPS - yes_pips,
            size=size,
            post_only=True,
            placed_ms=self.now_ms,
        )
        self.submit(order)
        return order.order_id if order.order_id in self.engine.resting else None

    def take(self, owner: str, side: int, yes_pips: int, size: int) -> None:
        """Trade at once up to a limit price, drop the rest (FAK).

        A buyer's order is limited by the money it is worth, a seller's by its shares.
        """
        leg, action = self._token(owner, side, size)
        pips = yes_pips if leg == YES else PIPS - yes_pips
        buys = action is Action.BUY
        self.submit(
            Order(
                order_id=self._next_id(owner),
                owner=owner,
                leg=leg,
                action=action,
                pips=pips,
                size=0 if buys else size,
                budget=size * pips if buys else 0,
                time_in_force=TimeInForce.FAK,
                placed_ms=self.now_ms,
            )
        )

    def _token(self, owner: str, side: int, size: int) -> tuple[int, Action]:
        """Sell the token whose sale rests on this side if enough of it is free, else buy."""
        bought, sold = (YES, NO) if side == BID else (NO, YES)
        free = self.accounts.held(owner, self.condition_id, sold)
        for resting in self.engine.resting.values() if free >= size else ():
            order = resting.order
            if order.owner == owner and order.action is Action.SELL and order.leg == sold:
                free -= resting.left
        return (sold, Action.SELL) if free >= size else (bought, Action.BUY)

    def _next_id(self, owner: str) -> str:
        self._orders += 1
        return f"{owner}-{self._orders}"

    def _settle(self, events: Iterable[Event]) -> list[Event]:
        done = list(events)
        for event in done:
            if isinstance(event, Filled):
                self.accounts.fill(self.condition_id, event)
        self._events += done
        journal = self.accounts.journal
        if journal is not None:
            journal.record(self.condition_id, self.now_ms, done)
        return done
