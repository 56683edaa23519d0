"""Errors as problem documents: one form, a stable code, a sentence, a hint."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.commands import GateSilentError, LogAwayError
from api.models import Problem
from schemas.errors import DomainError, InfrastructureError, PETSError
from sinks.port import SinkAwayError

MEDIA_TYPE = "application/problem+json"
CORRELATION_HEADER = "X-Correlation-Id"
WITHOUT_DATABASE = "Live figures and the halt work without it; orders and history do not."
UNAVAILABLE: tuple[tuple[type[InfrastructureError], str, str], ...] = (
    (SinkAwayError, "database-away", WITHOUT_DATABASE),
    (GateSilentError, "gate-silent", "Do not send it again: it is on the log."),
    (LogAwayError, "log-away", "`pets halt` writes to the log itself."),
    (InfrastructureError, "dependency-unavailable", ""),
)
"""The first that fits names the code and the hint."""


class ApiError(PETSError):
    """An error with its place in HTTP."""

    def __init__(self, status: int, code: str, detail: str, hint: str = "") -> None:
        """Describe it.

        Args:
            status: HTTP status.
            code: Stable, for programs.
            detail: What was expected and what was received.
            hint: What to do.
        """
        super().__init__(detail)
        self.status = status
        self.code = code
        self.hint = hint


def problem(
    status: int,
    code: str,
    detail: str,
    hint: str = "",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """One problem document as a response.

    Args:
        status: HTTP status.
        code: Stable, for programs; its words are the title.
        detail: What was expected and what was received.
        hint: What to do.
        headers: To be sent with it.
    """
    title = code.replace("-", " ").capitalize()
    body = Problem(title=title, status=status, code=code, detail=detail, hint=hint)
    return JSONResponse(body.model_dump(mode="json"), status, headers, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Give every error of the app the problem form."""
    app.add_exception_handler(PETSError, _on_pets_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_defect)


async def _on_pets_error(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, ApiError):
        return problem(error.status, error.code, str(error), error.hint)
    for kind, code, hint in UNAVAILABLE:
        if isinstance(error, kind):
            return problem(503, code, str(error), hint)
    if isinstance(error, DomainError):
        return problem(409, "refused", str(error))
    return problem(400, "bad-request", str(error))


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return problem(422, "invalid-request", f"{place}: {first['msg']}.")


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    detail = f"{request.method} {request.url.path}: {error.detail}."
    return problem(error.status_code, code, detail, headers=error.headers)


async def _on_defect(request: Request, error: Exception) -> JSONResponse:
    """A defect of ours: its text stays in the log, the correlation id leads there."""
    correlation = getattr(request.state, "correlation_id", "")
    return problem(
        500,
        "defect",
        f"Expected this to work, received {type(error).__name__}; its effect is unknown.",
        f"The log of the API says more under {correlation}.",
        {CORRELATION_HEADER: correlation},
    )
