"""Alerts over the channels: tried again, and no channel ends the API."""

from api.notifier import ATTEMPTS, Notifier
from connectors.notify.channel import ChannelError, Notice
from tests.api.running import Running
from tests.connectors.notify.listening import NOTICE


class Failing:
    name = "failing"
    target = "nowhere"

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.asked = 0

    async def send(self, notice: Notice) -> None:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)


async def test_what_is_not_taken_is_tried_again(running: Running) -> None:
    channel = Failing([ChannelError("busy")])
    delivery = await Notifier(running.context, {"failing": channel}).tell("failing", NOTICE)
    assert (channel.asked, delivery.error) == (2, "")
    assert delivery.sent_at is not None


async def test_three_failures_are_shown(running: Running) -> None:
    channel = Failing([ChannelError("busy")] * ATTEMPTS)
    delivery = await Notifier(running.context, {"failing": channel}).tell("failing", NOTICE)
    assert (channel.asked, delivery.error, delivery.sent_at) == (ATTEMPTS, "busy", None)


async def test_a_defect_of_a_channel_is_shown_and_ends_nothing(running: Running) -> None:
    channel = Failing([ValueError("a defect")])
    delivery = await Notifier(running.context, {"failing": channel}).tell("failing", NOTICE)
    assert channel.asked == 1
    assert "ValueError" in delivery.error
