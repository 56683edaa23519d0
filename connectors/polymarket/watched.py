"""One market as a connection sees it: its book, its grade, and what it was told when."""

from schemas.market import Market
from streams.book import Book
from streams.integrity import Finding, Flaw, TrustState

TRADES_KEPT = 256


class Watched:
    """One market on a connection.

    Attributes:
        batch: Venue time of the batch being applied, ms; 0 when it was checked.
        newest: Greatest venue time applied, ms.
        said: What was applied of that time, so that a replay of it is noticed.
        last: What was applied last; the very same again changes nothing.
        trades: Ids of the last trades, so that one that comes twice counts once.
        fetching: Whether a fresh book was asked for and has not come.
    """

    __slots__ = (
        "batch",
        "book",
        "fetching",
        "last",
        "legs",
        "market",
        "newest",
        "repeats",
        "said",
        "trades",
        "trust",
    )

    def __init__(self, market: Market) -> None:
        """Follow a market from now on."""
        self.market = market
        self.legs = {str(market.yes_token_id): 0, str(market.no_token_id): 1}
        self.book = Book()
        self.trust = TrustState()
        self.batch = 0
        self.fetching = False
        self.repeats = 0
        self.newest = 0
        self.said: set[bytes] = set()
        self.last = b""
        self.trades: dict[str, None] = {}

    def disorder(self, raw: bytes, time: int) -> Finding | None:
        """What is wrong with the place of an event in time; its bytes count as said."""
        if time < self.newest:
            detail = f"an event of {time} ms came behind one of {self.newest} ms"
            return Finding(Flaw.ORDER, f"{detail}: it is left out, the book is read anew")
        if time > self.newest:
            self.newest = time
            self.said.clear()
        again = raw in self.said and raw != self.last
        self.said.add(raw)
        self.last = raw
        if not again:
            return None
        detail = f"an event of {time} ms came again behind others of that time"
        return Finding(Flaw.ORDER, f"{detail}: the book is read anew")

    def starts_anew(self, time: int) -> None:
        """A book was read beside the stream: what is older than it is behind it."""
        self.newest, self.last = time, b""
        self.said.clear()

    def has_told(self, trade_id: str) -> bool:
        """Whether this trade came before; it counts as told from then on."""
        if trade_id in self.trades:
            return True
        self.trades[trade_id] = None
        if len(self.trades) > TRADES_KEPT:
            del self.trades[next(iter(self.trades))]
        return False
