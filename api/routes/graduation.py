"""`/performance/graduation`: what each bot's paper record shows, and lacks."""

from typing import Annotated

from fastapi import APIRouter, Depends

from agents.registry import ADVISERS, DIRECTIONAL
from api.configuration import content_at_hand, content_of
from api.context import NAMES, Context, answered, context_of, database, known_bot
from api.freshness import known
from api.graduation import PaperFacts, record_of
from api.models import Envelope
from api.money.graduation import KeptRecord, kept_records
from api.performance_models import GraduationView, PaperRecordView
from api.periods import YEAR_MS, last_year
from api.run_register import registered
from configs.paper import QueueKind, load_paper
from configs.yaml_file import Documents
from schemas.ids import BotId
from sinks.queries.analysis import daily_navs
from sinks.queries.bots import bot_summaries
from sinks.queries.graduation import fills_after, first_views, paper_counts
from streams.graduation import Record, verdicts

router = APIRouter(prefix="/performance", tags=["performance"])
NEEDS = ("ledger", "sinks")


@router.get("/graduation")
async def list_graduation(
    context: Annotated[Context, Depends(context_of)], bot_id: str | None = None
) -> Envelope[list[GraduationView]]:
    """Every bot's paper record of the last year against the criteria of STRATEGIES.md E.6.

    Holm's correction is over all bots, so that asking for one bot changes nothing of its verdict.
    """
    wanted = None if bot_id is None else known_bot(bot_id)
    live = context.state.configuration
    current = live.current
    content = content_at_hand(context.settings) if current is None else content_of(current)
    tried: list[float | None] = [None] * max(live.tried - 1, 0)
    tried += [run.per_day for run in registered(context.settings.archive)]
    queue = load_paper(Documents(content.files)).queue
    records = {
        each: record_of(
            facts,
            tried,
            directional=each in DIRECTIONAL,
            risk_averse=queue is QueueKind.RISK_AVERSE,
        )
        for each, facts in (await _facts(context)).items()
    }
    lacks = verdicts(records)
    paper = kept_records(context.settings)
    views = [
        _view(each, record, len(tried) + 1, content.parameters, lacks[each], paper.get(each))
        for each, record in records.items()
        if wanted in (None, each)
    ]
    return context.envelope(views, known(context.state, NEEDS))


def _view(
    bot_id: BotId,
    record: Record,
    tried: int,
    parameters: str,
    lacks: tuple[str, ...],
    paper: KeptRecord | None,
) -> GraduationView:
    shown = {name: getattr(record, name) for name in record.__struct_fields__}
    return GraduationView(
        bot_id=bot_id,
        tried=tried,
        parameters=parameters,
        lacks=list(lacks),
        paper=None if paper is None else PaperRecordView.model_validate(paper),
        **shown,
    )


async def _facts(context: Context) -> dict[BotId, PaperFacts]:
    """What is stored of each bot that places orders."""
    pool, period = database(context), last_year(context)._asdict()
    account, now = context.settings.account, context.clock.now_ms()
    bots = [str(bot_id) for bot_id in NAMES if bot_id not in ADVISERS]
    summaries = await answered(bot_summaries(pool, account, bots, **period))
    counts = {each.bot_id: each for each in await answered(paper_counts(pool, bots, **period))}
    navs = await answered(daily_navs(pool, account, bots, since=now - YEAR_MS, until=now))
    fills = await answered(fills_after(pool, bots, **period))
    views = await answered(first_views(pool, bots, **period))
    return {
        BotId(each.bot_id): PaperFacts(
            each,
            counts[each.bot_id],
            [nav for nav in navs if nav.scope == each.bot_id],
            [fill for fill in fills if fill.bot_id == each.bot_id],
            [view for view in views if view.bot_id == each.bot_id],
        )
        for each in summaries
        if each.bot_id in counts
    }
