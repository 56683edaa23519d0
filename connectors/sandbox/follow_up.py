"""What happens to orders and trades after the reply: fills, ends, settlement, user-channel frames.

It reads the journal of the engines, keeps the register and the settlement up to date, and collects
a frame for every change.
"""

import heapq
from typing import NamedTuple

from connectors.sandbox.activity import Activity
from connectors.sandbox.events import Accepted, Cancelled, Filled, Resolved
from connectors.sandbox.frames import Frame
from connectors.sandbox.journal import Entry, Journal
from connectors.sandbox.register import MATCHED, UNMATCHED, Placed, Register
from connectors.sandbox.trades import FAILED, Settlement, Trade, grouped
from connectors.sandbox.venue import Venue


class Notice(NamedTuple):
    """A frame for one credential's user channel.

    Attributes:
        at_ms: The venue's clock.
        api_key: Whose.
        condition_id: The market, for sockets that follow some only.
    """

    at_ms: int
    api_key: str
    condition_id: str
    frame: Frame


class FollowUp:
    """Keeps register, settlement and user channel in step with the engines.

    Attributes:
        activity: All trades of the venue with their wallets.
        late_ms: Fills of REST orders are told so much later (a switched fault).
        late: So many of the next fills are late.
    """

    def __init__(self, venue: Venue, register: Register, settlement: Settlement) -> None:
        self.activity = Activity()
        self.late_ms = 0
        self.late = 0
        self._venue = venue
        self._register = register
        self._settlement = settlement
        self._journal = venue.accounts.journal or Journal()
        self._notices: list[Notice] = []
        self._held: list[tuple[int, int, str, list[Filled]]] = []
        self._count = 0

    def watch(self, owner: str) -> None:
        """Follow an owner's orders from now on."""
        self._journal.watch(owner)

    def read_notices(self) -> list[Notice]:
        """The frames since the last call, in order."""
        notices, self._notices = self._notices, []
        return notices

    def advance(self, now_ms: int) -> None:
        """Read what happened and take the steps of settlement that are due."""
        self.read_journal()
        while self._held and self._held[0][0] <= now_ms:
            at_ms, _, condition_id, fills = heapq.heappop(self._held)
            self._tell_fills(condition_id, fills, at_ms)
        for trade in self._settlement.advance(now_ms):
            if trade.status == FAILED:
                self._undo(trade)
            self._tell_trade(trade, trade.updated_ms)

    def read_journal(self) -> None:
        """Take over what the engines did since the last reading."""
        entries = self._journal.read()
        fills: list[Filled] = []
        for position, entry in enumerate(entries):
            if isinstance(entry.event, Filled):
                fills.append(entry.event)
                following = entries[position + 1] if position + 1 < len(entries) else None
                if not _continues(entry, following):
                    self._filled(entry, fills)
                    fills = []
            else:
                self._read(entry)

    def drop(self, placed: Placed, status: str) -> None:
        """End a delayed order that found nothing to match, or that the engine refused."""
        self._register.end(placed, status, self._venue.now_ms)
        self._tell_order(placed, "CANCELLATION", self._venue.now_ms)

    def _read(self, entry: Entry) -> None:
        match entry.event:
            case Accepted(order):
                placed = self._register.by_id.get(order.order_id)
                if placed is not None:
                    self._tell_order(placed, "PLACEMENT", entry.at_ms)
            case Cancelled(order, _, ending):
                placed = self._register.live.get(order.order_id)
                if placed is None:
                    return
                if ending.value == UNMATCHED and placed.matched:
                    self._register.end(placed, MATCHED, entry.at_ms)
                    return
                self._register.end(placed, ending.value, entry.at_ms)
                self._tell_order(placed, "CANCELLATION", entry.at_ms)
            case Resolved(yes_payout):
                self.activity.resolved(entry.condition_id, yes_payout)
            case _:
                pass

    def _filled(self, entry: Entry, fills: list[Filled]) -> None:
        """A taker order traded with one or more makers."""
        listing = self._venue.market(entry.condition_id)
        if listing is None:
            return
        for group in grouped(fills):
            self.activity.traded(listing.spec, group, entry.at_ms)
            ours = {fill.taker.order_id for fill in group} | {f.maker.order_id for f in group}
            if not ours & self._register.by_id.keys():
                continue
            if self.late:
                self.late -= 1
                self._count += 1
                due_ms = entry.at_ms + self.late_ms
                heapq.heappush(self._held, (due_ms, self._count, entry.condition_id, group))
            else:
                self._tell_fills(entry.condition_id, group, entry.at_ms)

    def _tell_fills(self, condition_id: str, fills: list[Filled], at_ms: int) -> None:
        parties = {
            order_id: placed
            for fill in fills
            for order_id in (fill.taker.order_id, fill.maker.order_id)
            if (placed := self._register.by_id.get(order_id)) is not None
        }
        spec = next(iter(parties.values())).spec
        trade = Trade(spec, fills, parties, at_ms, at_ms)
        self._settlement.add(trade)
        for order_id, placed in parties.items():
            self._add_matched(placed, order_id, fills, trade)
            self._tell_order(placed, "UPDATE", at_ms)
        self._tell_trade(trade, at_ms)

    def _add_matched(
        self, placed: Placed, order_id: str, fills: list[Filled], trade: Trade
    ) -> None:
        mine = [f for f in fills if order_id in (f.taker.order_id, f.maker.order_id)]
        placed.matched += sum(fill.size for fill in mine)
        placed.trades.append(trade.trade_id)
        placed.updated_ms = trade.matched_ms
        spent = mine[-1].taker_left if mine[-1].taker.order_id == order_id else mine[-1].maker_left
        if spent == 0 and not (placed.order.budget and placed.matched < placed.size):
            self._register.end(placed, MATCHED, trade.matched_ms)

    def _undo(self, trade: Trade) -> None:
        """Take a trade back that failed: money and tokens return, the order stays matched."""
        for fill in trade.fills:
            self._venue.accounts.undo(trade.spec.condition_id, fill)

    def _tell_order(self, placed: Placed, kind: str, at_ms: int) -> None:
        frame = placed.frame(kind, at_ms)
        condition_id = placed.spec.condition_id
        self._notices.append(Notice(at_ms, placed.api_key, condition_id, frame))

    def _tell_trade(self, trade: Trade, at_ms: int) -> None:
        for api_key, takes in trade.owners().items():
            frame = trade.frame(api_key, takes=takes)
            self._notices.append(Notice(at_ms, api_key, trade.spec.condition_id, frame))


def _continues(entry: Entry, following: Entry | None) -> bool:
    """Whether the next entry is a fill of the same taker order."""
    if following is None or following.condition_id != entry.condition_id:
        return False
    one, two = entry.event, following.event
    return (
        isinstance(one, Filled)
        and isinstance(two, Filled)
        and one.taker.order_id == two.taker.order_id
    )
