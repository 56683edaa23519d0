"""Revision 20261128_1300: how every nonce of every wallet ended, kept for ever."""

WALLET_TRANSACTIONS = """
create table wallet_transactions (
  wallet text not null,
  nonce bigint not null,
  ended_at timestamptz not null,
  began_at timestamptz not null,
  account_id text not null,
  job_id text not null,
  kind text not null,
  bot_id text not null,
  attempt bigint not null,
  hash text not null,
  block bigint not null,
  status text not null,
  gas_used bigint not null,
  gas_price bigint not null,
  cost_pol numeric(28,18) not null,
  cost_usd numeric(28,18),
  primary key (wallet, nonce))
"""

UP = (
    WALLET_TRANSACTIONS,
    "create index wallet_transactions_time_idx on wallet_transactions (ended_at desc)",
    "create index wallet_transactions_bot_idx on wallet_transactions (bot_id, ended_at desc)",
)
DOWN = ("drop table wallet_transactions",)
