"""How results are spread: ended episodes by size, hour, category, reason; positions by zone."""

from collections.abc import Sequence

import msgspec
import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.performance import Distribution, Group
from dashboard.charts.bars import Bars, bars, height, lying_bars
from dashboard.panels.frame import api, chart, panel
from dashboard.panels.language import say
from dashboard.rows.columns import zone
from dashboard.words import signed_money


@st.fragment(run_every="10s")
def distribution(bot_id: str, hours: float) -> None:
    """A histogram of results, and sums by what episodes have in common."""
    answer = panel(
        say("spread.title"),
        f"distribution-{bot_id}",
        lambda: api().get(
            "/performance/distribution", Answer[Distribution], bot_id=bot_id, hours=hours
        ),
    )
    if answer is None or not answer.as_of:
        return
    found = answer.data
    if found.episodes:
        _episodes(found, stale=answer.stale)
    else:
        st.info(say("spread.none"))
    if found.by_zone:
        zones = [msgspec.structs.replace(each, key=zone(each.key)) for each in found.by_zone]
        _groups(say("spread.by-zone"), "by-zone", zones, stale=answer.stale)
        st.caption(say("spread.zone-note"))


def _episodes(found: Distribution, *, stale: bool) -> None:
    st.caption(say("spread.episodes", count=f"{found.episodes:,}"))
    labels = [signed_money(each.low) for each in found.bins]
    sums = [each.pnl for each in found.bins]
    option = bars(labels, [Bars(say("spread.result"), sums)])
    chart(option, key="spread", alt=say("spread.title"), height=260, stale=stale)
    left, right = st.columns(2)
    with left:
        _groups(say("spread.by-hour"), "by-hour", found.by_hour, stale=stale)
    with right:
        _groups(say("spread.by-category"), "by-category", found.by_category, stale=stale)
    _groups(say("spread.by-reason"), "by-reason", found.by_reason, stale=stale)


def _groups(title: str, key: str, groups: Sequence[Group], *, stale: bool) -> None:
    st.markdown(f"**{title}**")
    labels = [f"{each.key} ({each.wins}/{each.closed})" for each in groups]
    option = lying_bars(labels, [Bars(title, [each.pnl for each in groups])])
    chart(option, key=key, alt=title, height=height(len(labels)), stale=stale)
