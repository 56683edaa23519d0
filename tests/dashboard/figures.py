"""What a running system says on the other pages' paths; all of it fits the API's models."""

from typing import Any

NOW = 1_790_586_600_000
DAY_MS = 86_400_000
MARKET, OTHER = "0xab", "0xcd"
TOP = {
    "at": NOW,
    "bid": "0.41",
    "bid_size": "120",
    "ask": "0.43",
    "ask_size": "80",
    "mid": "0.42",
    "bid_depth": "300",
    "ask_depth": "250",
    "last_price": "0.42",
    "volume_24h": "1200",
    "trust": "CONSISTENT",
}
MARKETS: list[dict[str, Any]] = [
    {
        "market_id": market_id,
        "venue_event_id": "event-1",
        "question": question,
        "slug": "slug",
        "label": "SIMULATED",
        "status": "ACTIVE",
        "category": "weather",
        "series": "",
        "outcomes": ["Yes", "No"],
        "yes_token_id": "1",
        "no_token_id": "2",
        "tick": "0.01",
        "min_size": "5",
        "neg_risk": False,
        "liquidity": "1000",
        "volume_24h": "1200",
        "window_start_at": None,
        "resolves_at": NOW + DAY_MS,
        "top": TOP,
    }
    for market_id, question in ((MARKET, "Will it rain?"), (OTHER, "Bitcoin up or down?"))
]
BOOK: dict[str, Any] = {
    "market_id": MARKET,
    "tick": "0.01",
    "top": TOP,
    "bids": [
        {"price": "0.41", "size": "120", "own_size": "20"},
        {"price": "0.40", "size": "300", "own_size": "0"},
    ],
    "asks": [{"price": "0.43", "size": "80", "own_size": "0"}],
    "depth": "full",
}
BARS: list[dict[str, Any]] = [
    {
        "bucket": NOW - 300_000 * place,
        "open": "0.41",
        "high": "0.43",
        "low": "0.40",
        "close": f"0.4{place}",
        "average_spread": "0.02",
        "volume_24h": "1200",
        "samples": 60,
    }
    for place in (2, 1, 0)
]
ORDER: dict[str, Any] = {
    "order_id": "o1",
    "bot_id": "bot_05",
    "market_id": MARKET,
    "side": "YES",
    "action": "BUY",
    "kind": "QUOTE",
    "status": "FILLED",
    "price": "0.42",
    "size": "20",
    "filled_size": "20",
    "zone": "ZONE_3",
    "reason": "",
    "created_at": NOW - 9_000,
    "updated_at": NOW - 4_000,
    "placed_at": NOW - 8_900,
    "closed_at": NOW - 4_000,
    "operator": False,
}
ORDERS: list[dict[str, Any]] = [
    ORDER,
    {**ORDER, "order_id": "o2", "status": "PENDING", "filled_size": "0", "closed_at": None},
    {**ORDER, "order_id": "o3", "status": "REJECTED", "placed_at": None, "reason": "POST_ONLY"},
]
TRADES: list[dict[str, Any]] = [
    {
        "trade_id": "t1",
        "order_id": "o1",
        "executed_at": NOW - 4_000,
        "bot_id": "bot_05",
        "market_id": MARKET,
        "side": "YES",
        "action": "BUY",
        "kind": "QUOTE",
        "zone": "ZONE_3",
        "price": "0.42",
        "size": "20",
        "fee": "0",
        "gas": "0.002",
        "bundle_id": None,
        "liquidity": "MAKER",
        "inferred": False,
        "trade_status": "CONFIRMED",
        "mid": "0.425",
        "slippage": "-0.1",
    }
]
SIGNALS: list[dict[str, Any]] = [
    {
        "signal_id": "s1",
        "at": NOW - 9_000,
        "bot_id": "bot_05",
        "market_id": MARKET,
        "token_id": "1",
        "decision": "none",
        "reason": "SPREAD_TOO_TIGHT",
        "fair_value": 0.42,
        "sigma": 0.01,
        "mid": 0.42,
        "edge": 0.001,
        "limit_price": None,
        "sizing_lambda": None,
        "shrinkage": None,
        "features": {"spread": 0.01},
    }
]
SIGNAL_COUNTS: list[dict[str, Any]] = [
    {
        "bot_id": "bot_05",
        "decision": "none",
        "reason": "SPREAD_TOO_TIGHT",
        "count": 41,
        "last_at": NOW - 9_000,
    }
]
DECISION: dict[str, Any] = {
    "decision_id": "d1",
    "leg": 0,
    "decided_at": NOW - 8_000,
    "intent_id": "i1",
    "bot_id": "bot_05",
    "market_id": MARKET,
    "verdict": "DENIED",
    "subject": "ORDER",
    "order_id": "o9",
    "side": "YES",
    "action": "BUY",
    "kind": "QUOTE",
    "zone": "ZONE_3",
    "price": "0.42",
    "size": "20",
    "ordered_at": NOW - 8_000,
    "code": "NO_EDGE",
    "rule": "The edge must cover the costs.",
    "limit_value": "0.005",
    "value": "0.001",
}
DECISION_COUNTS: list[dict[str, Any]] = [
    {
        "bot_id": "bot_05",
        "verdict": verdict,
        "code": code,
        "count": count,
        "last_at": NOW - 8_000,
        "rule": "The edge must cover the costs." if code else None,
        "limit_value": "0.005" if code else None,
        "value": "0.001" if code else None,
    }
    for verdict, code, count in (("APPROVED", None, 12), ("DENIED", "NO_EDGE", 7))
]
CLOSED: list[dict[str, Any]] = [
    {
        "position_id": "p9",
        "bot_id": "bot_05",
        "market_id": OTHER,
        "side": "NO",
        "zone": "ZONE_2",
        "opened_at": NOW - 600_000,
        "closed_at": NOW - 60_000,
        "realised_pnl": "1.25",
        "fees": "0",
    }
]
PERFORMANCE: list[dict[str, Any]] = [
    {
        "bot_id": bot_id,
        "equity": "10018.75",
        "pnl": pnl,
        "realised_pnl": pnl,
        "roi": roi,
        "drawdown": "0.0001",
        "max_drawdown": drawdown,
        "exposure": "150.43",
        "fills": 40,
        "volume": "812.5",
        "fees": "0",
        "gas": "0.08",
        "rebates": "0.3",
        "slippage": "-1.5",
        "closed": 12,
        "wins": 8,
        "win_rate": "0.666667",
        "profit_factor": 1.8,
        "expectancy": "1.5",
        "average_hold_s": 620.0,
        "sharpe": None,
        "sortino": None,
        "days": 1,
        "sufficient": False,
    }
    for bot_id, pnl, roi, drawdown in (
        ("bot_01", "18.75", "0.001875", "0.0004"),
        ("bot_05", "-2.95", "-0.000295", "0.0009"),
    )
]
DAILY: list[dict[str, Any]] = [
    {
        "bot_id": "bot_05",
        "day": NOW - NOW % DAY_MS - DAY_MS * back,
        "closed": 4,
        "total_pnl": pnl,
        "average_pnl": "1",
        "wins": 3,
        "losses": 1,
        "win_rate": "0.75",
    }
    for back, pnl in ((1, "-3.5"), (0, "7.25"))
]
GROUP = {"key": "9", "closed": 4, "wins": 3, "pnl": "3.75"}
DISTRIBUTION: dict[str, Any] = {
    "episodes": 4,
    "bins": [
        {"low": "-2", "high": "0", "count": 1, "pnl": "-1.5"},
        {"low": "0", "high": "2", "count": 3, "pnl": "5.25"},
    ],
    "by_hour": [GROUP],
    "by_category": [{**GROUP, "key": "weather"}],
    "by_reason": [{**GROUP, "key": "FLAT"}],
    "by_zone": [{**GROUP, "key": "ZONE_3"}],
}
NO_DISTRIBUTION: dict[str, Any] = {
    "episodes": 0,
    **{name: [] for name in ("bins", "by_hour", "by_category", "by_reason", "by_zone")},
}
ATTRIBUTION: list[dict[str, Any]] = [
    {
        "bot_id": "bot_05",
        "gross": "10",
        "fees": "1",
        "gas": "0.5",
        "rebates": "0.25",
        "net": "8.75",
        "slippage": "-1.5",
    }
]
GRADUATION: list[dict[str, Any]] = [
    {
        "bot_id": "bot_05",
        "directional": False,
        "days": 12,
        "fills": 40,
        "resolved": 3,
        "pnl": "8.5",
        "markout_60s": 0.002,
        "skill": None,
        "deflated": None,
        "win_rate": 0.6,
        "average_price": 0.45,
        "sharpe": None,
        "drawdown": "0.0009",
        "violations": 0,
        "snapshots_only": False,
        "unreal_fills": 40,
        "risk_averse": True,
        "tried": 1,
        "parameters": "f1",
        "lacks": ["12 of 28 days.", "40 of 200 fills."],
        "paper": None,
    }
]
PAPER: dict[str, Any] = {
    "days": 30,
    "fills": 210,
    "pnl": "12.25",
    "markout_60s": 0.003,
    "win_rate": 0.62,
    "sharpe": 1.1,
    "drawdown": "0.01",
}
MARKOUTS: list[dict[str, Any]] = [
    {
        "bot_id": "bot_05",
        "horizon_s": horizon,
        "fills": 40,
        "missing": 2,
        "mean": 0.002,
        "standard_error": 0.001,
    }
    for horizon in (1, 10, 60)
]
BREAKERS: list[dict[str, Any]] = [
    {
        "scope": scope,
        "kind": kind,
        "value": value,
        "limit": limit,
        "open": opened,
        "until": None,
    }
    for scope, kind, value, limit, opened in (
        ("bot_05", "CONSECUTIVE_LOSSES", "1", "3", False),
        ("bot_05", "BOT_DRAWDOWN", "0.21", "0.25", False),
        ("account", "DAILY_LOSS", "0.01", "0.05", False),
        ("portfolio", "PORTFOLIO_DRAWDOWN", "0.0125", "0.40", False),
    )
]
CELL = {
    "key": "ZONE_3",
    "held": "100.5",
    "resting": "20",
    "positions": 1,
    "orders": 2,
    "unrealised_pnl": "-2.41",
}
EXPOSURE: dict[str, Any] = {
    "by_zone": [{**CELL, "key": f"ZONE_{place}"} for place in range(1, 6)],
    "by_bot": [{**CELL, "key": "bot_05"}],
    "by_market": [{**CELL, "key": MARKET}],
    "by_category": [{**CELL, "key": "weather"}],
    "by_bot_and_zone": [{**CELL, "key": "bot_05/ZONE_3"}],
    "worst_case": "1635.60",
}
EVENTS: list[dict[str, Any]] = [
    {
        "venue_event_id": "event-1",
        "questions": ["Will it rain?", "Bitcoin up or down?"],
        "markets": 2,
        "bots": ["bot_01", "bot_05"],
        "exclusive": True,
        "positions": 2,
        "orders": 1,
        "cost": "110.98",
        "pairs": "0",
        "unrealised_pnl": "-2.41",
        "worst_loss": "110.98",
    }
]
NO_EXPOSURE: dict[str, Any] = {
    **{name: [] for name in EXPOSURE},
    "worst_case": None,
}
DENIAL_HISTORY: dict[str, Any] = {
    "since": NOW - 3_600_000,
    "until": NOW,
    "step_ms": 300_000,
    "buckets": [
        {"at": NOW - 3_600_000, "code": "NO_EDGE", "count": 4},
        {"at": NOW - 600_000, "code": "NO_EDGE", "count": 2},
        {"at": NOW - 600_000, "code": "RATE_LIMIT", "count": 9},
    ],
}
BREACHES: list[dict[str, Any]] = [
    {
        "breach_id": "b1",
        "at": NOW - 60_000,
        "scope": "bot_05",
        "event": "drawdown-threshold",
        "breaker": "BOT_DRAWDOWN",
        "threshold_value": "0.2",
        "current_value": "0.21",
        "level": "0.8",
        "affected": ["bot_05"],
        "reason": "80 % of the limit",
        "actor": "gate",
    }
]
ALERTS: list[dict[str, Any]] = [
    {
        "alert_id": "a1",
        "rule": "stage-silent",
        "scope": "ledger",
        "severity": "critical",
        "detail": "The stage ledger has not reported for 20 s.",
        "meaning": "Money on the screens is not current.",
        "action": "Run pets doctor.",
        "first_at": NOW - 20_000,
        "last_at": NOW,
        "count": 3,
        "open": True,
        "acknowledged_at": None,
        "acknowledged_by": "",
        "muted_until": None,
        "resolved_at": None,
    }
]
CHANNELS: list[dict[str, Any]] = [
    {
        "name": name,
        "on": on,
        "detail": "https://hooks.test" if on else f"Set PETS_{name.upper()}.",
        "last_sent_at": NOW - 5_000 if on else None,
        "last_error": "",
        "waiting": 2 if on else 0,
    }
    for name, on in (("webhook", True), ("telegram", False), ("mail", False))
]
PROGRESS: dict[str, Any] = {
    "command_id": "c1",
    "stage": "confirmed",
    "verb": "pause",
    "bot_id": "bot_05",
    "reason": "drill",
    "by": "dashboard",
    "sent_at": NOW - 1_000,
    "answered_at": NOW - 990,
    "detail": "Done.",
    "steps": [{"name": "orders cancelled", "done": 14, "of": 14}],
    "advice": "",
}
LOGS: list[dict[str, Any]] = [
    {
        "at": NOW,
        "component": "bots",
        "level": "info",
        "logger": "agents",
        "event": "started",
        "correlation_id": "",
        "causation_id": "",
        "fields": {"bot_id": "bot_05"},
    }
]
CONFIG: dict[str, Any] = {
    "bot_id": "bot_05",
    "name": "market maker",
    "parameters": {
        "number": 5,
        "name": "market maker",
        "side_cap": "0.02",
        "gamma": 0.1,
        "ttl_s": 30,
        "spread": [0.005, 0.02],
        "mirror": "off",
        "enabled": True,
        "tags": ["macro", "policy"],
        "weights": {"wire": 1.0},
    },
    "form": {
        "properties": {
            "number": {"type": "integer"},
            "name": {"type": "string"},
            "side_cap": {
                "anyOf": [
                    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                    {"type": "string"},
                ],
                "description": "Dollars a side.",
                "safer": "lower",
            },
            "gamma": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "ttl_s": {"type": "integer", "exclusiveMinimum": 0},
            "spread": {"type": "array"},
            "mirror": {"type": "string", "enum": ["off", "inventory"]},
            "enabled": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "weights": {"$ref": "#/$defs/Weights"},
        }
    },
    "tag": '"abc"',
    "origin": "bots/bot_05_market_maker.yaml",
}
WALLETS: list[dict[str, Any]] = [
    {
        "wallet": "0x" + "ab" * 20,
        "balances": {"POL": "3.5", "USDC.e": "1250.25"},
        "nonce": 12,
        "last_sync_at": NOW - 4_000,
        "gas_gwei": "31.5",
        "band": "standard",
        "share": "0.12",
        "cold": "8750",
        "sweep": "0",
        "advice": "",
        "doubt": "",
        "queued": 1,
        "pending": [
            {
                "nonce": 11,
                "job_id": "j1",
                "kind": "merge",
                "attempt": 1,
                "hash": "0x01",
                "since": NOW - 3_000,
                "mined": False,
            }
        ],
        "gas_usd": {"bot_01": "0.0031", "": "0.0005"},
        "freed": "40",
    }
]
TRANSACTIONS: list[dict[str, Any]] = [
    {
        "wallet": "0x" + "ab" * 20,
        "nonce": 10,
        "event_time": NOW - 60_000,
        "kind": "merge",
        "status": "confirmed",
        "bot_id": "bot_01",
        "hash": "0x02",
        "block": 77,
        "attempt": 1,
        "gas_used": 120_000,
        "cost_pol": "0.004",
        "cost_usd": "0.0021",
    }
]
IN_FORCE: dict[str, Any] = {
    "fingerprint": "f1",
    "on_the_log": True,
    "by": "files",
    "reason": "edited",
    "bots": "1,5",
    "money": "paper",
    "seed": 7,
    "files": [
        {"name": "bots/bot_05_market_maker.yaml", "text": "gamma: 0.5\n", "edited_here": False},
        {"name": "risk.yaml", "text": "daily_loss: 0.05\n", "edited_here": True},
    ],
}
TRACE: dict[str, Any] = {
    "asked_id": "d1",
    "bot_id": "bot_05",
    "market_id": MARKET,
    "question": "Will it rain?",
    "steps": [
        {
            "step": step,
            "at": NOW - 9_000 + place,
            "after_ms": place,
            "message_id": f"m{place}",
            "cause_id": "",
            "topic": "",
            "summary": summary,
            "facts": {"edge": "0.001"},
        }
        for place, (step, summary) in enumerate(
            (("signal", "It saw an edge of 0.1 ¢."), ("verdict", "DENIED: NO_EDGE."))
        )
    ],
    "gaps": ["The book at that moment is not kept."],
}
