"""WebSockets: a market's book, a bot's positions, the bots' states; with a heartbeat.

Every message is JSON: `type`, `data`, and how old it is. The first messages are the present; then
comes what changes, the newest value of each thing. Whoever reads slowly gets fewer, newer messages.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from api.books import book_view
from api.context import NAMES, Context
from api.fanout import Mailbox
from api.freshness import BOOKS, Known, known
from api.models import ApiModel
from api.screens import ACCOUNT, ALL, BOOK, book_of, positions_of
from api.screens import BOTS as ALL_BOTS
from api.views import bot_view, portfolio_view, position_view
from schemas.ids import BotId, MarketId

router = APIRouter(tags=["live"])
HEARTBEAT_S = 5.0
SEND_S = 30.0
"""A client that takes nothing for so long is dropped; a slow one drains its buffer in less."""
FAREWELL_S = 0.1
UNKNOWN = 4404
TOO_SLOW = 4408

Render = Callable[[str], bytes]


@router.websocket("/ws/orderbook/{market_id}")
async def follow_orderbook(socket: WebSocket, market_id: str) -> None:
    """A market's book in YES space, our own orders in it, on every change."""
    context: Context = socket.app.state.context
    market = context.state.market(MarketId(market_id))
    if market is None:
        await _refuse(socket, "No market of this id is followed.")
        return

    def render(key: str) -> bytes:
        now = context.state.market(market.market_id) or market
        return message(context, key, book_view(context.state, now), ("connector", BOOKS))

    await _serve(socket, context, book_of(market_id), render, [BOOK])


@router.websocket("/ws/positions/{bot_id}")
async def follow_positions(socket: WebSocket, bot_id: str) -> None:
    """A bot's open positions on every change; `all` is every bot's. A closed one has no data."""
    context: Context = socket.app.state.context
    if bot_id != ALL and bot_id not in NAMES:
        await _refuse(socket, "No bot has this id.")
        return

    def render(key: str) -> bytes:
        held = context.state.positions.get(key)
        view = None if held is None else position_view(context, held)
        return message(context, "position", view, ("ledger", BOOKS), key)

    chosen = context.state.positions_of(None if bot_id == ALL else BotId(bot_id))
    keys = [position.position_id for position in chosen]
    await _serve(socket, context, positions_of(bot_id), render, keys)


@router.websocket("/ws/bots/status")
async def follow_bots(socket: WebSocket) -> None:
    """Every bot's state and money, and the account's, on every change."""
    context: Context = socket.app.state.context

    def render(key: str) -> bytes:
        view: ApiModel = (
            portfolio_view(context) if key == ACCOUNT else bot_view(context, BotId(key))
        )
        kind = "account" if key == ACCOUNT else "bot"
        return message(context, kind, view, ("gate", "ledger"), key)

    await _serve(socket, context, ALL_BOTS, render, [ACCOUNT, *NAMES])


def message(
    context: Context,
    kind: str,
    view: ApiModel | None,
    needs: Iterable[str] = (),
    key: str = "",
) -> bytes:
    """One message about a thing, with its age and its modes.

    Args:
        context: What the present is.
        kind: What the message is about.
        view: Its data; None where the thing is gone.
        needs: Stages that would have told a change.
        key: Which thing, where a socket has several.
    """
    upto = known(context.state, needs) if needs else Known(context.state.now, "")
    answer: dict[str, Any] = context.envelope(None, upto).model_dump(mode="json")
    answer |= {"type": kind, "key": key, "data": view.model_dump(mode="json") if view else None}
    return msgspec.json.encode(answer)


async def _refuse(socket: WebSocket, why: str) -> None:
    await socket.accept()
    await socket.close(UNKNOWN, why)


async def _serve(
    socket: WebSocket, context: Context, subject: str, render: Render, first: Iterable[str]
) -> None:
    """Tell a client the present and then what changes, until it goes."""
    await socket.accept()
    with context.fanout.follow(subject, render) as mailbox:
        for key in first:
            mailbox.put(key)
        listening = asyncio.create_task(_listen(socket))
        telling = asyncio.create_task(_tell(socket, context, mailbox))
        done, left = await asyncio.wait((listening, telling), return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*done, *left, return_exceptions=True)


async def _listen(socket: WebSocket) -> None:
    """Nothing is asked over these sockets; the end is noticed here."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _tell(socket: WebSocket, context: Context, mailbox: Mailbox) -> None:
    while True:
        news = await mailbox.take(HEARTBEAT_S) or [message(context, "heartbeat", None)]
        try:
            async with asyncio.timeout(SEND_S):
                for each in news:
                    await socket.send_text(each.decode())
        except TimeoutError:
            # The word of farewell has to wait in the same full buffer.
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_S):
                    await socket.close(TOO_SLOW, "Nothing was taken for too long.")
            return
        except (WebSocketDisconnect, RuntimeError):
            return
