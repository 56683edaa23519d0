"""Revision 20261128_1200: alerts, what bots wanted and why, and the cause of a signal.

With them a fill can be walked back to the book that started it.
"""

ALERTS = """
create table alerts (
  entry_id text not null,
  at timestamptz not null,
  rule text not null,
  scope text not null,
  deed text not null,
  detail text not null,
  by text not null,
  severity text,
  until timestamptz,
  primary key (entry_id, at))
"""
INTENTS = """
create table intents (
  intent_id text not null,
  leg bigint not null,
  at timestamptz not null,
  source text not null,
  bot_id text not null,
  market_id text not null,
  subject text not null,
  cause_id text not null,
  order_id text,
  book_event_id text,
  seen jsonb,
  primary key (intent_id, leg, at))
"""
_HYPERTABLES = tuple(
    f"select create_hypertable('{table}', by_range('at', interval '7 days'),"
    " create_default_indexes => false, if_not_exists => true)"
    for table in ("alerts", "intents")
)
_INDEXES = (
    "create index alerts_at_idx on alerts (at desc, entry_id desc)",
    "create index intents_order_idx on intents (order_id, at desc)",
    "create index intents_cause_idx on intents (cause_id, at desc)",
    "create index signals_cause_idx on signals (causation_id, at desc)"
    " where causation_id is not null",
    "create index decisions_intent_idx on decisions (intent_id, decided_at desc)",
)
_PLAIN = ("create index intents_brin on intents using brin (at)",)
_POLICIES = (
    "alter table intents set (timescaledb.enable_columnstore, timescaledb.segmentby = 'bot_id',"
    " timescaledb.orderby = 'at desc', timescaledb.sparse_index = 'bloom(order_id)')",
    "call add_columnstore_policy('intents', after => interval '14 days', if_not_exists => true)",
    *(
        f"select add_retention_policy('{table}', drop_after => interval '365 days',"
        " if_not_exists => true)"
        for table in ("alerts", "intents")
    ),
)
_DROPS = (
    "drop index decisions_intent_idx",
    "drop index signals_cause_idx",
    "alter table signals drop column causation_id",
    "drop table intents",
    "drop table alerts",
)


def up(*, timescale: bool) -> tuple[str, ...]:
    """From 20261128_1100.

    Args:
        timescale: The schema is TimescaleDB's.
    """
    made = (ALERTS, INTENTS, "alter table signals add column causation_id text")
    if timescale:
        return (*made, *_HYPERTABLES, *_INDEXES, *_POLICIES)
    return (*made, *_INDEXES, *_PLAIN)


def down() -> tuple[str, ...]:
    """Back to it; the tables' rows are lost."""
    return _DROPS
