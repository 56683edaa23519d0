"""Exclusive rights to write: whoever claims a name last writes, the broker refuses all others.

A claim is a producer identity that the broker gives out for a transactional id. The same id gets
the same producer with a higher epoch each time, and a partition that has seen an epoch refuses
every lower one. No transaction is ever opened: records are visible at once
(docs/decisions/0005-fencing.md).
"""

import asyncio
import time
from typing import NamedTuple

from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.errors import ConcurrentTransactions, KafkaError, for_code
from aiokafka.protocol.transaction import InitProducerIdRequest

from schemas.errors import InfrastructureError

CLAIM_WITHIN_S = 20.0
_RETRY_S = 0.02
_TIMEOUT_MS = 60_000


class Claim(NamedTuple):
    """A producer identity that makes every earlier one of the same name stale.

    Attributes:
        producer_id: Stays the same for a name.
        epoch: Rises with every claim.
    """

    producer_id: int
    epoch: int


async def claim(broker: str, name: str, *, client: str = "pets-claim") -> Claim:
    """Claim the exclusive right to write under a name.

    An earlier owner is refused in a partition as soon as the new one has written there.

    Args:
        broker: Kafka bootstrap address.
        name: The transactional id.
        client: Name in the broker's logs.

    Raises:
        InfrastructureError: The broker is away, or refuses.
    """
    deadline = time.monotonic() + CLAIM_WITHIN_S
    connection = AIOKafkaClient(bootstrap_servers=broker, client_id=client)
    try:
        await connection.bootstrap()
        while True:
            try:
                return await _ask(connection, name)
            except KafkaError as error:
                passing = error.retriable or isinstance(error, ConcurrentTransactions)
                if not passing or time.monotonic() > deadline:
                    raise
            await asyncio.sleep(_RETRY_S)
    except KafkaError as error:
        raise InfrastructureError(
            f"The broker at {broker} did not give {name} the right to write "
            f"({type(error).__name__}: {error}): start a broker, or allow this client to use "
            "transactional ids."
        ) from error
    finally:
        await connection.close()


async def _ask(connection: AIOKafkaClient, name: str) -> Claim:
    """One attempt at the coordinator of a name."""
    node = await connection.coordinator_lookup(CoordinationType.TRANSACTION, name)
    request = InitProducerIdRequest(transactional_id=name, transaction_timeout_ms=_TIMEOUT_MS)
    answer = await connection.send(node, request)
    if answer.error_code:
        raise for_code(answer.error_code)()
    return Claim(answer.producer_id, answer.producer_epoch)
