"""A webhook: the notice as JSON in a POST, for Slack-like services and scripts of one's own."""

from urllib.parse import urlsplit

import httpx
import msgspec

from connectors.notify.channel import TIMEOUT_S, ChannelError, Notice


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    """The notice; `text` alone is enough for Slack, Mattermost and Discord's Slack form."""

    text: str
    notice: Notice


class Webhook:
    """POSTs to one address, which is a secret itself: only its host is ever told."""

    name = "webhook"

    def __init__(self, url: str, http: httpx.AsyncClient | None = None) -> None:
        """Name the address.

        Args:
            url: Where to POST.
            http: Another client than a new one.
        """
        self._url = url
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT_S)

    @property
    def target(self) -> str:
        """The host."""
        return urlsplit(self._url).hostname or "an address without a host"

    async def send(self, notice: Notice) -> None:
        """Send a notice.

        Raises:
            ChannelError: The address does not answer, or not with success.
        """
        body = _Body(text=f"*{notice.title}*\n{notice.plain()}", notice=notice)
        headers = {"Content-Type": "application/json"}
        try:
            reply = await self._http.post(
                self._url, content=msgspec.json.encode(body), headers=headers
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ChannelError(
                f"The webhook at {self.target} cannot be reached ({type(error).__name__}): see "
                "that PETS_ALERT_WEBHOOK_URL is right and the host is up."
            ) from None
        if not reply.is_success:
            raise ChannelError(
                f"The webhook at {self.target} answered {reply.status_code}, expected a 2xx: see "
                "that PETS_ALERT_WEBHOOK_URL is still valid."
            )
