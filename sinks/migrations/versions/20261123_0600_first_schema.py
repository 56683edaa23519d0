"""Tables, indexes and aggregates."""

from alembic import context, op
from sqlalchemy import text

from sinks.migrations import first_plain, first_tables, first_timescale

revision = "20261123_0600"
down_revision = None
branch_labels = None
depends_on = None

_HAS_TIME_BUCKET = "select to_regprocedure('time_bucket(interval, timestamptz)') is not null"
_OWNS_TIME_BUCKET = """
select exists (
  select from pg_proc p
  where p.oid = to_regprocedure('time_bucket(interval, timestamptz)')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e'))
"""


def upgrade() -> None:
    """Make everything; the level was detected by `sinks.migrate`."""
    level = context.config.attributes["level"]
    timescale = level == "timescale"
    _run(first_tables.TABLES)
    op.execute(text("insert into installation (level) values (:level)").bindparams(level=level))
    if timescale:
        _run(first_timescale.BEFORE_INDEXES)
    _run(first_tables.INDEXES)
    if timescale:
        _run(first_timescale.AFTER_INDEXES)
        return
    if not _is(_HAS_TIME_BUCKET):
        _run((first_plain.TIME_BUCKET,))
    _run(first_plain.UP)


def downgrade() -> None:
    """Drop everything, data included."""
    timescale = _is("select level = 'timescale' from installation")
    _run(first_timescale.DOWN if timescale else first_plain.DOWN)
    _run(first_tables.DROPS)
    if _is(_OWNS_TIME_BUCKET):
        _run((first_plain.DROP_TIME_BUCKET,))


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def _is(question: str) -> bool:
    return bool(op.get_bind().exec_driver_sql(question).scalar_one())
