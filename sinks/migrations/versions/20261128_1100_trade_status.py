"""Trades know how far they are on their way to the chain."""

from alembic import op

from sinks.migrations import trade_status

revision = "20261128_1100"
down_revision = "20261128_0700"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the status; what FAILED counts nowhere."""
    _run(trade_status.up(timescale=_is_timescale()))


def downgrade() -> None:
    """Forget it; what FAILED would count again."""
    _run(trade_status.down(timescale=_is_timescale()))


def _is_timescale() -> bool:
    question = "select level = 'timescale' from installation"
    return bool(op.get_bind().exec_driver_sql(question).scalar_one())


def _run(statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)
