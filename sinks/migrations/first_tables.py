"""Revision 20261123_0600: tables and indexes that both servers have.

Dollars and shares are `numeric(18,6)`, prices `numeric(10,6)`. Every key of a table that grows
without end carries the row's own time, as a hypertable needs it.
"""

ORDERS = """
create table orders (
  order_id text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  account_id text not null,
  bot_id text not null,
  market_id text not null,
  token_id text not null,
  status text not null,
  filled_size numeric(18,6) not null,
  venue_event_id text,
  side text,
  action text,
  kind text,
  zone text,
  price numeric(10,6),
  size numeric(18,6),
  time_in_force text,
  expires_at timestamptz,
  post_only boolean,
  operator boolean,
  bundle_id text,
  fair_value numeric(10,6),
  sigma numeric(10,6),
  edge numeric(10,6),
  queue_ahead numeric(18,6),
  venue_order_id text,
  reason text,
  placed_at timestamptz,
  closed_at timestamptz,
  primary key (order_id, created_at))
"""

TRADES = """
create table trades (
  trade_id text not null,
  order_id text not null,
  executed_at timestamptz not null,
  account_id text not null,
  bot_id text not null,
  venue_event_id text not null,
  market_id text not null,
  action text not null,
  price numeric(10,6) not null,
  size numeric(18,6) not null,
  fee numeric(18,6) not null,
  gas numeric(18,6) not null,
  token_id text,
  side text,
  kind text,
  zone text,
  bundle_id text,
  liquidity text,
  inferred boolean not null,
  mid numeric(10,6),
  slippage numeric(18,6),
  primary key (trade_id, order_id, executed_at))
"""

POSITIONS = """
create table positions (
  position_id text not null,
  opened_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  account_id text not null,
  bot_id text not null,
  venue_event_id text not null,
  market_id text not null,
  token_id text not null,
  side text not null,
  zone text,
  size numeric(18,6) not null,
  entry_price numeric(10,6) not null,
  mark numeric(10,6),
  realised_pnl numeric(18,6) not null,
  unrealised_pnl numeric(18,6) not null,
  fees numeric(18,6) not null,
  primary key (position_id, opened_at))
"""

MARKET_SNAPSHOTS = """
create table market_snapshots (
  market_id text not null,
  ts timestamptz not null,
  observed_at timestamptz not null,
  best_bid numeric(10,6),
  best_ask numeric(10,6),
  mid numeric(10,6),
  bid_size numeric(18,6) not null,
  ask_size numeric(18,6) not null,
  bid_depth numeric(18,6) not null,
  ask_depth numeric(18,6) not null,
  last_price numeric(10,6),
  volume_24h numeric(18,6) not null,
  trust text not null,
  label text not null,
  primary key (market_id, ts))
"""

SIGNALS = """
create table signals (
  signal_id text not null,
  at timestamptz not null,
  bot_id text not null,
  market_id text not null,
  token_id text,
  decision text not null,
  reason text not null,
  fair_value double precision,
  sigma double precision,
  mid double precision,
  edge double precision,
  limit_price numeric(10,6),
  sizing_lambda double precision,
  shrinkage double precision,
  features jsonb not null,
  primary key (signal_id, at))
"""

EQUITY_POINTS = """
create table equity_points (
  account_id text not null,
  scope text not null,
  at timestamptz not null,
  cash numeric(18,6) not null,
  reserved numeric(18,6) not null,
  receivable numeric(18,6) not null,
  equity numeric(18,6) not null,
  equity_mid numeric(18,6) not null,
  realised_pnl numeric(18,6) not null,
  unrealised_pnl numeric(18,6) not null,
  fees numeric(18,6) not null,
  gas numeric(18,6) not null,
  nav numeric(18,10) not null,
  drawdown numeric(12,10) not null,
  exposure numeric(18,6) not null,
  primary key (account_id, scope, at))
"""

DECISIONS = """
create table decisions (
  decision_id text not null,
  leg bigint not null,
  decided_at timestamptz not null,
  intent_id text not null,
  account_id text not null,
  bot_id text not null,
  venue_event_id text not null,
  market_id text not null,
  verdict text not null,
  subject text not null,
  size numeric(18,6) not null,
  order_id text,
  side text,
  action text,
  kind text,
  zone text,
  price numeric(10,6),
  ordered_at timestamptz,
  code text,
  rule text,
  limit_value text,
  value text,
  primary key (decision_id, leg, decided_at))
"""

