"""A small client of our own API for the command line; falls back to the log where it may."""

from typing import Any

import httpx

from configs.settings import Settings
from schemas.errors import ApplicationError, InfrastructureError


class ApiAwayError(InfrastructureError):
    """The API does not answer."""


def call(
    settings: Settings, method: str, path: str, body: dict[str, str] | None = None
) -> Any:  # noqa: ANN401
    """Call the API and return its JSON.

    Raises:
        ApiAwayError: Nothing answers at PETS_API_URL.
        ApplicationError: The API refused; the sentence is its own.
    """
    headers = {"X-Client": "cli"}
    key = settings.api_key.get_secret_value()
    if key:
        headers["X-API-Key"] = key
    url = f"{settings.api_url}/api/v1{path}"
    try:
        reply = httpx.request(method, url, json=body, headers=headers, timeout=10.0)
    except httpx.TransportError as error:
        raise ApiAwayError(
            f"Expected the API at {settings.api_url}, nothing answers. "
            "Start PETS with `make up`, or set PETS_API_URL."
        ) from error
    if reply.is_success:
        return reply.json()
    problem = reply.json()
    hint = f" {problem['hint']}" if problem.get("hint") else ""
    raise ApplicationError(f"{problem.get('detail', reply.text)}{hint}")
