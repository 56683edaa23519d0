"""`/changefeed`: what happened, resumable by id, as a page or as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.changes import KEPT, Change, ChangesGoneError, InvalidChangeIdError, parsed, written
from api.context import Context, context_of
from api.models import ApiModel
from api.problems import ApiError

router = APIRouter(prefix="/changefeed", tags=["changefeed"])
HEARTBEAT_S = 10.0
BATCH = 500
ID_LENGTH = 400


class ChangeView(ApiModel):
    """One message of the log."""

    id: str
    topic: str
    type: str
    message: dict[str, Any]


class ChangesView(ApiModel):
    """What happened behind an id."""

    changes: list[ChangeView]
    next: str = Field(description="Give it as `after` to go on.")


After = Annotated[
    str | None, Query(max_length=ID_LENGTH, description="Id of the last change you have.")
]


@router.get("")
async def list_changes(
    context: Annotated[Context, Depends(context_of)],
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=BATCH)] = 100,
) -> ChangesView:
    """Orders, fills, verdicts, breaches, commands, states and alerts behind an id, oldest first."""
    try:
        found = list(context.changes.after(after or "", limit))
    except (ChangesGoneError, InvalidChangeIdError) as error:
        raise _refusal(error) from error
    last = found[-1][0] if found else after or context.changes.now
    return ChangesView(changes=[_view(*each) for each in found], next=last)


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream_changes(
    context: Annotated[Context, Depends(context_of)],
    after: After = None,
    last_event_id: Annotated[str | None, Header(max_length=ID_LENGTH)] = None,
) -> StreamingResponse:
    """The same as server-sent events that go on; a client that reconnects misses nothing."""
    start = last_event_id or after
    try:
        begin = context.changes.now if start is None else start
        next(context.changes.after(begin, 1), None)
        parsed(begin)
    except (ChangesGoneError, InvalidChangeIdError) as error:
        raise _refusal(error) from error
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(_events(context, begin), 200, headers, "text/event-stream")


async def _events(context: Context, reached: str) -> AsyncIterator[bytes]:
    """Events until the client goes, or falls behind what is kept."""
    yield f": from {reached}\n\n".encode()
    number = context.changes.end
    for change_id, change in list(context.changes.after(reached, KEPT)):
        reached = change_id
        yield _event(change_id, change)
    places = parsed(reached)
    while True:
        try:
            found = context.changes.since(number)
        except ChangesGoneError as error:
            yield f"event: gone\ndata: {error}\n\n".encode()
            return
        for change in found:
            places[change.letter] = change.place
            yield _event(written(places), change)
        number += len(found)
        if not found and not await context.changes.wait(HEARTBEAT_S):
            yield b": still here\n\n"


def _event(change_id: str, change: Change) -> bytes:
    kind = change.message.__struct_config__.tag
    body = msgspec.json.encode(change.message)
    return f"id: {change_id}\nevent: {kind}\ndata: ".encode() + body + b"\n\n"


def _view(change_id: str, change: Change) -> ChangeView:
    message: dict[str, Any] = msgspec.to_builtins(change.message)
    return ChangeView(
        id=change_id,
        topic=change.topic,
        type=str(change.message.__struct_config__.tag),
        message=message,
    )


def _refusal(error: ChangesGoneError | InvalidChangeIdError) -> ApiError:
    if isinstance(error, ChangesGoneError):
        return ApiError(410, "changes-gone", str(error), "GET /api/v1/changefeed without `after`.")
    return ApiError(422, "invalid-change-id", str(error), "Leave `after` out to begin anew.")
