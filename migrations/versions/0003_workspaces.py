"""What people do with a result, what workspaces want, how the app got in, and what is erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TABLES = ("oauth_states", "installations", "preferences", "ratings")
_INDEXES = ("ix_runs_enterprise", "ix_runs_ended_at", "ix_runs_question")
_COLUMNS = ("enterprise", "question", "attempt", "opened_at", "shared_by", "erased_at")


def upgrade() -> None:
    _widen_runs()
    _create_ratings()
    _create_preferences()
    _create_installations()
    _create_states()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    for index in _INDEXES:
        op.drop_index(index, "runs")
    with op.batch_alter_table("runs") as batch:
        for name in _COLUMNS:
            batch.drop_column(name)


def _widen_runs() -> None:
    for name in ("enterprise", "shared_by"):
        op.add_column("runs", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("runs", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("runs", sa.Column("question", sa.Text(), nullable=True))
    for name in ("opened_at", "erased_at"):
        op.add_column("runs", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE runs SET opened_at = created_at")
    op.create_index("ix_runs_enterprise", "runs", ["enterprise"])
    _create_partial_index("ended_at", "erased_at IS NULL")
    _create_partial_index("question", "status = 'open'", unique=True)


def _create_partial_index(column: str, condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_runs_{column}",
        "runs",
        [column],
        unique=unique,
        sqlite_where=where,
        postgresql_where=where,
    )


def _create_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name="fk_ratings_run_id_runs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "user", name="pk_ratings"),
    )


def _create_preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("keep_days", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team", name="pk_preferences"),
    )


def _create_installations() -> None:
    op.create_table(
        "installations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("bot_user", sa.Text(), nullable=False),
        sa.Column("bot_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("installed_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installations"),
    )
    op.create_index("ix_installations_enterprise", "installations", ["enterprise"])


def _create_states() -> None:
    op.create_table(
        "oauth_states",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_oauth_states"),
    )
    op.create_index("ix_oauth_states_until", "oauth_states", ["until"])
