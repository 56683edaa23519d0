"""Alerts, what bots wanted and why, and the cause of a signal."""

from alembic import op

from sinks.migrations import alerts_and_intents

revision = "20261128_1200"
down_revision = "20261128_1100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the column."""
    question = "select level = 'timescale' from installation"
    timescale = bool(op.get_bind().exec_driver_sql(question).scalar_one())
    _run(alerts_and_intents.up(timescale=timescale))


def downgrade() -> None:
    """Drop them, what is in them included."""
    _run(alerts_and_intents.down())


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