BREACHES = """
create table breaches (
  breach_id text not null,
  at timestamptz not null,
  scope text not null,
  event text not null,
  breaker text,
  threshold_value numeric(18,6),
  current_value numeric(18,6),
  level numeric(10,6),
  affected jsonb not null,
  reason text not null,
  actor text not null,
  primary key (breach_id, at))
"""

EPISODES = """
create table episodes (
  episode_id text not null,
  closed_at timestamptz not null,
  opened_at timestamptz not null,
  bot_id text not null,
  market_id text not null,
  pnl numeric(18,6) not null,
  reason text not null,
  primary key (episode_id, closed_at))
"""

MARKETS = """
create table markets (
  market_id text not null,
  updated_at timestamptz not null,
  venue_event_id text,
  question text,
  slug text,
  label text,
  status text,
  yes_token_id text,
  no_token_id text,
  yes_outcome text,
  no_outcome text,
  tick bigint,
  min_size numeric(18,6),
  category text,
  series text,
  neg_risk boolean,
  auto_resolved boolean,
  liquidity numeric(18,6),
  volume_24h numeric(18,6),
  listed_at timestamptz,
  window_start_at timestamptz,
  resolves_at timestamptz,
  resolved_at timestamptz,
  yes_payout numeric(10,6),
  primary key (market_id))
"""

SINK_OFFSETS = """
create table sink_offsets (
  topic text not null,
  partition int not null,
  next_offset bigint not null,
  primary key (topic, partition))
"""

INSTALLATION = """
create table installation (
  level text not null)
"""

TABLES = (
    ORDERS,
    TRADES,
    POSITIONS,
    MARKET_SNAPSHOTS,
    SIGNALS,
    EQUITY_POINTS,
    DECISIONS,
    BREACHES,
    EPISODES,
    MARKETS,
    SINK_OFFSETS,
    INSTALLATION,
)

INDEXES = (
    "create index orders_created_idx on orders (created_at desc, order_id desc)",
    "create index orders_bot_idx on orders (bot_id, created_at desc)",
    "create index orders_market_idx on orders (market_id, created_at desc)",
    "create index orders_status_idx on orders (status, created_at desc)",
    "create index orders_zone_idx on orders (zone, created_at desc)",
    "create index trades_executed_idx on trades (executed_at desc)",
    "create index trades_bot_idx on trades (bot_id, executed_at desc)",
    "create index trades_market_idx on trades (market_id, executed_at desc)",
    "create index trades_zone_idx on trades (zone, executed_at desc)",
    "create index trades_order_idx on trades (order_id, executed_at desc)",
    "create index positions_open_idx on positions (bot_id, opened_at desc)"
    " where closed_at is null",
    "create index positions_closed_idx on positions (bot_id, closed_at desc)"
    " where closed_at is not null",
    "create index positions_market_idx on positions (market_id, opened_at desc)",
    "create index positions_zone_idx on positions (zone, opened_at desc)",
    "create index decisions_decided_idx on decisions (decided_at desc)",
    "create index decisions_bot_idx on decisions (bot_id, decided_at desc)",
    "create index decisions_order_idx on decisions (order_id, decided_at desc)",
    "create index decisions_denied_idx on decisions (bot_id, decided_at desc)"
    " where verdict = 'DENIED'",
    "create index signals_bot_idx on signals (bot_id, at desc)",
    "create index signals_market_idx on signals (market_id, at desc)",
    "create index breaches_at_idx on breaches (at desc)",
    "create index episodes_bot_idx on episodes (bot_id, closed_at desc)",
    "create index episodes_closed_idx on episodes (closed_at desc)",
    "create index markets_status_idx on markets (status, updated_at desc)",
)

DROPS = (
    "drop table orders",
    "drop table trades",
    "drop table positions",
    "drop table market_snapshots",
    "drop table signals",
    "drop table equity_points",
    "drop table decisions",
    "drop table breaches",
    "drop table episodes",
    "drop table markets",
    "drop table sink_offsets",
    "drop table installation",
)
