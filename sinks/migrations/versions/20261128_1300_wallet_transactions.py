"""The audit trail of the wallets."""

from alembic import op

from sinks.migrations.wallet_transactions import DOWN, UP

revision = "20261128_1300"
down_revision = "20261128_1200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    for statement in UP:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Forget it; the log still has it."""
    for statement in DOWN:
        op.get_bind().exec_driver_sql(statement)
