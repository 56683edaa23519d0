"""The state of the paper exchange: one msgspec struct, so that a checkpoint is its encoding."""

import msgspec

from schemas.ids import MarketId, OrderId
from streams.pacing import Pacer
from streams.paper_agenda import Agenda
from streams.paper_market import PaperMarketState
from streams.paper_orders import EndedOrder, PaperOrder
from streams.paper_rebates import Rebates


class Counts(msgspec.Struct, kw_only=True):
    """What a report on a run must say beside its orders and fills.

    Attributes:
        gaps: Times a book that was believed had to be believed anew; fills were frozen meanwhile.
        inferred_fills: Fills that no print proves.
        repeats: Requests that had been made already.
        mirrors: Prints not counted because they had been, mostly on the other token.
    """

    placed: int = 0
    rejected: int = 0
    fills: int = 0
    inferred_fills: int = 0
    gaps: int = 0
    repeats: int = 0
    mirrors: int = 0


class ExchangeState(msgspec.Struct, kw_only=True):
    """Everything the exchange knows.

    Attributes:
        now: Greatest `ingest_time` seen, or the time of what is being done, ms.
        seniority: Orders accepted so far.
        beat: When anything of ours was last heard, ms; None before the first and after a lapse.
        flying: Orders on their way to the venue.
        feeds: Disconnects per feed.
        ended: Orders that ended lately.
        requested: When lately requested cancels, merges and splits were, ms, by their ids.
        rebates: Owed for the running day.
        retired: When lately resolved markets were resolved, ms.
    """

    now: int = 0
    seniority: int = 0
    beat: int | None = None
    agenda: Agenda = msgspec.field(default_factory=Agenda)
    orders_pacer: Pacer = msgspec.field(default_factory=Pacer)
    cancels_pacer: Pacer = msgspec.field(default_factory=Pacer)
    flying: dict[OrderId, PaperOrder] = msgspec.field(default_factory=dict)
    markets: dict[MarketId, PaperMarketState] = msgspec.field(default_factory=dict)
    feeds: dict[str, int] = msgspec.field(default_factory=dict)
    ended: dict[OrderId, EndedOrder] = msgspec.field(default_factory=dict)
    requested: dict[str, int] = msgspec.field(default_factory=dict)
    retired: dict[MarketId, int] = msgspec.field(default_factory=dict)
    rebates: Rebates = msgspec.field(default_factory=Rebates)
    counts: Counts = msgspec.field(default_factory=Counts)
