"""Every topic, once: the only place that writes a topic name.

The table in docs/dataflow.md is generated from it.
"""

from schemas import control, market, ops, outside, pairs, portfolio, risk, trading
from topics.catalog_ops import ALERTS, CHECKPOINTS, DEAD_LETTERS, HEARTBEATS, LOGS
from topics.spec import DAY_MS, Cleanup, Scope, TopicSpec

__all__ = [
    "ALERTS",
    "BY_NAME",
    "CHECKPOINTS",
    "DAY_MS",
    "DEAD_LETTERS",
    "HEARTBEATS",
    "LOGS",
    "TOPICS",
    "Cleanup",
    "Scope",
    "TopicSpec",
]

BOOK_EVENTS = TopicSpec(
    "pets.market.book-events.v1",
    (
        market.BookSnapshot,
        market.BookDelta,
        market.BookTrustChanged,
        market.MarketTrade,
        market.FeedStatus,
    ),
    Scope.SHARD,
    ("connector",),
    ("relay-books", "archive"),
    "Books in ticks and micro-shares with the connector's trust grade, and trades, as they came.",
    retention_ms=3 * DAY_MS,
)
MARKET_TRADES = TopicSpec(
    "pets.market.market-trades.v1",
    (market.MarketTrade,),
    Scope.SHARD,
    ("connector",),
    ("archive",),
    "Other people's trades alone, kept longer than the books.",
    retention_ms=30 * DAY_MS,
)
LIFECYCLE = TopicSpec(
    "pets.market.lifecycle.v1",
    (market.MarketListed, market.TickSizeChanged, market.MarketResolved),
    Scope.SHARD,
    ("connector",),
    ("relay-lifecycle", "sinks", "api", "archive"),
    "Markets listed, changed and resolved.",
)
NEWS_ITEMS = TopicSpec(
    "pets.news.items.v1",
    (outside.NewsItem,),
    Scope.SHARD,
    ("feeds",),
    ("relay-news", "archive"),
    "News as it was published.",
    retention_ms=30 * DAY_MS,
)
GAME_STATES = TopicSpec(
    "pets.esports.game-states.v1",
    (outside.GameState,),
    Scope.SHARD,
    ("feeds",),
    ("relay-games", "archive"),
    "Esports matches, scheduled and played.",
    retention_ms=30 * DAY_MS,
)
WALLET_TRADES = TopicSpec(
    "pets.social.wallet-trades.v1",
    (outside.WalletTrade, outside.WalletResolved),
    Scope.SHARD,
    ("feeds",),
    ("relay-wallets", "archive"),
    "Trades of public wallets, and what their earlier positions came to.",
    retention_ms=30 * DAY_MS,
)
ATTENTION = TopicSpec(
    "pets.social.attention.v1",
    (outside.AttentionScore,),
    Scope.SHARD,
    ("feeds",),
    ("relay-attention", "archive"),
    "How much markets are talked about.",
    retention_ms=30 * DAY_MS,
)
ESTIMATES = TopicSpec(
    "pets.research.estimates.v1",
    (outside.OutsideEstimate,),
    Scope.SHARD,
    ("feeds", "api"),
    ("relay-estimates", "archive"),
    "Probabilities from outside the markets, with their source.",
    retention_ms=90 * DAY_MS,
)
DECIDE_INPUTS = TopicSpec(
    "pets.decide.inputs.v1",
    (
        market.BookSnapshot,
        market.BookDelta,
        market.BookTrustChanged,
        market.FeedStatus,
        market.MarketTrade,
        market.MarketListed,
        market.TickSizeChanged,
        market.MarketResolved,
        trading.IntentApproved,
        trading.IntentDenied,
        trading.MergeApproved,
        trading.MergeDenied,
        pairs.SplitApproved,
        pairs.SplitDenied,
        trading.CancelOrder,
        trading.OrderPlaced,
        trading.OrderRejected,
        trading.OrderCanceled,
        trading.OrderExpired,
        trading.CancelRefused,
        trading.Fill,
        trading.PairsMerged,
        pairs.PairsSplit,
        pairs.RebatePaid,
        trading.AccountView,
        outside.NewsItem,
        outside.GameState,
        outside.WalletTrade,
        outside.WalletResolved,
        outside.AttentionScore,
        outside.OutsideEstimate,
        portfolio.PositionClosed,
        ops.ClockTick,
    ),
    Scope.SHARD,
    ("every relay", "bots", "gate", "paper", "ledger", "clock"),
    ("book", "bots", "paper", "archive"),
    "The one ordered log of a shard: all that bots and execution know, in the order they know it.",
    retention_ms=7 * DAY_MS,
)
GATE_INPUTS = TopicSpec(
    "pets.decide.gate-inputs.v1",
    (
        trading.PlaceIntent,
        trading.BundleIntent,
        trading.MergeIntent,
        pairs.SplitIntent,
        trading.OrderPlaced,
        trading.OrderRejected,
        trading.OrderCanceled,
        trading.OrderExpired,
        trading.CancelRefused,
        trading.Fill,
        trading.PairsMerged,
        pairs.PairsSplit,
        pairs.RebatePaid,
        portfolio.Mark,
        market.MarketListed,
        market.TickSizeChanged,
        market.MarketResolved,
        control.Command,
        control.CapitalAllocated,
        control.BotFailed,
        risk.SizingAdvice,
        ops.ClockTick,
    ),
    Scope.ACCOUNT,
    ("bots", "book", "relay-lifecycle", "paper", "api", "clock"),
    ("gate", "ledger", "archive"),
    "The one ordered log of an account: all that the risk gate and the ledger know.",
    retention_ms=90 * DAY_MS,
)
SIGNALS = TopicSpec(
    "pets.trading.signals.v1",
    (trading.Signal,),
    Scope.SHARD,
    ("bots",),
    ("sinks", "archive"),
    "What each bot saw and decided, traded or not.",
)
INTENTS = TopicSpec(
    "pets.trading.intents.v1",
    (
        trading.PlaceIntent,
        trading.BundleIntent,
        trading.MergeIntent,
        pairs.SplitIntent,
        trading.CancelOrder,
    ),
    Scope.SHARD,
    ("bots",),
    ("archive",),
    "What the bots want.",
)
ADVICE = TopicSpec(
    "pets.trading.advice.v1",
    (risk.SizingAdvice,),
    Scope.SHARD,
    ("bots",),
    ("sinks", "archive"),
    "How much Kelly each bot has earned, from bot 9.",
    retention_ms=365 * DAY_MS,
)
DECISIONS = TopicSpec(
    "pets.trading.decisions.v1",
    (
        trading.IntentApproved,
        trading.IntentDenied,
        trading.MergeApproved,
        trading.MergeDenied,
        pairs.SplitApproved,
        pairs.SplitDenied,
        trading.CancelOrder,
        control.CommandApplied,
    ),
    Scope.ACCOUNT,
    ("gate",),
    ("sinks", "api", "archive"),
    "The risk gate's verdicts with rule, limit and value.",
)
ORDERS = TopicSpec(
    "pets.trading.orders.v1",
    (
        trading.OrderPlaced,
        trading.OrderRejected,
        trading.OrderCanceled,
        trading.OrderExpired,
        trading.CancelRefused,
    ),
    Scope.ACCOUNT,
    ("paper",),
    ("sinks", "api", "archive"),
    "What the venue (or the paper exchange) said about our orders.",
)
FILLS = TopicSpec(
    "pets.trading.fills.v1",
    (trading.Fill, trading.PairsMerged, pairs.PairsSplit, pairs.RebatePaid),
    Scope.ACCOUNT,
    ("paper",),
    ("sinks", "api", "archive"),
    "Executions of our orders, splits and merges of our pairs, rebates.",
)
POSITIONS = TopicSpec(
    "pets.portfolio.positions.v1",
    (portfolio.PositionState,),
    Scope.BOT,
    ("ledger",),
    ("sinks", "api"),
    "Every bot's holding of every token; key is the position id.",
    Cleanup.COMPACT,
)
EPISODES = TopicSpec(
    "pets.portfolio.episodes.v1",
    (portfolio.PositionOpened, portfolio.PositionClosed),
    Scope.BOT,
    ("ledger",),
    ("sinks", "api"),
    "Positions opened and episodes closed with their P&L.",
)
EQUITY = TopicSpec(
    "pets.portfolio.equity.v1",
    (portfolio.EquityPoint,),
    Scope.BOT,
    ("ledger",),
    ("sinks", "api"),
    "Equity, cash, P&L and drawdown per bot and per account.",
    retention_ms=365 * DAY_MS,
)
RISK_STATES = TopicSpec(
    "pets.risk.states.v1",
    (risk.RiskState, risk.BreakerState),
    Scope.SCOPE,
    ("gate",),
    ("api",),
    "Trading state and breakers; key is the scope.",
    Cleanup.COMPACT,
)
BREACHES = TopicSpec(
    "pets.risk.breaches.v1",
    (
        risk.CircuitBreakerTriggered,
        risk.CircuitBreakerReset,
        risk.DrawdownThreshold,
        risk.EmergencyHalt,
    ),
    Scope.SCOPE,
    ("gate",),
    ("sinks", "api"),
    "Breakers tripped and reset, warnings, emergency halts.",
)
COMMANDS = TopicSpec(
    "pets.control.commands.v1",
    (control.Command, control.CapitalAllocated),
    Scope.SCOPE,
    ("api",),
    ("archive",),
    "What operators asked for.",
)
CONTROL_STATES = TopicSpec(
    "pets.control.states.v1",
    (control.BotStateChanged,),
    Scope.SCOPE,
    ("gate",),
    ("api",),
    "Every bot's state; key is the bot id.",
    Cleanup.COMPACT,
)
BOOK_TOPS = TopicSpec(
    "pets.market.book-tops.v1",
    (market.BookTop,),
    Scope.MARKET,
    ("book",),
    ("sinks", "api"),
    "Best prices per market, at most every 100 ms; key is the market id.",
    Cleanup.COMPACT,
)

TOPICS: tuple[TopicSpec, ...] = (
    BOOK_EVENTS,
    MARKET_TRADES,
    LIFECYCLE,
    NEWS_ITEMS,
    GAME_STATES,
    WALLET_TRADES,
    ATTENTION,
    ESTIMATES,
    DECIDE_INPUTS,
    GATE_INPUTS,
    SIGNALS,
    INTENTS,
    ADVICE,
    DECISIONS,
    ORDERS,
    FILLS,
    POSITIONS,
    EPISODES,
    EQUITY,
    RISK_STATES,
    BREACHES,
    COMMANDS,
    CONTROL_STATES,
    BOOK_TOPS,
    HEARTBEATS,
    ALERTS,
    LOGS,
    CHECKPOINTS,
    DEAD_LETTERS,
)
BY_NAME: dict[str, TopicSpec] = {topic.name: topic for topic in TOPICS}
