"""`/config` and `/bots/{bot_id}/config`: what decides, as the log has it, and changing it."""

from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Depends, Header, Response

from agents.registry import BOTS
from api.bot_configs import form_of, tag_of, values_of
from api.configuration import Content, content_at_hand, content_of, message_of, with_file
from api.context import Context, context_of, known_bot
from api.freshness import Known
from api.models import (
    BotConfigBody,
    BotConfigView,
    CommandView,
    ConfigFileBody,
    ConfigFileView,
    ConfigView,
    Envelope,
)
from api.operator import Operator
from api.problems import ApiError
from api.stages import Stages
from configs.documents import document_names
from configs.yaml_edit import with_values
from configs.yaml_file import Documents, read_yaml
from schemas.errors import ConfigurationError
from schemas.ids import AccountId

router = APIRouter(tags=["bots"])
ENTRIES = {bot.bot_id: bot for bot in BOTS}


@router.get("/config")
async def get_config(context: Annotated[Context, Depends(context_of)]) -> Envelope[ConfigView]:
    """Every file that decides, as it is in force, and who took it over."""
    content, live = _content(context), context.state.configuration
    here = content_at_hand(context.settings).files
    files = [
        ConfigFileView(name=name, text=text, edited_here=text != here.get(name))
        for name, text in sorted(content.files.items())
    ]
    view = ConfigView(
        fingerprint=content.fingerprint,
        on_the_log=live.current is not None,
        by=live.in_force.by if live.in_force else "",
        reason=live.in_force.reason if live.in_force else "",
        bots=content.bots,
        money=content.money,
        seed=content.seed,
        files=files,
    )
    return context.envelope(view, Known(context.clock.now_ms(), ""))


@router.put("/config/{name:path}")
async def put_config_file(
    name: str,
    body: ConfigFileBody,
    context: Annotated[Context, Depends(context_of)],
    operator: Annotated[Operator, Depends()],
) -> CommandView:
    """Replace one file; the gate takes it over for all stages, or says why not."""
    if name not in document_names():
        raise ApiError(
            404,
            "unknown-file",
            f"Expected one of {', '.join(document_names())}, received {name[:80]!r}.",
            "GET /api/v1/config lists them.",
        )
    before = _content(context)
    if body.base and body.base != before.fingerprint:
        raise _changed_meanwhile()
    content = _checked(context, with_file(before, name, body.text))
    return await operator.configure(content, before, body.reason)


@router.get("/bots/{bot_id}/config")
async def get_bot_config(
    bot_id: str, context: Annotated[Context, Depends(context_of)], response: Response
) -> Envelope[BotConfigView]:
    """A bot's parameters, their form with bounds and meanings, and the tag to change them with."""
    entry = ENTRIES[known_bot(bot_id)]
    parameters = entry.load(Documents(_content(context).files))
    values = values_of(parameters)
    tag = response.headers["ETag"] = tag_of(values)
    view = BotConfigView(
        bot_id=entry.bot_id,
        name=entry.name,
        parameters=values,
        form=form_of(type(parameters)),
        tag=tag,
        origin=f"bots/{entry.file}",
    )
    return context.envelope(view, Known(context.clock.now_ms(), ""))


@router.put("/bots/{bot_id}/config")
async def put_bot_config(
    bot_id: str,
    body: BotConfigBody,
    context: Annotated[Context, Depends(context_of)],
    operator: Annotated[Operator, Depends()],
    if_match: Annotated[
        str, Header(max_length=64, description="The tag they came with, or * for whichever.")
    ] = "",
) -> CommandView:
    """Replace a bot's parameters; the gate takes them over for all stages, or says why not."""
    entry = ENTRIES[known_bot(bot_id)]
    if not if_match:
        raise ApiError(
            428,
            "tag-missing",
            "Expected If-Match with the tag of the parameters that are replaced, received none.",
            f"GET /api/v1/bots/{entry.bot_id}/config gives it, as ETag and as tag.",
        )
    before = _content(context)
    now = values_of(entry.load(Documents(before.files)))
    if if_match not in ("*", tag_of(now)):
        raise _changed_meanwhile()
    name = f"bots/{entry.file}"
    _, text = read_yaml(name, Documents(before.files))
    content = _checked(context, with_file(before, name, _text(text, now, body.parameters)))
    return await operator.configure(content, before, body.reason, entry.bot_id)


def _content(context: Context) -> Content:
    """What is in force; what this process was started with while the log says nothing."""
    current = context.state.configuration.current
    return content_at_hand(context.settings) if current is None else content_of(current)


def _checked(context: Context, content: Content) -> Content:
    """The content, if every stage and every bot can be made of it.

    Raises:
        ApiError: It is wrong; the sentence names file and line.
    """
    message = message_of(content, AccountId(context.settings.account), "api", "a check")
    documents = Documents(content.files)
    try:
        Stages(context.settings, message)
        for entry in BOTS:
            entry.load(documents)
    except ConfigurationError as error:
        raise ApiError(
            422, "invalid-configuration", str(error), "Nothing was changed: correct the value."
        ) from error
    return content


def _text(text: str, now: dict[str, Any], wanted: dict[str, Any]) -> str:
    """A file's text with other parameters; its comments stay where none is left out."""
    if set(now) - set(wanted):
        return yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True)
    return with_values(text, {name: each for name, each in wanted.items() if now.get(name) != each})


def _changed_meanwhile() -> ApiError:
    return ApiError(
        412,
        "changed-meanwhile",
        "Expected the configuration that is in force, received a change of an older one.",
        "Read it again and make the change there.",
    )
