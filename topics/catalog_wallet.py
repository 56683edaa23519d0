"""The topics of the wallets; part of the catalogue."""

from schemas import ops, wallet, wallet_truths
from topics.spec import DAY_MS, Cleanup, Scope, TopicSpec

WALLET_INPUTS = TopicSpec(
    "pets.wallet.inputs.v1",
    (
        wallet.JobRequested,
        wallet.TransactionVoided,
        wallet.SenderStarted,
        wallet.GasObserved,
        wallet.WalletObserved,
        wallet.TransactionObserved,
        wallet_truths.TruthObserved,
        ops.ClockTick,
    ),
    Scope.ACCOUNT,
    ("wallet-sender", "execution", "gateway", "api", "cli", "clock"),
    ("wallet", "api", "archive"),
    "The one ordered log of an account's wallets: what is to be done, and what the chain says.",
    retention_ms=90 * DAY_MS,
)
WALLET_SENDS = TopicSpec(
    "pets.wallet.sends.v1",
    (wallet.SendTransaction,),
    Scope.ACCOUNT,
    ("wallet",),
    ("wallet-sender",),
    "What should be on the chain and is not settled yet, said again every few seconds.",
    retention_ms=DAY_MS,
)
WALLET_TRANSACTIONS = TopicSpec(
    "pets.wallet.transactions.v1",
    (
        wallet.JobRequested,
        wallet.SendTransaction,
        wallet.TransactionEnded,
        wallet.JobEnded,
        wallet.WalletBalanceLow,
        wallet.GasSpikeDetected,
    ),
    Scope.ACCOUNT,
    ("wallet",),
    ("sinks", "api", "archive"),
    "The audit trail of every wallet: each attempt before it is signed, and how each nonce ended.",
)
WALLET_STATES = TopicSpec(
    "pets.wallet.states.v1",
    (wallet.WalletState,),
    Scope.SCOPE,
    ("wallet",),
    ("api",),
    "How each wallet stands; key is its address.",
    Cleanup.COMPACT,
)
WALLET_TOPICS = (WALLET_INPUTS, WALLET_SENDS, WALLET_TRANSACTIONS, WALLET_STATES)
