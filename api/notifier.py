"""Sends alerts that open to every channel that is on."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.delivery import Delivery
from configs.settings import Settings
from connectors.notify.channel import Channel, Notice
from connectors.notify.mail import Mail
from connectors.notify.telegram import Telegram
from connectors.notify.webhook import Webhook
from schemas.alert_rules import rule_of
from streams.alerts import AlertEntry

if TYPE_CHECKING:
    from api.context import Context

LOOK_S = 0.5
LATE_S = 60.0
"""What opened longer before this process came is not sent again."""
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


class Notifier:
    """Follows the alerts and tells operators."""

    def __init__(self, context: "Context", channels: dict[str, Channel]) -> None:
        """Take the parts.

        Args:
            context: What the present is.
            channels: Those that are on.
        """
        self._context = context
        self.deliveries = {
            name: Delivery(channel, context.clock.now_ms, self._is_open)
            for name, channel in channels.items()
        }
        self._told: dict[str, None] = {}

    async def run(self) -> None:
        """Send what opens until cancelled."""
        await asyncio.gather(
            self._follow(), *(delivery.run() for delivery in self.deliveries.values())
        )

    async def _follow(self) -> None:
        await self._context.reader.caught_up.wait()
        for entry in self._context.state.alerts:
            if self._context.age_s(entry.first_at) > LATE_S:
                self._told[entry.alert_id] = None
        while True:
            for entry in self.due():
                for delivery in self.deliveries.values():
                    delivery.put(notice_of(entry, self._mode))
            await asyncio.sleep(LOOK_S)

    def _is_open(self, alert_id: str) -> bool:
        return any(
            entry.alert_id == alert_id and entry.is_open for entry in self._context.state.alerts
        )

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
