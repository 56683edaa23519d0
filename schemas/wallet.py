"""Money on the chain: jobs, the transactions that carry them out, and what was seen of them."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId
from schemas.wallet_truths import TruthDifference

NO_BOT = BotId("")
"""Owner of what serves every bot: approvals, wraps, sweeps."""


class JobKind(StrEnum):
    """Why a wallet acts."""

    APPROVE = "APPROVE"
    WRAP = "WRAP"
    UNWRAP = "UNWRAP"
    SPLIT = "SPLIT"
    MERGE = "MERGE"
    REDEEM = "REDEEM"
    CONVERT = "CONVERT"
    SWEEP = "SWEEP"
    WITHDRAW = "WITHDRAW"
    VOID = "VOID"


class CallKind(StrEnum):
    """What one call of a contract does."""

    APPROVE = "APPROVE"
    APPROVE_ALL = "APPROVE_ALL"
    WRAP = "WRAP"
    UNWRAP = "UNWRAP"
    SPLIT = "SPLIT"
    MERGE = "MERGE"
    REDEEM = "REDEEM"
    CONVERT = "CONVERT"
    TRANSFER = "TRANSFER"
    TRANSFER_POSITION = "TRANSFER_POSITION"
    SEND = "SEND"
    VOID = "VOID"


class ChainCall(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call, in the wallet's words; the connector encodes it.

    Attributes:
        token: The token that is approved or moved; the asset that is wrapped.
        to: Who is approved, or who receives.
        market_id: Condition id, or the neg-risk event's market id of a conversion.
        amount: Base units: millionths of a dollar or share, wei of POL.
        neg_risk: The market belongs to a neg-risk event.
        version: The market's `version` of the venue: v1 or v2.
        number: Index set of a conversion, outcome of a v2 redemption, token id of a moved position.
    """

    kind: CallKind
    token: str = ""
    to: str = ""
    market_id: MarketId = MarketId("")
    amount: int = 0
    neg_risk: bool = False
    version: str = "v1"
    number: str = ""


class JobRequested(Message, frozen=True, kw_only=True, tag="job-requested"):
    """Something is to be done with a wallet; the same `job_id` is done once.

    Attributes:
        job_id: Derived from the cause.
        wallet: The address that acts.
        calls: Done in this order, each after the one before has succeeded.
        bot_id: Who pays the gas in the accounts; empty for nobody.
        frees: Dollars that become free when it is done.
        urgent: Goes before all others and does not wait for cheaper gas.
        reason: Why, for people.
        by: A stage, "cli" or "api".
        reply_to: Shard that hears of its end; empty for none.
    """

    job_id: str
    wallet: str
    kind: JobKind
    calls: tuple[ChainCall, ...]
    bot_id: BotId = NO_BOT
    frees: Decimal = Decimal(0)
    urgent: bool = False
    reason: str
    by: str
    reply_to: str = ""


class TransactionVoided(Message, frozen=True, kw_only=True, tag="transaction-voided"):
    """An operator gives up a pending transaction: its nonce is used for nothing instead."""

    wallet: str
    nonce: int
    reason: str
    by: str


class SenderStarted(Message, frozen=True, kw_only=True, tag="sender-started"):
    """The process that talks to the chain began anew: nonces count as unknown until it has looked.

    Attributes:
        chain_id: What it is set to.
    """

    wallet: str
    chain_id: int


class GasObserved(Message, frozen=True, kw_only=True, tag="gas-observed"):
    """What a transaction costs now; wei per unit of gas.

    Attributes:
        base_fee: Of the next block.
        tip_slow: Tip of a patient transaction.
        tip_standard: Tip of an ordinary one.
        tip_fast: Tip of one in a hurry.
        pol_usd: Dollars per POL; None when no price is known.
        origin: "station" or "node".
    """

    base_fee: int
    tip_slow: int
    tip_standard: int
    tip_fast: int
    pol_usd: Decimal | None
    origin: str


class WalletObserved(Message, frozen=True, kw_only=True, tag="wallet-observed"):
    """What the chain says of an address.

    Attributes:
        nonce: Transactions in blocks: the next free nonce.
        pending_nonce: The same with what waits in the node's pool.
        settled_nonce: `nonce` as of the last block that no longer changes.
        block: The newest block.
        balances: Whole units by asset: "POL", "USDC.e", "pUSD".
        doubt: Why this must not be built on: nodes disagree, wrong chain, a node that lags; empty
            when all is well.
        keyed_at: When the key was made, ms; 0 when unknown.
        cold: Dollars in the cold wallet.
        working: Dollars that positions are worth.
    """

    wallet: str
    nonce: int
    pending_nonce: int
    settled_nonce: int
    block: int
    balances: dict[str, Decimal]
    doubt: str = ""
    keyed_at: int = 0
    cold: Decimal = Decimal(0)
    working: Decimal = Decimal(0)


class Sight(StrEnum):
    """What was seen of one transaction."""

    POOLED = "pooled"
    """A node has it and no block does."""
    ABSENT = "absent"
    """Neither a block nor a node's pool has it."""
    MINED = "mined"
    """A block has it, and it did what it should."""
    REVERTED = "reverted"
    """A block has it, and it did nothing but cost gas."""
    UNDERPRICED = "underpriced"
    """A node wants more for a replacement."""
    NO_GAS = "no-gas"
    """The wallet lacks POL for it."""
    REFUSED = "refused"
    """A node refused it for now: full pool, limits, an error of its own."""


