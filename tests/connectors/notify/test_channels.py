"""Each channel against a server of its kind: taken, refused, not there; never with a secret."""

import msgspec
import pytest

from api.runtime.ports import free_port
from connectors.notify.channel import ChannelError
from connectors.notify.mail import Mail
from connectors.notify.telegram import Telegram
from connectors.notify.webhook import Webhook
from schemas.errors import ConfigurationError
from tests.connectors.notify.listening import NOTICE, http_answering, smtp_server

SECRET = "a-secret-of-this-test"  # pragma: allowlist secret


async def test_a_webhook_gets_the_notice_as_json() -> None:
    async with http_answering(200, b"ok") as (url, requests):
        await Webhook(f"{url}/{SECRET}").send(NOTICE)
    body = msgspec.json.decode(requests[0].split(b"\r\n\r\n", 1)[1])
    assert NOTICE.action in body["text"]
    assert body["notice"]["rule"] == "stage-silent"


async def test_telegram_gets_the_chat_and_the_text() -> None:
    async with http_answering(200, b'{"ok": true}') as (url, requests):
        await Telegram(SECRET, "42", url).send(NOTICE)
    head, body = requests[0].split(b"\r\n\r\n", 1)
    assert head.startswith(f"POST /bot{SECRET}/sendMessage".encode())
    assert msgspec.json.decode(body)["chat_id"] == "42"


async def test_a_refusal_is_told_in_the_services_words_and_without_the_secret() -> None:
    async with http_answering(403, b'{"ok": false, "description": "kicked"}') as (url, _):
        with pytest.raises(ChannelError, match="kicked") as of_telegram:
            await Telegram(SECRET, "42", url).send(NOTICE)
        with pytest.raises(ChannelError, match="403") as of_webhook:
            await Webhook(f"{url}/{SECRET}").send(NOTICE)
    assert SECRET not in f"{of_telegram.value} {of_webhook.value}"


async def test_a_letter_has_one_subject_whatever_the_title_says() -> None:
    async with smtp_server(takes=True) as (port, letters):
        await Mail(f"smtp://127.0.0.1:{port}", "pets@here", "me@there").send(NOTICE)
    (letter,) = letters
    head, text = letter.split("\r\n\r\n", 1)
    assert "Subject: PETS: CRITICAL stage-silent Bcc: everybody" in head
    assert NOTICE.action in text


async def test_a_mail_server_that_refuses_or_is_not_there_is_one_sentence() -> None:
    async with smtp_server(takes=False) as (port, letters):
        with pytest.raises(ChannelError, match="did not take the letter"):
            await Mail(f"smtp://127.0.0.1:{port}", "pets@here", "me@there").send(NOTICE)
    assert letters == []
    with pytest.raises(ChannelError, match="did not take the letter"):
        await Mail(f"smtp://127.0.0.1:{free_port()}", "pets@here", "me@there").send(NOTICE)


@pytest.mark.parametrize("url", ["smtp://h:abc", "smtp://", "http://h", "smtp://h:99999"])
def test_what_names_no_mail_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PETS_MAIL_URL"):
        Mail(url, "pets@here", "me@there")


def test_an_address_of_two_lines_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match="PETS_MAIL_FROM"):
        Mail("smtp://h", "pets@here\nBcc: x@y", "me@there")
