"""How results are spread, worked out of stored episodes and positions."""

from decimal import Decimal

from api.performance import distribution_view
from sinks.analysis_records import ZoneResult
from sinks.queries.analysis import ZONES
from tests.api.running import Database, Running

ROWS = [
    {"zone": "", "closed": 1, "wins": 1, "pnl": Decimal("0.5")},
    {"zone": "ZONE_3", "closed": 4, "wins": 3, "pnl": Decimal("-2.25")},
]


def test_positions_without_a_zone_are_a_group_of_their_own() -> None:
    zones = [ZoneResult(zone="", closed=1, wins=0, pnl=Decimal(-1))]
    view = distribution_view((), zones)
    assert (view.episodes, view.bins) == (0, [])
    assert [(each.key, each.pnl) for each in view.by_zone] == [("none", Decimal(-1))]


async def test_the_api_says_results_by_zone() -> None:
    running = Running()
    running.use(Database({ZONES: ROWS}))
    async with running.client() as client:
        data = (await client.get("/api/v1/performance/distribution?bot_id=bot_05")).json()["data"]
    assert data["by_zone"] == [
        {"key": "none", "closed": 1, "wins": 1, "pnl": "0.5"},
        {"key": "ZONE_3", "closed": 4, "wins": 3, "pnl": "-2.25"},
    ]