class TransactionObserved(Message, frozen=True, kw_only=True, tag="transaction-observed"):
    """What was seen of a transaction.

    Attributes:
        attempt: Which of the nonce's transactions.
        hash: Its hash; the relayer's id on a gasless way.
        block: Of its receipt.
        head: The newest block at that moment.
        gas_used: Units, of its receipt.
        gas_price: Wei a unit that were really paid.
        detail: What a node said.
    """

    wallet: str
    nonce: int
    attempt: int
    hash: str
    sight: Sight
    block: int = 0
    head: int = 0
    gas_used: int = 0
    gas_price: int = 0
    detail: str = ""


class EarlierAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier transaction of the same nonce; any of them may be the one in a block."""

    number: int
    max_fee: int
    max_tip: int
    planned_at: int
    void: bool
    hash: str = ""


class SendTransaction(Message, frozen=True, kw_only=True, tag="send-transaction"):
    """See to it that this is on the chain, and say what you see; asking again changes nothing.

    Everything that is signed is here, so the same message is always the same transaction, and a
    nonce can be used once: however often it is sent, it takes effect at most once.

    Attributes:
        attempt: 1, and one more with each raise of the fee.
        calls: One, or a batch on a gasless way.
        gas_limit: Units.
        max_fee: Wei a unit at most.
        max_tip: Wei a unit for the block's maker at most.
        planned_at: When this attempt was decided, ms.
        void: It does nothing but use the nonce; `calls` are what earlier attempts did.
        hash: What it is called, by chain or relayer; empty before it was seen.
        earlier: The attempts before it.
    """

    wallet: str
    job_id: str
    kind: JobKind
    nonce: int
    attempt: int
    calls: tuple[ChainCall, ...]
    gas_limit: int
    max_fee: int
    max_tip: int
    planned_at: int
    void: bool = False
    hash: str = ""
    earlier: tuple[EarlierAttempt, ...] = ()


class TransactionEnded(Message, frozen=True, kw_only=True, tag="transaction-ended"):
    """A nonce is used for good; said once.

    Attributes:
        status: "confirmed", "reverted", "voided", or "foreign": somebody else's has the nonce.
        began_at: When it was first planned, ms.
        cost_pol: POL paid.
        cost_usd: Dollars paid; None where no price of POL was known.
    """

    account_id: AccountId
    wallet: str
    job_id: str
    kind: JobKind
    bot_id: BotId
    nonce: int
    attempt: int
    hash: str
    block: int
    status: str
    began_at: int
    gas_used: int
    gas_price: int
    cost_pol: Decimal
    cost_usd: Decimal | None


class JobEnded(Message, frozen=True, kw_only=True, tag="job-ended"):
    """A job is done or has failed; said once.

    Attributes:
        done: Whether all its calls succeeded.
        frees: Dollars that became free.
        cost_usd: Dollars of gas for all its transactions, failed ones too.
    """

    wallet: str
    job_id: str
    kind: JobKind
    bot_id: BotId
    done: bool
    detail: str
    frees: Decimal
    cost_usd: Decimal = Decimal(0)


class WalletBalanceLow(Message, frozen=True, kw_only=True, tag="wallet-balance-low"):
    """The hot wallet holds less than a threshold; once per level.

    Attributes:
        level: "warning" or "critical".
        balance: Dollars.
        threshold: Dollars.
    """

    wallet: str
    level: str
    balance: Decimal
    threshold: Decimal


class GasSpikeDetected(Message, frozen=True, kw_only=True, tag="gas-spike-detected"):
    """Gas costs more than transactions wait for; once per spike, and once at its end.

    Attributes:
        gas_gwei: The price, gwei.
        limit_gwei: Above which transactions wait.
        over: Whether it has ended.
    """

    gas_gwei: Decimal
    limit_gwei: Decimal
    over: bool


class PendingTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction under way, for screens."""

    nonce: int
    job_id: str
    kind: JobKind
    attempt: int
    hash: str
    since: int
    mined: bool


class WalletState(Message, frozen=True, kw_only=True, tag="wallet-state"):
    """How a wallet stands; compacted per address.

    Attributes:
        balances: Whole units by asset.
        nonce: Of the next transaction; None before the first look.
        last_sync_at: When chain and wallet were last compared, ms.
        gas_gwei: What an ordinary transaction pays, gwei.
        band: "rapid", "fast", "standard" or "queue".
        share: Part of all capital that is in the hot wallet.
        cold: Dollars in the cold wallet.
        sweep: Dollars that are too many for a hot wallet.
        advice: What to do about it, in a sentence; empty for nothing.
        doubt: Why nothing new is sent; empty when all is well.
        gas_usd: Dollars of gas paid so far, by bot; "" is what serves every bot.
        freed: Dollars that merges and redemptions have freed so far.
        differences: Where venue, Data API, chain and we disagree.
        scale: How much of the usual size may be quoted, by market; "" concerns every market.
        freeing: Dollars that merges and redemptions under way will free.
    """

    wallet: str
    balances: dict[str, Decimal]
    nonce: int | None
    last_sync_at: int | None
    gas_gwei: Decimal | None
    band: str
    share: Decimal | None
    cold: Decimal = Decimal(0)
    sweep: Decimal = Decimal(0)
    advice: str
    doubt: str
    queued: int
    pending: tuple[PendingTransaction, ...]
    gas_usd: dict[str, Decimal]
    freed: Decimal
    differences: tuple[TruthDifference, ...] = ()
    scale: dict[str, Decimal] = msgspec.field(default_factory=dict)
    freeing: Decimal = Decimal(0)
