"""Telegram: `POST /bot<token>/sendMessage` (core.telegram.org/bots/api#sendmessage)."""

import httpx
import msgspec

from connectors.notify.channel import TIMEOUT_S, ChannelError, Notice

HOST = "https://api.telegram.org"
MOST_CHARS = 4096
"""Characters of one message."""


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    chat_id: str
    text: str
    disable_web_page_preview: bool = True


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    ok: bool
    description: str = ""


class Telegram:
    """Sends to one chat as one bot. The token is part of the URL, so no URL is ever told."""

    name = "telegram"

    def __init__(
        self, token: str, chat: str, base: str = HOST, http: httpx.AsyncClient | None = None
    ) -> None:
        """Name bot and chat.

        Args:
            token: The bot's, from @BotFather.
            chat: The chat's id, or `@channel`.
            base: Telegram's host, or a local server in tests.
            http: Another client than a new one.
        """
        self._url = f"{base.rstrip('/')}/bot{token}/sendMessage"
        self._chat = chat
        self._http = http or httpx.AsyncClient(timeout=TIMEOUT_S)

    @property
    def target(self) -> str:
        """The chat."""
        return f"chat {self._chat}"

    async def send(self, notice: Notice) -> None:
        """Send a notice.

        Raises:
            ChannelError: Telegram cannot be reached or refuses; its own words are told.
        """
        text = f"{notice.title}\n\n{notice.plain()}"[:MOST_CHARS]
        content = msgspec.json.encode(_Message(chat_id=self._chat, text=text))
        headers = {"Content-Type": "application/json"}
        try:
            reply = await self._http.post(self._url, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ChannelError(
                f"Telegram cannot be reached ({type(error).__name__}): see that this machine may "
                "open connections to it."
            ) from None
        try:
            answer = msgspec.json.decode(reply.content, type=_Answer)
        except msgspec.DecodeError:
            raise ChannelError(
                f"Telegram answered {reply.status_code} in another form than its API's."
            ) from None
        if not answer.ok:
            raise ChannelError(
                f"Telegram refused the message ({answer.description}): see PETS_TELEGRAM_TOKEN and "
                "PETS_TELEGRAM_CHAT, and that the bot may write there."
            )
