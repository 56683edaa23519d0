"""Sends alerts that open to every channel that is on; what fails is tried again, and shown."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from configs.settings import Settings
from connectors.notify.channel import Channel, ChannelError, Notice
from connectors.notify.mail import Mail
from connectors.notify.telegram import Telegram
from connectors.notify.webhook import Webhook
from schemas.alert_rules import rule_of
from streams.alerts import AlertEntry

if TYPE_CHECKING:
    from api.context import Context

log = structlog.get_logger(__name__)

LOOK_S = 0.5
LATE_S = 60.0
"""What opened longer before this process came is not sent again."""
ATTEMPTS = 3
OFF = {
    "webhook": "Set PETS_ALERT_WEBHOOK_URL to switch it on.",
    "telegram": "Set PETS_TELEGRAM_TOKEN and PETS_TELEGRAM_CHAT to switch it on.",
    "mail": "Set PETS_MAIL_URL, PETS_MAIL_FROM and PETS_MAIL_TO to switch it on.",
}


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The channels that are configured, by name.

    Raises:
        ConfigurationError: The mail server's URL is wrong.
    """
    found: list[Channel] = []
    if webhook := settings.alert_webhook_url.get_secret_value():
        found.append(Webhook(webhook))
    if (token := settings.telegram_token.get_secret_value()) and settings.telegram_chat:
        found.append(Telegram(token, settings.telegram_chat, settings.telegram_url))
    if (mail := settings.mail_url.get_secret_value()) and settings.mail_to:
        found.append(Mail(mail, settings.mail_from or settings.mail_to, settings.mail_to))
    return {channel.name: channel for channel in found}


class Delivery:
    """What became of a channel's last notices.

    Attributes:
        sent_at: Session time of the last one that was taken, ms.
        error: Why the last one was not taken; empty when it was.
    """

    def __init__(self) -> None:
        """Nothing was sent yet."""
        self.sent_at: int | None = None
        self.error = ""


class Notifier:
    """Follows the alerts and tells operators."""

    def __init__(self, context: "Context", channels: dict[str, Channel]) -> None:
        """Take the parts.

        Args:
            context: What the present is.
            channels: Those that are on.
        """
        self._context = context
        self.channels = channels
        self.deliveries = {name: Delivery() for name in channels}
        self._told: dict[str, None] = {}

    async def run(self) -> None:
        """Send what opens until cancelled."""
        await self._context.reader.caught_up.wait()
        for entry in self._context.state.alerts:
            if self._context.age_s(entry.first_at) > LATE_S:
                self._told[entry.alert_id] = None
        while True:
            for entry in self.due():
                await asyncio.gather(
                    *(self.tell(name, notice_of(entry, self._mode)) for name in self.channels)
                )
            await asyncio.sleep(LOOK_S)

    def due(self) -> Sequence[AlertEntry]:
        """Alerts that opened and were not told, oldest first; counted as told from now on.

        A muted one stays due until its muting ends or it is no longer open.
        """
        now = self._context.clock.now_ms()
        entries = list(self._context.state.alerts)
        new = [
            entry
            for entry in reversed(entries)
            if entry.is_open and not entry.is_muted(now) and entry.alert_id not in self._told
        ]
        self._told = {entry.alert_id: None for entry in entries if entry.alert_id in self._told} | {
            entry.alert_id: None for entry in new
        }
        return new

    async def tell(self, name: str, notice: Notice) -> Delivery:
        """Send a notice over one channel, three times at most.

        Args:
            name: Of a channel that is on.
            notice: What.
        """
        delivery = self.deliveries[name]
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(ChannelError),
                stop=stop_after_attempt(ATTEMPTS),
                wait=wait_exponential(0.5),
                reraise=True,
            ):
                with attempt:
                    await self.channels[name].send(notice)
        except ChannelError as error:
            delivery.error = str(error)
            log.warning("alert not sent", channel=name, rule=notice.rule, error=str(error))
        except Exception as error:  # one channel's defect must not end the API
            delivery.error = f"A defect of the channel ({type(error).__name__}); see the log."
            log.exception("alert not sent", channel=name, rule=notice.rule)
        else:
            delivery.sent_at, delivery.error = self._context.clock.now_ms(), ""
        return delivery

    def test_notice(self) -> Notice:
        """What `send test` sends."""
        rule = rule_of("test")
        now = self._context.clock.now_ms()
        return Notice(
            alert_id="test",
            rule=rule.name,
            scope="api",
            severity=rule.severity,
            title="test alert",
            text=rule.meaning,
            action=rule.action,
            at=now,
            mode=self._mode,
        )

    @property
    def _mode(self) -> str:
        return f"{self._context.source}, {self._context.settings.money} money"


def notice_of(entry: AlertEntry, mode: str) -> Notice:
    """An alert as it is sent.

    Args:
        entry: Which.
        mode: Data and money.
    """
    return Notice(
        alert_id=entry.alert_id,
        rule=entry.rule,
        scope=entry.scope,
        severity=entry.severity,
        title=f"{entry.severity.upper()}: {entry.rule} ({entry.scope})",
        text=entry.detail,
        action=rule_of(entry.rule).action,
        at=entry.first_at,
        mode=mode,
    )
