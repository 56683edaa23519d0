"""Edited configuration files become a configuration on the log; unedited ones change nothing."""

import msgspec

from api.configuration import FILES, WORKER, content_at_hand, message_of
from api.stages import Stages
from configs.clock import SessionClock
from configs.settings import Settings
from schemas.control import Configuration
from schemas.ids import AccountId
from topics.catalog import CONFIGS, GATE_INPUTS
from topics.codec import TopicCodec
from topics.producer import FrameProducer
from topics.reader import open_reader

REASON = "the configuration files were edited"


async def seed_configuration(settings: Settings, clock: SessionClock) -> bool:
    """Ask the gate to take the files at hand over, if they differ from the last that were.

    What was changed by command since then is replaced: the newest edit counts.

    Args:
        settings: Files, bots, money, seed, broker, account.
        clock: The session clock.

    Returns:
        Whether they differ.

    Raises:
        ConfigurationError: A file is wrong; the sentence names file and line.
        InfrastructureError: The broker is away.
    """
    content, account = content_at_hand(settings), AccountId(settings.account)
    if await _last_seeded(settings) == content.fingerprint:
        return False
    Stages(settings).bots(0)
    wanted = message_of(content, account, FILES, REASON, now=clock.now_ms())
    async with FrameProducer(
        settings.broker, writer="seeding", prefix=settings.topic_prefix, shards=settings.shards
    ) as producer:
        # Known before the log mentions it; marked as seeded only once the gate will read it.
        known = msgspec.structs.replace(wanted, by=WORKER)
        await producer.send_now(CONFIGS, wanted.fingerprint, known)
        await producer.send_now(GATE_INPUTS, account, wanted)
        await producer.send_now(CONFIGS, wanted.fingerprint, wanted)
    return True


async def _last_seeded(settings: Settings) -> str:
    """The fingerprint of the files that were taken over last; empty for none."""
    codec: TopicCodec[Configuration] = TopicCodec(CONFIGS)
    name, seeded = settings.topic_prefix + CONFIGS.name, ""
    async with open_reader(settings.broker, client="pets-seeding") as reader:
        first, end = (await reader.bounds(name, [0]))[0]
        async for record in reader.records(name, 0, first, end):
            message = codec.decode(record.value) if record.value else None
            if isinstance(message, Configuration) and message.by == FILES:
                seeded = message.fingerprint
    return seeded
