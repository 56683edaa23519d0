"""Which partition a key lives on. One rule for all writers, so that linked things stay together."""

from zlib import crc32

from schemas.ids import VenueEventId
from topics.catalog import Scope, TopicSpec


def shard_of(venue_event_id: VenueEventId, shards: int) -> int:
    """The shard of a venue event; all its markets live there.

    Args:
        venue_event_id: The venue's event.
        shards: How many shards there are.
    """
    return crc32(venue_event_id.encode()) % shards


def partitions_of(topic: TopicSpec, shards: int) -> int:
    """How many partitions a topic has: one a shard, or one."""
    return shards if topic.scope is Scope.SHARD else 1


def partition_for(topic: TopicSpec, key: str, shards: int) -> int:
    """The partition of a key: the shard number itself, or the only one."""
    return int(key) if topic.scope is Scope.SHARD and shards > 1 else 0
