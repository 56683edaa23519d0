"""Which messages of the log change which subject that clients follow."""

from api.fanout import Fanout
from schemas.control import BotStateChanged
from schemas.envelope import Message
from schemas.market import BookTop, MarketResolved
from schemas.portfolio import EquityPoint, PositionState
from schemas.risk import RiskState
from schemas.trading import OrderCanceled, OrderExpired, OrderPlaced

BOTS = "bots"
ACCOUNT = "account"
ALL = "all"
BOOK = "book"


def book_of(market_id: str) -> str:
    """The subject of a market's book."""
    return f"book/{market_id}"


def positions_of(bot_id: str) -> str:
    """The subject of a bot's positions; `all` is every bot's."""
    return f"positions/{bot_id}"


def show(fanout: Fanout, message: Message) -> None:
    """Tell those who follow what a message changed; called after the live state has it.

    Args:
        fanout: To whom.
        message: What came over the log.
    """
    match message:
        case BookTop() | MarketResolved() | OrderPlaced() | OrderCanceled() | OrderExpired():
            fanout.changed(book_of(message.market_id), BOOK)
        case PositionState():
            fanout.changed(positions_of(message.bot_id), message.position_id)
            fanout.changed(positions_of(ALL), message.position_id)
        case BotStateChanged():
            fanout.changed(BOTS, message.bot_id)
        case EquityPoint():
            fanout.changed(BOTS, message.bot_id or ACCOUNT)
        case RiskState():
            fanout.changed(BOTS, ACCOUNT)
        case _:
            pass
