"""Denials over time: every denial in one bar, every step has its place."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.answers.risk import DenialBucket, DenialHistory
from dashboard.rows.risk import REST, denials_by_code, step_starts
from tests.dashboard.fake_api import NOW, FakeApi, envelope
from tests.dashboard.figures import DENIAL_HISTORY
from tests.dashboard.test_pages import open_page, shown

HISTORY = msgspec.convert(DENIAL_HISTORY, DenialHistory)


def test_a_step_without_a_denial_is_a_bar_of_nothing() -> None:
    starts = step_starts(HISTORY)
    assert (starts[0], starts[-1], len(starts)) == (NOW - 3_600_000, NOW, 13)
    found = denials_by_code(HISTORY, 9)
    assert list(found) == ["RATE_LIMIT", "NO_EDGE"], "the most frequent first"
    assert list(found["NO_EDGE"]) == [4, *[0] * 9, 2, 0, 0]
    assert sum(found["RATE_LIMIT"]) == found["RATE_LIMIT"][10] == 9


BUCKETS = st.builds(
    DenialBucket,
    at=st.integers(0, 20).map(lambda step: HISTORY.since + step * HISTORY.step_ms),
    code=st.sampled_from([f"CODE_{number}" for number in range(14)]),
    count=st.integers(1, 1_000),
)


@given(st.lists(BUCKETS, max_size=60, unique_by=lambda bucket: (bucket.at, bucket.code)))
def test_none_is_lost_among_many_codes(buckets: list[DenialBucket]) -> None:
    history = msgspec.structs.replace(HISTORY, buckets=buckets)
    found = denials_by_code(history, 9)
    assert sum(map(sum, found.values())) == sum(bucket.count for bucket in buckets)
    assert len(found) <= 10
    assert (REST in found) == (len({bucket.code for bucket in buckets}) > 9)
    assert {len(values) for values in found.values()} <= {len(step_starts(history))}


def test_the_risk_monitor_draws_them_and_says_what_is_not_known(
    app: AppTest, fake: FakeApi
) -> None:
    open_page(app, "risk_monitor")
    words = shown(app)
    assert "Denials over time" in words
    assert "15 in the last 6 h, session time; each bar is 5 min." in words
    assert "How much of a limit an approved order used is on no record" in words
    specs = [json.loads(each.proto.spec) for each in app.get("echarts_chart")]
    (drawn,) = [spec for spec in specs if "RATE_LIMIT" in [s.get("name") for s in spec["series"]]]
    assert [series["stack"] for series in drawn["series"]] == ["all", "all"]


def test_no_denial_in_the_range_is_a_fact(app: AppTest, fake: FakeApi) -> None:
    fake.data["/risk/denials/history"] = envelope({**DENIAL_HISTORY, "buckets": []})
    open_page(app, "risk_monitor")
    assert "None: the risk gate denied nothing in the last 6 h, session time." in shown(app)
