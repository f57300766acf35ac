"""What runs may spend and have spent, and who else may be given an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RUNS = ("held_tokens", "held_micros", "spent_tokens", "spent_micros")
_ANSWERS = ("cached_tokens", "cost")


def upgrade() -> None:
    op.add_column("runs", sa.Column("estimate", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    for table, names in (("runs", _RUNS), ("answers", _ANSWERS)):
        for name in names:
            op.add_column(table, _count(name))
    op.add_column("answers", sa.Column("scope", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_answers_scope_fingerprint", "answers", ["scope", "fingerprint"])
    op.create_index(
        "ix_runs_ledger", "runs", ["team", "created_at", "asked_by", "held_until", *_RUNS, "id"]
    )
    # What ran before there were caps counts, too.
    op.execute(
        "UPDATE runs SET spent_tokens = of_run.total, held_tokens = of_run.total "
        "FROM (SELECT run_id, SUM(input_tokens + output_tokens) AS total FROM answers "
        "GROUP BY run_id) AS of_run WHERE of_run.run_id = runs.id"
    )


def downgrade() -> None:
    op.drop_index("ix_runs_ledger", "runs")
    op.drop_index("ix_answers_scope_fingerprint", "answers")
    for table, names in (
        ("answers", ("scope", *_ANSWERS)),
        ("runs", ("estimate", "held_until", *_RUNS)),
    ):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
