"""`/health`: is the process alive, can it serve, has it started."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import Context, context_of, database
from api.problems import ApiError

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def get_liveness() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/startup")
async def get_startup(context: Annotated[Context, Depends(context_of)]) -> dict[str, str]:
    """The log has been read up to where it stood when the API started."""
    if not context.reader.caught_up.is_set():
        raise ApiError(
            503,
            "starting",
            "Expected the log to be read, it is still being read.",
            "If it lasts, see that the broker runs and that PETS_BROKER names it.",
        )
    return {"status": "ok"}


@router.get("/ready")
async def get_readiness(context: Annotated[Context, Depends(context_of)]) -> dict[str, str]:
    """The log is read and the database answers."""
    await get_startup(context)
    _ = database(context)
    return {"status": "ok"}
