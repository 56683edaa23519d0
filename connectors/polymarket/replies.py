"""The forms of what the venue's REST answers (PROTOCOL.md sections 3 to 5 and 7)."""

from decimal import Decimal

import msgspec


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a CLOB list; `LTE=` names its end."""

    data: list[msgspec.Raw]
    next_cursor: str = "LTE="
    limit: int = 0
    count: int = 0


class VenueOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as REST tells it; times are seconds or ISO text, as the venue likes."""

    id: str
    market: str
    asset_id: str
    owner: str
    maker_address: str
    side: str
    price: Decimal
    original_size: Decimal
    size_matched: Decimal
    status: str
    outcome: str = ""
    order_type: str = "GTC"
    associate_trades: tuple[str, ...] | None = ()
    created_at: int | str = 0
    expiration: int | str = 0


class Canceled(msgspec.Struct, frozen=True, kw_only=True):
    """What a cancel did; an order that is already filled is in `not_canceled`, with the reason."""

    canceled: tuple[str, ...] = ()
    not_canceled: dict[str, str] = {}


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """A balance and who may take of it, base units."""

    balance: int
    allowances: dict[str, int] = {}
    allowance: int | str | None = None


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """The id that the next heartbeat sends."""

    heartbeat_id: str


class ClosedOnly(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the account may only close."""

    closed_only: bool


class Geoblock(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the place we call from may trade."""

    blocked: bool
    ip: str = ""
    country: str = ""
    region: str = ""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The form of orders that the venue takes."""

    version: int


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """New or derived credentials; never logged."""

    apiKey: str  # noqa: N815
    secret: str
    passphrase: str

    def __repr__(self) -> str:
        """The key's id alone."""
        return f"ApiKey({self.apiKey})"


class FeeDetail(msgspec.Struct, frozen=True, kw_only=True, rename={"rate": "r", "exponent": "e"}):
    """A market's taker fee."""

    rate: Decimal = Decimal(0)
    exponent: Decimal = Decimal(1)
    taker_only: bool = msgspec.field(name="to", default=True)


class ClobToken(msgspec.Struct, frozen=True, kw_only=True, rename={"token": "t", "outcome": "o"}):
    """One token of a market."""

    token: str
    outcome: str = ""


class ClobMarket(msgspec.Struct, frozen=True, kw_only=True):
    """A market as CLOB tells it, in its short keys.

    Attributes:
        taker_delay: Whether marketable orders wait before they match.
        clears: Whether the book is wiped when the game starts.
        version: Position layer; empty is v1.
    """

    tokens: tuple[ClobToken, ...] = msgspec.field(name="t")
    tick: Decimal = msgspec.field(name="mts")
    min_size: Decimal = msgspec.field(name="mos")
    condition_id: str = msgspec.field(name="c", default="")
    neg_risk: bool = msgspec.field(name="nr", default=False)
    fee: FeeDetail | None = msgspec.field(name="fd", default=None)
    taker_delay: bool = msgspec.field(name="itode", default=False)
    accepting: bool = msgspec.field(name="ao", default=True)
    accepting_since: str | int | None = msgspec.field(name="aot", default=None)
    clears: bool = msgspec.field(name="cbos", default=False)
    version: str = msgspec.field(name="v", default="")
    rewards: msgspec.Raw = msgspec.field(name="r", default=msgspec.Raw(b"null"))
    maker_base_fee: Decimal | None = msgspec.field(name="mbf", default=None)
    taker_base_fee: Decimal | None = msgspec.field(name="tbf", default=None)


class DataPagination(msgspec.Struct, frozen=True, kw_only=True):
    """Where a Data API list goes on."""

    limit: int = 0
    offset: int = 0
    has_more: bool = False
    next_cursor: str | None = None


class DataPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the Data API v2."""

    data: list[msgspec.Raw]
    pagination: DataPagination = DataPagination()


class WalletTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet's trade of the Data API."""

    proxy_wallet: str
    token_id: str
    condition_id: str
    side: str
    size: Decimal
    price: Decimal
    timestamp: int | str
    transaction_hash: str = ""
    title: str = ""
    slug: str = ""
    event_slug: str = ""
    outcome: str = ""
    outcome_index: int = 0
    name: str = ""
    pseudonym: str = ""
