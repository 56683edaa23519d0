"""An API of one dictionary: what each path answers, and which commands came."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from tests.dashboard import figures
from tests.dashboard.figures import NOW

__all__ = ["NOW"]
MODES = {"source": "recorded + simulated 10x", "money": "paper"}
Answer = Callable[[httpx.Request], httpx.Response]


def envelope(data: Any, *, age_s: float = 0.5, stale: bool = False, behind: str = "") -> Any:
    return {
        "data": data,
        "as_of": NOW,
        "age_s": age_s,
        "stale": stale,
        "behind": behind,
        **MODES,
    }


def problem(status: int, code: str, detail: str, hint: str = "") -> httpx.Response:
    body = {"code": code, "detail": detail, "hint": hint}
    return httpx.Response(status, json=body)


BOTS: list[dict[str, Any]] = [
    {
        "bot_id": "bot_01",
        "name": "rebalancing",
        "state": "ACTIVE",
        "equity": "10018.75",
        "pnl": "18.75",
        "drawdown": "0.0001",
        "exposure": "150.43",
        "open_positions": 1,
        "last_event_age_s": 2.0,
    },
    {
        "bot_id": "bot_05",
        "name": "market maker",
        "state": "ACTIVE",
        "equity": "9997.05",
        "pnl": "-2.95",
        "drawdown": "0.0003",
        "exposure": "1485.17",
        "open_positions": 1,
        "last_event_age_s": 0.4,
    },
]
IDLE: list[dict[str, Any]] = [
    {
        **bot,
        "state": "IDLE",
        "equity": None,
        "pnl": None,
        "drawdown": None,
        "exposure": None,
        "open_positions": 0,
        "last_event_age_s": None,
    }
    for bot in BOTS
]
ACCOUNT: dict[str, Any] = {
    "equity": "20015.80",
    "cash": "19103.93",
    "reserved": "700.5",
    "realised_pnl": "22.32",
    "unrealised_pnl": "-6.52",
    "fees": "0",
    "drawdown": "0.0125",
    "drawdown_limit": "0.40",
    "exposure": "1635.60",
    "open_orders": 14,
    "open_positions": 2,
    "position_cost": "412.5",
}
NO_ACCOUNT: dict[str, Any] = {
    **dict.fromkeys(ACCOUNT),
    "open_orders": 0,
    "open_positions": 0,
    "position_cost": "0",
}
POSITIONS: list[dict[str, Any]] = [
    {
        "position_id": "p1",
        "bot_id": "bot_05",
        "market_id": "0xab",
        "token_id": "101",
        "question": "Will it rain?",
        "label": "SIMULATED",
        "side": "YES",
        "size": "240.66",
        "entry_price": "0.42",
        "mark": "0.41",
        "trust": "CONSISTENT",
        "realised_pnl": "0.27",
        "unrealised_pnl": "-2.41",
        "zone": "ZONE_3",
        "opened_at": NOW - 90_000,
    },
    {
        "position_id": "p2",
        "bot_id": "bot_01",
        "market_id": "0xcd",
        "token_id": "102",
        "question": "Bitcoin up or down?",
        "label": "RECORDED",
        "side": "NO",
        "size": "10",
        "entry_price": "0.99",
        "mark": None,
        "trust": "STALE",
        "realised_pnl": "0",
        "unrealised_pnl": "0",
        "zone": None,
        "opened_at": NOW - 7_200_000,
    },
]
DENIALS: list[dict[str, Any]] = [
    {
        "time": NOW - 1_000 * number,
        "bot_id": "bot_05",
        "market_id": "0xab",
        "question": "Will it rain?",
        "code": "NO_EDGE",
        "rule": "The edge must cover the costs.",
        "limit": "0.005",
        "value": f"0.00{number}",
    }
    for number in (1, 2, 3)
]
EQUITY: dict[str, Any] = {
    "times": [NOW - 4_000, NOW - 2_000, NOW],
    "equity": ["10000", "20010.5", "20015.80"],
    "pnl": ["0", "10.5", "15.80"],
    "drawdown": ["0", "0", "0.0125"],
}
STAGES: list[dict[str, Any]] = [
    {
        "component": name,
        "status": "running",
        "age_s": 0.7,
        "lag": 3,
        "processed": 47_802,
        "detail": "",
    }
    for name in ("book", "bots", "connector", "gate", "ledger", "paper", "sinks")
]
STATUS: dict[str, Any] = {
    "trading_state": "ACTIVE",
    "reason": "",
    "session_time": NOW,
    "speed": 10.0,
    "version": "0.1.0",
    "stages": STAGES,
    "database": "ok",
    "dead_letters": 0,
    "markets": {"SIMULATED": 20, "RECORDED": 1},
    "bots": 2,
    "active_bots": 2,
    "open_orders": 14,
    "open_positions": 2,
}


def page(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"items": items, "next_cursor": None}


TRENDS: list[dict[str, Any]] = [
    {"bot_id": "bot_01", "times": [NOW - 60_000, NOW], "pnl": ["17.5", "18.75"]},
    {"bot_id": "bot_05", "times": [], "pnl": []},
]
TODAY: dict[str, Any] = {
    "since": NOW - NOW % figures.DAY_MS,
    "results": [
        {"bot_id": bot_id, "pnl": pnl, "realised_pnl": realised}
        for bot_id, pnl, realised in (
            ("bot_01", "9.25", "10.1"),
            ("bot_05", "-2.95", "0.27"),
            ("portfolio", "6.30", "10.37"),
        )
    ],
}


MORE: dict[str, Any] = {
    "/performance/today": TODAY,
    "/metrics/bots": TRENDS,
    "/metrics/bots/bot_01": EQUITY,
    "/metrics/bots/bot_05": EQUITY,
    "/bots/bot_01/config": {**figures.CONFIG, "bot_id": "bot_01"},
    "/bots/bot_05/config": figures.CONFIG,
    "/positions/p1": POSITIONS[0],
    "/positions/p2": POSITIONS[1],
    "/positions/events": figures.EVENTS,
    "/positions/closed": page(figures.CLOSED),
    "/orders": {"orders": figures.ORDERS, "next_cursor": None},
    "/orders/open": figures.ORDERS[1:2],
    "/trades": page(figures.TRADES),
    "/signals": page(figures.SIGNALS),
    "/signals/counts": figures.SIGNAL_COUNTS,
    "/decisions": page([figures.DECISION]),
    "/decisions/counts": figures.DECISION_COUNTS,
    "/traces/d1": figures.TRACE,
    "/commands": [figures.PROGRESS],
    "/commands/c1": figures.PROGRESS,
    "/markets": figures.MARKETS,
    "/markets/0xab/book": figures.BOOK,
    "/markets/0xcd/book": {**figures.BOOK, "market_id": "0xcd"},
    "/markets/0xab/prices": figures.BARS,
    "/markets/0xcd/prices": figures.BARS,
    "/performance": figures.PERFORMANCE,
    "/performance/daily": figures.DAILY,
    "/performance/distribution": figures.DISTRIBUTION,
    "/performance/attribution": figures.ATTRIBUTION,
    "/performance/markouts": figures.MARKOUTS,
    "/performance/graduation": figures.GRADUATION,
    "/risk/circuit-breakers": figures.BREAKERS,
    "/risk/exposure": figures.EXPOSURE,
    "/risk/breaches": page(figures.BREACHES),
    "/risk/denials/history": figures.DENIAL_HISTORY,
    "/alerts": figures.ALERTS,
    "/alerts/channels": figures.CHANNELS,
    "/logs": figures.LOGS,
    "/config": figures.IN_FORCE,
    "/wallet/balance": figures.WALLETS,
    "/wallet/transactions": figures.TRANSACTIONS,
}
"""What the other pages ask for."""
EMPTY: dict[str, Any] = {
    "/risk/metrics": NO_ACCOUNT,
    "/bots": IDLE,
    "/metrics/portfolio": {"times": [], "equity": [], "pnl": [], "drawdown": []},
    "/metrics/bots/bot_01": {"times": [], "equity": [], "pnl": [], "drawdown": []},
    "/metrics/bots/bot_05": {"times": [], "equity": [], "pnl": [], "drawdown": []},
    "/performance/today": {
        **TODAY,
        "results": [{**each, "pnl": None, "realised_pnl": None} for each in TODAY["results"]],
    },
    "/metrics/bots": [{**each, "times": [], "pnl": []} for each in TRENDS],
    "/orders": {"orders": [], "next_cursor": None},
    "/performance/distribution": figures.NO_DISTRIBUTION,
    "/risk/exposure": figures.NO_EXPOSURE,
    "/risk/denials/history": {**figures.DENIAL_HISTORY, "buckets": []},
    **{
        path: page([])
        for path in ("/positions/closed", "/trades", "/signals", "/decisions", "/risk/breaches")
    },
    **{
        path: []
        for path in (
            "/positions",
            "/positions/events",
            "/risk/denials",
            "/orders/open",
            "/signals/counts",
            "/decisions/counts",
            "/commands",
            "/markets",
            "/performance",
            "/performance/daily",
            "/performance/attribution",
            "/performance/markouts",
            "/performance/graduation",
            "/risk/circuit-breakers",
            "/alerts",
            "/logs",
            "/wallet/balance",
            "/wallet/transactions",
        )
    },
}
"""What a system says in which nothing has happened."""


class FakeApi:
    """A running system that trades.

    Attributes:
        data: What each path answers.
        answers: What some commands' paths answer.
        posted: Commands with their bodies, in order.
        failing: Instead of an answer: to every request, or to those of some paths.
        obeys: Whether parameters that were accepted are in force at once.
    """

    def __init__(self) -> None:
        self.data: dict[str, Any] = {
            "/status": envelope(STATUS),
            "/risk/metrics": envelope(ACCOUNT),
            "/metrics/portfolio": envelope(EQUITY),
            "/bots": envelope(BOTS),
            "/positions": envelope(POSITIONS),
            "/risk/denials": envelope(DENIALS),
            **{path: envelope(data) for path, data in MORE.items()},
        }
        self.answers: dict[str, Any] = {}
        self.posted: list[tuple[str, Any]] = []
        self.obeys = True
        self.keys: set[str | None] = set()
        self.failing: dict[str, Answer] = {}
        self.everything: Answer | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        self.keys.add(request.headers.get("X-API-Key"))
        fails = self.everything or self.failing.get(path)
        if fails is not None:
            return fails(request)
        if request.method == "POST":
            return self._command(path, json.loads(request.content))
        if request.method == "PUT":
            return self._replace(path, json.loads(request.content), request.headers)
        if path not in self.data:
            return problem(404, "unknown", f"Nothing is at {path}.")
        return httpx.Response(200, json=self.data[path])

    def empty(self) -> None:
        """Let nothing have happened."""
        for path, data in EMPTY.items():
            self.data[path] = envelope(data)

    def change(self, **fields: Any) -> None:
        """Change every envelope, e.g. its age."""
        self.data = {path: {**answer, **fields} for path, answer in self.data.items()}

    def set_state(self, state: str, reason: str = "", orders: int = 0) -> None:
        """Let trading be in a state."""
        told = {"trading_state": state, "reason": reason, "open_orders": orders}
        self.data["/status"] = envelope({**STATUS, **told})

    def _replace(self, path: str, body: Any, headers: httpx.Headers) -> httpx.Response:
        """New parameters of a bot, if they are those that were seen."""
        self.posted.append((path, body))
        shown = self.data[path]["data"]
        if headers.get("If-Match") != shown["tag"]:
            return problem(412, "changed-meanwhile", "Received a change of an older one.")
        self.data[path] = envelope(
            {**shown, "parameters": body["parameters"] if self.obeys else shown["parameters"]}
        )
        answer = {
            "command_id": "c2",
            "verb": "configure",
            "bot_id": path.split("/")[2],
            "accepted": True,
            "detail": "The configuration f2 is in force.",
        }
        return httpx.Response(200, json=answer)

    def _command(self, path: str, body: Any) -> httpx.Response:
        self.posted.append((path, body))
        verb = path.rsplit("/", 1)[-1]
        if path in self.answers:
            return httpx.Response(200, json=self.answers[path])
        states = {"halt": "HALTED", "emergency-halt": "EMERGENCY_HALT", "resume": "ACTIVE"}
        if path.startswith("/risk/") and verb in states:
            self.set_state(states[verb], body["reason"], 0 if "halt" in verb else 14)
        answer = {
            "command_id": "c1",
            "verb": "resume-trading" if path == "/risk/resume" else verb,
            "bot_id": path.split("/")[2] if path.startswith("/bots/") else None,
            "accepted": True,
            "detail": f"Done: {verb}.",
        }
        return httpx.Response(200, json=answer)


def refused(request: httpx.Request) -> httpx.Response:
    """Nothing answers."""
    raise httpx.ConnectError("refused", request=request)


def hanging(request: httpx.Request) -> httpx.Response:
    """No answer in time."""
    raise httpx.ReadTimeout("slow", request=request)
