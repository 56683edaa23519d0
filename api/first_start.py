"""The first start of an installation: capital for each bot, and the bots' start commands."""

from collections.abc import Iterable, Iterator

from agents.registry import ADVISERS, choose_bots
from api.commands import Commander
from configs.clock import SessionClock
from configs.settings import Settings
from schemas.control import CapitalAllocated, Command, Verb
from schemas.ids import AccountId, BotId, derive_id
from topics.producer import FrameProducer

SOURCE = "first-start"


def first_messages(
    settings: Settings, bots: Iterable[BotId], now: int
) -> Iterator[CapitalAllocated | Command]:
    """Capital and a start command for each bot. Repeats have the same ids and change nothing.

    A bot that only advises gets no capital.

    Args:
        settings: Account and capital.
        bots: Which bots.
        now: Session time, ms.
    """
    account = AccountId(settings.account)
    for bot_id in bots:
        if bot_id not in ADVISERS:
            yield CapitalAllocated(
                event_id=derive_id("first-capital", account, bot_id),
                event_time=now,
                ingest_time=now,
                source=SOURCE,
                account_id=account,
                bot_id=bot_id,
                amount=settings.capital,
            )
        yield Command(
            event_id=derive_id(SOURCE, account, bot_id),
            event_time=now,
            ingest_time=now,
            source=SOURCE,
            account_id=account,
            verb=Verb.START,
            bot_id=bot_id,
            reason="first start",
            by=SOURCE,
        )


async def start_bots(settings: Settings, clock: SessionClock) -> None:
    """Allocate capital and start every configured bot; later starts of PETS repeat it in vain.

    Args:
        settings: Bots, capital, account, broker.
        clock: The session clock.
    """
    async with FrameProducer(
        settings.broker, writer=SOURCE, prefix=settings.topic_prefix, shards=settings.shards
    ) as producer:
        commander = Commander(producer, AccountId(settings.account), clock)
        bots = [bot.bot_id for bot in choose_bots(settings.bots)]
        for message in first_messages(settings, bots, clock.now_ms()):
            await commander.write(message)
