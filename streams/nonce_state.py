"""What is known of one address' transactions: the vocabulary of `streams.nonces`."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from schemas.ids import BotId
from schemas.wallet import ChainCall, JobKind, JobRequested
from streams.gas import Fees, GasRules


class NonceRules(NamedTuple):
    """Waiting times, ms, and counts.

    Attributes:
        gas: Fees.
        resync_ms: A nonce that was read longer ago is read again before it is used.
        look_ms: How often to ask after a transaction under way.
        bump_ms: The first in line waits so long before it offers more.
        human_ms: The first in line waits so long before a person is asked.
        gap_ms: A nonce below ours that nobody uses is filled after so long.
        confirmations: Blocks on top that make a transaction final.
        in_flight: Nonces open at once; nodes keep 16 a sender for sure.
        remembered: Ended jobs known, so that a repeated request is not done again.
        gasless: A relayer sends: one batch a job, its own nonces, no fees.
        lapse_ms: A gasless batch that is not executed by then never will be.
    """

    gas: GasRules = GasRules()
    resync_ms: int = 300_000
    look_ms: int = 5_000
    bump_ms: int = 120_000
    human_ms: int = 600_000
    gap_ms: int = 120_000
    confirmations: int = 12
    in_flight: int = 16
    remembered: int = 10_000
    gasless: bool = False
    lapse_ms: int = 660_000


class Attempt(msgspec.Struct):
    """One transaction of a nonce.

    Attributes:
        planned_at: ms.
        hash: As the chain calls it; empty before it was seen.
        void: It does nothing: an operator gave the nonce up, or it fills a gap.
        absent_block: Head at which no node and no block had it; 0 when it is not known to be away.
    """

    number: int
    max_fee: int
    max_tip: int
    planned_at: int
    hash: str = ""
    void: bool = False
    absent_block: int = 0

    @property
    def fees(self) -> Fees:
        """What it offers."""
        return Fees(self.max_fee, self.max_tip)


class Slot(msgspec.Struct):
    """One nonce, from its assignment to its end.

    Attributes:
        step: Which calls of the job these are: the place of the first.
        since: When it was assigned, ms.
        asked_at: When the sender was last asked for it, ms.
        first_at: When it became the first in line, ms; 0 before.
        mined_by: The attempt that a block has; 0 for none.
        mined_block: Of its receipt.
        reverted: The receipt says that it failed.
        alarmed: A person was asked.
    """

    nonce: int
    job_id: str
    kind: JobKind
    bot_id: BotId
    step: int
    calls: tuple[ChainCall, ...]
    gas_limit: int
    attempts: list[Attempt]
    since: int
    asked_at: int = 0
    first_at: int = 0
    mined_by: int = 0
    mined_block: int = 0
    reverted: bool = False
    alarmed: bool = False

    @property
    def last(self) -> Attempt:
        """The newest attempt."""
        return self.attempts[-1]


class Job(msgspec.Struct):
    """What was asked for and how far it is.

    Attributes:
        step: Calls that are done.
        nonce: The slot at work; None while it waits for one.
    """

    request: JobRequested
    step: int = 0
    nonce: int | None = None


class NonceState(msgspec.Struct):
    """One address.

    Attributes:
        next_nonce: The next free one; None before the chain was asked.
        chain_nonce: As last observed.
        pending_nonce: The same with what waits in the node's pool.
        synced_at: When, ms; None when a look is needed first.
        doubt: Why nothing new is sent; empty when all is well.
        gap_since: When the chain was first seen to wait for a nonce that nobody uses; 0 for never.
        ended: Ended jobs, oldest first, and whether they were done.
    """

    next_nonce: int | None = None
    chain_nonce: int = 0
    pending_nonce: int = 0
    synced_at: int | None = None
    doubt: str = ""
    gap_since: int = 0
    jobs: dict[str, Job] = {}
    slots: dict[int, Slot] = {}
    ended: dict[str, bool] = {}


class SlotEnded(NamedTuple):
    """A nonce is used for good."""

    slot: Slot
    attempt: Attempt
    status: str
    gas_used: int
    gas_price: int


class JobOver(NamedTuple):
    """A job is done or has failed."""

    request: JobRequested
    done: bool
    detail: str


class Trouble(NamedTuple):
    """A person should know.

    Attributes:
        rule: What kind.
        detail: What happened and what to do.
    """

    rule: str
    detail: str
    critical: bool = False


class Send(NamedTuple):
    """The sender should see to this attempt."""

    slot: Slot
    attempt: Attempt


class Act(StrEnum):
    """Words of `SlotEnded.status`."""

    CONFIRMED = "confirmed"
    REVERTED = "reverted"
    VOIDED = "voided"
    FOREIGN = "foreign"


NonceFact = SlotEnded | JobOver | Trouble
FILLER = "filler"
"""Job of a slot that only fills a gap."""
