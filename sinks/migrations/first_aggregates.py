"""Revision 20261123_0600: what the three aggregates say, on either server.

Pairs merged into collateral are rows of `trades` with the action MERGE: they cost gas and are no
trades. A market's price counts while both sides have one.
"""

BOT_PERFORMANCE_HOURLY = """
select bot_id, time_bucket(interval '1 hour', executed_at) as bucket,
       count(*) filter (where action <> 'MERGE') as trades,
       sum(case when action = 'MERGE' then 0 else price * size end) as volume,
       sum(fee) as fees, sum(gas) as gas, sum(slippage) as slippage
from trades group by 1, 2
"""

BOT_PNL_DAILY = """
select bot_id, time_bucket(interval '1 day', closed_at) as day,
       count(*) as closed, sum(pnl) as total_pnl, avg(pnl) as average_pnl,
       count(*) filter (where pnl > 0) as wins, count(*) filter (where pnl < 0) as losses,
       avg(case when pnl > 0 then 1.0 else 0.0 end) as win_rate
from episodes group by 1, 2
"""

MARKET_PRICE_5MIN = """
select market_id, time_bucket(interval '5 minutes', ts) as bucket,
       {first} as open, max(mid) as high, min(mid) as low, {last} as close,
       avg(best_ask - best_bid) as average_spread, {volume} as volume_24h, count(*) as samples
from market_snapshots where mid is not null group by 1, 2
"""
"""`first`, `last` and `volume` are written differently on either server."""
