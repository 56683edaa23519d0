"""E-mail over SMTP, with STARTTLS or TLS; the library blocks, so a thread of its own waits."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from connectors.notify.channel import TIMEOUT_S, ChannelError, Notice
from schemas.errors import ConfigurationError

PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """Sends to one address through one server.

    `smtp://host:587` uses STARTTLS where a password is sent (it stands with the user before the
    host) or the server offers it; `smtps://…` is TLS from the start.
    """

    name = "mail"

    def __init__(self, url: str, sender: str, to: str) -> None:
        """Name server and addresses.

        Args:
            url: The server, with user and password if it asks for them.
            sender: From whom.
            to: To whom.

        Raises:
            ConfigurationError: The URL is none of a mail server.
        """
        self._server = urlsplit(url)
        self._sender = sender
        self._to = to
        if not _names_a_server(self._server):
            raise ConfigurationError(
                "Expected PETS_MAIL_URL of the form smtp://host:587 or smtps://…, user and "
                "password before the host, received another one. Correct it, or leave it empty to "
                "switch e-mail off."
            )
        if not (sender + to).isprintable():
            raise ConfigurationError(
                "Expected PETS_MAIL_FROM and PETS_MAIL_TO to be one line each, received a line "
                "break or another control character. Correct them."
            )

    @property
    def target(self) -> str:
        """The address and the server."""
        return f"{self._to} through {self._server.hostname}"

    async def send(self, notice: Notice) -> None:
        """Send a notice.

        Raises:
            ChannelError: The server cannot be reached or refuses.
        """
        letter = EmailMessage()
        letter["Subject"] = " ".join(f"PETS: {notice.title}".split())
        letter["From"], letter["To"] = self._sender, self._to
        letter.set_content(notice.plain())
        try:
            await asyncio.to_thread(_deliver, self._server, letter)
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelError(
                f"The mail server {self._server.hostname} did not take the letter "
                f"({type(error).__name__}): see PETS_MAIL_URL, PETS_MAIL_FROM and PETS_MAIL_TO."
            ) from None


def _names_a_server(server: SplitResult) -> bool:
    try:
        _ = server.port
    except ValueError:
        return False
    return server.scheme in PORTS and bool(server.hostname)


def _deliver(server: SplitResult, letter: EmailMessage) -> None:
    host, port = server.hostname or "", server.port or PORTS[server.scheme]
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        with smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context) as smtp:
            _hand_over(smtp, server, letter)
        return
    with smtplib.SMTP(host, port, timeout=TIMEOUT_S) as smtp:
        smtp.ehlo()
        if server.password or smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
        _hand_over(smtp, server, letter)


def _hand_over(smtp: smtplib.SMTP, server: SplitResult, letter: EmailMessage) -> None:
    if server.username and server.password:
        smtp.login(unquote(server.username), unquote(server.password))
    smtp.send_message(letter)
