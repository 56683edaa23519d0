"""What became of commands: on the log, answered by the gate, seen in effect."""

from typing import NamedTuple

import msgspec

from api.live_orders import LiveOrders
from api.remembering import remember
from schemas.control import Command, CommandApplied, Verb
from schemas.ids import OrderId

KEPT = 500
CANCELS = (Verb.HALT, Verb.EMERGENCY_HALT, Verb.PAUSE, Verb.STOP)
"""Verbs that cancel every order in their scope."""


class CommandRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One command with its answer.

    Attributes:
        command: None while only the answer has been read.
        answer: None while the gate has not answered.
        orders: Orders that rested in its scope when it was applied, and are cancelled by it.
    """

    command: Command | None = None
    answer: CommandApplied | None = None
    orders: frozenset[OrderId] | None = None


class Cancelled(NamedTuple):
    """How many of a command's orders are gone."""

    gone: int
    of: int


class LiveCommands:
    """The last commands, by id."""

    def __init__(self, orders: LiveOrders) -> None:
        """Watch which orders a command cancels.

        Args:
            orders: Open orders now.
        """
        self._orders = orders
        self.records: dict[str, CommandRecord] = {}

    def sent(self, command: Command) -> None:
        """A command is on the log."""
        known = self.records.get(command.event_id, CommandRecord())
        self._keep(command.event_id, msgspec.structs.replace(known, command=command))

    def answered(self, answer: CommandApplied) -> None:
        """The gate applied or refused a command."""
        known = self.records.get(answer.command_id, CommandRecord())
        self._keep(answer.command_id, msgspec.structs.replace(known, answer=answer))

    def cancelled(self, record: CommandRecord) -> Cancelled:
        """How many of the orders that a command cancels rest no more."""
        orders = record.orders or frozenset()
        left = sum(order_id in self._orders.resting for order_id in orders)
        return Cancelled(len(orders) - left, len(orders))

    def _keep(self, command_id: str, record: CommandRecord) -> None:
        """Command and answer come on topics of their own, in any order."""
        command, answer = record.command, record.answer
        if command is not None and answer is not None and record.orders is None:
            record = msgspec.structs.replace(record, orders=self._in_scope(command, answer))
        remember(self.records, command_id, record, KEPT)

    def _in_scope(self, command: Command, answer: CommandApplied) -> frozenset[OrderId]:
        if not answer.accepted or command.verb not in CANCELS:
            return frozenset()
        resting = self._orders.of_scope(command.bot_id)
        return frozenset(
            entry.order.order_id for entry in resting if entry.placed_at <= answer.ingest_time
        )
