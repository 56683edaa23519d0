"""Errors as problem documents: one form, a stable code, a sentence, a hint."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.models import Problem
from schemas.errors import DomainError, InfrastructureError, PETSError

MEDIA_TYPE = "application/problem+json"


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


def problem(status: int, code: str, detail: str, hint: str = "") -> JSONResponse:
    """One problem document as a response."""
    title = code.replace("-", " ").capitalize()
    body = Problem(title=title, status=status, code=code, detail=detail, hint=hint)
    return JSONResponse(body.model_dump(mode="json"), status, media_type=MEDIA_TYPE)


def add_handlers(app: FastAPI) -> None:
    """Give every error of the app the problem form."""

    async def on_api_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ApiError)  # noqa: S101 - registered for this type
        return problem(error.status, error.code, str(error), error.hint)

    async def on_pets_error(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, InfrastructureError):
            return problem(503, "dependency-unavailable", str(error))
        if isinstance(error, DomainError):
            return problem(409, "refused", str(error))
        return problem(400, "bad-request", str(error))

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return problem(422, "invalid-request", f"{place}: {first['msg']}.")

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
        code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
        return problem(error.status_code, code, str(error.detail))

    app.add_exception_handler(ApiError, on_api_error)
    app.add_exception_handler(PETSError, on_pets_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
