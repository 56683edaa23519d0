"""A venue on this machine that speaks Polymarket's protocol.

Two sources feed it: `world`, a seeded simulation with a real matching engine, and `recorded`, real
order books of settled markets. A connector reaches both by REST and WebSocket and cannot tell them
from the venue itself but for their tags. Prices are whole pips (0.0001 dollars), sizes whole
micro-shares, and money is counted in pips times micro-shares, 1e-10 dollars, so that every sum is
exact.
"""
