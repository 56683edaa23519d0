"""A bot's parameters: as they are in force, and changing them with the blast radius in numbers."""

import streamlit as st

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import CommandResult
from dashboard.answers.system import BotConfig
from dashboard.client import ApiError, part
from dashboard.panels.bot_controls import radius
from dashboard.panels.frame import api, fetch, panel
from dashboard.panels.language import say
from dashboard.panels.table import table
from dashboard.panels.typed import Flags, confirm, open_dialog
from dashboard.rows.columns import number
from dashboard.rows.parameters import (
    Change,
    Field,
    change_rows,
    fields_of,
    in_force,
    parameter_rows,
    read,
    written,
)
from dashboard.words import money
from schemas.numbers import means_same

FLAGS = Flags("config-asked", "config-result")
SENT = "config-sent"


def read_config(bot_id: str) -> Answer[BotConfig]:
    """A bot's parameters with the tag to change them with."""
    return api().get(f"/bots/{part(bot_id)}/config", Answer[BotConfig])


@st.fragment(run_every="2s")
def parameters(bot_id: str) -> None:
    """A bot's parameters as they are in force, with their meaning, and the way to change them."""
    answer = panel(say("config.title"), f"config-{bot_id}", lambda: read_config(bot_id))
    if answer is None:
        return
    config = answer.data
    st.caption(say("config.origin", origin=config.origin, tag=config.tag.strip('"')))
    table(parameter_rows(config), key="parameters", stale=answer.stale, alt=say("config.title"))
    if st.button(say("config.change"), key="config-change", icon=":material/tune:"):
        st.session_state[FLAGS.asked] = config
    asked: BotConfig | None = st.session_state.get(FLAGS.asked)
    if asked is not None and asked.bot_id == bot_id:
        title = say("config.dialog", bot=f"{number(bot_id)} {asked.name}")
        open_dialog(title, FLAGS, lambda: _ask(asked), fate=_fate, width="large")


def _ask(before: BotConfig) -> None:
    """The form, what it would change, and what that touches.

    Args:
        before: The parameters and their tag at the moment the dialog was opened.
    """
    st.caption(say("config.effect"))
    fields = fields_of(before)
    changes, unread = _form(before.bot_id, [each for each in fields if each.kind != "nested"])
    nested = [each.name for each in fields if each.kind == "nested"]
    if nested:
        st.caption(say("config.nested", names=", ".join(nested), file=before.origin))
    for field in unread:
        st.error(say("config.unread", name=field.name, bounds=field.bounds))
    if unread or not changes:
        st.caption(say("config.unchanged"))
        return
    table(change_rows(changes), key="config-changes", stale=False, alt=say("config.changes"))
    st.write(_touched(before.bot_id))
    safer = all(change.is_safer for change in changes)
    if safer:
        st.caption(say("config.safer"))
    confirm(
        say("config.send"),
        FLAGS,
        lambda reason: _send(before, changes, reason),
        phrase="" if safer else f"CHANGE {number(before.bot_id)}",
    )


def _form(bot_id: str, fields: list[Field]) -> tuple[list[Change], list[Field]]:
    """Every field as it was typed: what differs from before, and what cannot be read."""
    changes: list[Change] = []
    unread: list[Field] = []
    grid = st.grid("auto", min_column_width=190, gap="small", key="config-fields")
    for field in fields:
        with grid:
            new = _input(field, f"config-{bot_id}-{field.name}")
        if new is None:
            unread.append(field)
        elif not means_same(new, field.value):
            changes.append(Change(field, new))
    return changes, unread


def _input(field: Field, key: str) -> object | None:
    told = f"{field.meaning} {field.bounds}".strip() or None
    if field.kind == "switch":
        return st.toggle(field.name, value=bool(field.value), key=key, help=told)
    if field.kind == "choice":
        options = list(field.options)
        index = options.index(str(field.value)) if field.value in options else 0
        return st.selectbox(field.name, options, index=index, key=key, help=told)
    label = f"{field.name} {field.bounds}".strip()
    return read(field, st.text_input(label, value=written(field.value), key=key, help=told))


def _touched(bot_id: str) -> str:
    """The bot's open orders, positions and exposure, which the change decides about from then."""
    answer = fetch("bots", api().bots).answer
    bot = next((each for each in answer.data if each.bot_id == bot_id), None) if answer else None
    exposure = money(bot.exposure if bot else None)
    return say("config.radius", radius=radius(bot_id), exposure=exposure)


def _send(before: BotConfig, changes: list[Change], reason: str) -> CommandResult:
    """Replace all parameters by those of the opening with the changes in them."""
    st.session_state[SENT] = changes
    wanted = before.parameters | {change.field.name: change.new for change in changes}
    path = f"/bots/{part(before.bot_id)}/config"
    body = {"parameters": wanted, "reason": reason}
    return api().send("PUT", path, CommandResult, body, tag=before.tag)


def _fate(result: CommandResult) -> None:
    """What the gate answered; success only when the new values are read back."""
    if not result.accepted:
        st.error(result.detail)
        return
    changes: list[Change] = st.session_state.get(SENT, [])
    try:
        now = read_config(str(result.bot_id)).data
    except ApiError as error:
        st.warning(say("progress.unknown", detail=result.detail, error=error))
        return
    if in_force(changes, now.parameters):
        st.success(say("progress.confirmed", detail=result.detail))
    else:
        st.info(say("progress.under-way", detail=result.detail), icon=":material/hourglass:")
    table(change_rows(changes), key="config-sent", stale=False, alt=say("config.changes"))
