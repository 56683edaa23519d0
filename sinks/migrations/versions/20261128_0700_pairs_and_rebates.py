"""Splits and rebates are rows of `trades` and no trades."""

from alembic import op

from sinks.migrations import pairs_and_rebates

revision = "20261128_0700"
down_revision = "20261123_0600"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count what was bought and sold alone."""
    _run(pairs_and_rebates.up(timescale=_is_timescale()))


def downgrade() -> None:
    """Count as before; splits and rebates would count as trades."""
    _run(pairs_and_rebates.down(timescale=_is_timescale()))


def _is_timescale() -> bool:
    question = "select level = 'timescale' from installation"
    return bool(op.get_bind().exec_driver_sql(question).scalar_one())


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
