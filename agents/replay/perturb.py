"""Another future: messages as they might have been, so that one can see who knew the real ones.

Prices are mirrored, sizes tripled, outcomes turned round. Nothing is random, and every changed
message is still one that the venue could have sent.
"""

from msgspec.structs import replace

from schemas.envelope import Message
from schemas.market import BookDelta, BookSnapshot, Level, MarketResolved, MarketTrade
from schemas.outside import GameState, NewsItem, OutsideEstimate, WalletTrade
from schemas.values import PIPS, Action

TIMES = 3


def perturbed(message: Message) -> Message:
    """The message in the other future; what carries no price, size or result stays as it is."""
    match message:
        case BookSnapshot():
            grid = PIPS // message.tick
            return replace(
                message, bids=_mirrored(message.asks, grid), asks=_mirrored(message.bids, grid)
            )
        case BookDelta():
            grid = PIPS // message.tick
            changes = tuple(
                (leg, 1 - side, grid - ticks, size * TIMES)
                for leg, side, ticks, size in message.changes
            )
            return replace(message, changes=changes)
        case MarketTrade():
            grid = PIPS // message.tick
            action = _other(message.action)
            return replace(
                message, ticks=grid - message.ticks, size=message.size * TIMES, action=action
            )
        case MarketResolved():
            return replace(message, yes_payout=1 - message.yes_payout)
        case NewsItem():
            return replace(message, headline=f"Denied: {message.headline}", body="")
        case GameState():
            return replace(
                message,
                kills=message.kills[::-1],
                towers=message.towers[::-1],
                rounds=message.rounds[::-1],
                gold=message.gold[::-1],
                maps=message.maps[::-1],
            )
        case WalletTrade():
            return replace(message, action=_other(message.action), size=message.size * TIMES)
        case OutsideEstimate():
            return replace(message, probability=1.0 - message.probability)
        case _:
            return message


def _mirrored(levels: tuple[Level, ...], grid: int) -> tuple[Level, ...]:
    return tuple((grid - ticks, size * TIMES) for ticks, size in levels)


def _other(action: Action) -> Action:
    return Action.SELL if action is Action.BUY else Action.BUY
