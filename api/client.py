"""A small client of our own API for the command line; falls back to the log where it may."""

from typing import Any

import httpx

from api.callers import KEY_HEADER
from configs.settings import Settings
from schemas.errors import ApplicationError, InfrastructureError

TIMEOUT_S = 15.0
"""Longer than a command may take: five seconds to the log, five to the gate's answer."""
ON_THE_LOG = "gate-silent"
TOO_MANY = 429


class ApiAwayError(InfrastructureError):
    """The API does not answer, or cannot do what was asked for now."""


def call(
    settings: Settings,
    method: str,
    path: str,
    body: dict[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Any:  # noqa: ANN401 - JSON
    """Call the API and return its JSON.

    Args:
        settings: Where it is, and its key.
        method: HTTP method.
        path: Below `/api/v1`.
        body: JSON to send.
        transport: Another transport than the network.

    Raises:
        ApiAwayError: Nothing answers at PETS_API_URL, or it cannot serve now; a command is not
            known to be on the log.
        InfrastructureError: The command is on the log, and the risk gate has not answered.
        ApplicationError: The API refused; the sentence is its own.
    """
    headers = {"X-Client": "cli"}
    key = settings.api_key.get_secret_value()
    if key:
        headers[KEY_HEADER] = key
    url = f"{settings.api_url}/api/v1{path}"
    try:
        with httpx.Client(transport=transport, timeout=TIMEOUT_S) as http:
            reply = http.request(method, url, json=body, headers=headers)
    except httpx.TransportError as error:
        raise ApiAwayError(
            f"Expected the API at {settings.api_url}, nothing answers. "
            "Start PETS with `make up`, or set PETS_API_URL."
        ) from error
    if reply.is_success:
        return reply.json()
    raise _refusal(reply)


def _refusal(reply: httpx.Response) -> ApplicationError | InfrastructureError:
    """What an error says, as the error it is."""
    try:
        problem = reply.json()
        code, detail, hint = problem["code"], problem["detail"], problem.get("hint", "")
    except (ValueError, KeyError, TypeError):
        code, detail, hint = "", f"{reply.url.host} answered {reply.status_code}.", ""
    sentence = f"{detail} {hint}".strip()
    if code == ON_THE_LOG:
        return InfrastructureError(sentence)
    if reply.is_server_error or reply.status_code == TOO_MANY:
        return ApiAwayError(sentence)
    return ApplicationError(sentence)
