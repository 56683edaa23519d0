"""Everything that decides: each file as it is in force, and whether an edited one waits."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.system import Config
from dashboard.panels.frame import api, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.words import plain


@st.fragment(run_every="10s")
def in_force() -> None:
    """The files with where their content comes from, and the text of one."""
    answer = panel(say("force.title"), "in-force", lambda: api().get("/config", Answer[Config]))
    if answer is None or not answer.as_of:
        return
    config = answer.data
    st.caption(plain(since(config)))
    rows = [
        {
            "File": file.name,
            "From": say("force.log") if config.on_the_log else say("force.birth"),
            "On disk": say("force.edited") if file.edited_here else say("force.same"),
        }
        for file in config.files
    ]
    table(rows, key="in-force", stale=answer.stale, alt=say("force.title"))
    if any(file.edited_here for file in config.files):
        st.caption(say("force.waits"))
    texts = {file.name: file.text for file in config.files}
    with st.expander(say("force.show"), icon=":material/description:"):
        name = st.selectbox(say("force.file"), list(texts), key="force-file")
        st.code(texts.get(str(name), ""), language="yaml", height=360)


def since(config: Config) -> str:
    """Which configuration, who took it over and why."""
    if not config.on_the_log:
        return say("force.unlogged", fingerprint=config.fingerprint)
    return say("force.since", fingerprint=config.fingerprint, by=config.by, reason=config.reason)
