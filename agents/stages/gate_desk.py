"""What the parts of a risk gate share."""

from typing import NamedTuple

from agents.stages.gate_outbox import GateOutbox
from agents.stages.gate_rules import GateRules
from agents.stages.gate_state import GateState
from schemas.ids import AccountId
from streams.account import Account


class Desk(NamedTuple):
    """One account's gate: its state and where its answers go.

    Attributes:
        account_id: Whose gate.
        state: Changed by whoever works on it.
        account: The account fold in it.
        out: Where answers go.
    """

    account_id: AccountId
    rules: GateRules
    state: GateState
    account: Account
    out: GateOutbox
