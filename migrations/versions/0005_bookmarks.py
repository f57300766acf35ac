"""How far people have read, where chunks began, what open runs have read; summaries that cite."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = ("pages", "cuts", "bookmarks")
#: Results in memory at a time.
_AT_ONCE = 100
_RUNS = sa.table("runs", sa.column("id", sa.Text()), sa.column("result", sa.Text()))
_CHANGED = (
    _RUNS.update()
    .where(_RUNS.c.id == sa.bindparam("of"))
    .values(result=sa.bindparam("changed", type_=sa.Text()))
)

Json = dict[str, Any]


def upgrade() -> None:
    _create_bookmarks()
    _create_cuts()
    op.create_table(
        "pages",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name="fk_pages_run_id_runs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "key", name="pk_pages"),
    )
    _rewrite(_to_sentences)


def downgrade() -> None:
    _rewrite(_to_text)
    for table in _TABLES:
        op.drop_table(table)


def _create_bookmarks() -> None:
    op.create_table(
        "bookmarks",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team", "channel", "user", name="pk_bookmarks"),
    )
    op.create_index("ix_bookmarks_at", "bookmarks", ["at"])


def _create_cuts() -> None:
    op.create_table(
        "cuts",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("depth", sa.Text(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("team", "conversation", "depth", name="pk_cuts"),
    )
    op.create_index("ix_cuts_at", "cuts", ["at"])


def _rewrite(change: Callable[[Json], Json]) -> None:
    """Every summary there is."""
    connection = op.get_bind()
    last = ""
    while True:
        found = connection.execute(
            sa.select(_RUNS)
            .where(_RUNS.c.id > last, _RUNS.c.result.contains('"kind":"summary"'))
            .order_by(_RUNS.c.id)
            .limit(_AT_ONCE)
        ).all()
        if not found:
            return
        last = found[-1].id
        changed = [
            {
                "of": row.id,
                "changed": json.dumps(change(told), ensure_ascii=False, separators=(",", ":")),
            }
            for row in found
            if (told := json.loads(row.result)).get("kind") == "summary"
        ]
        if changed:
            connection.execute(_CHANGED, changed)


def _to_sentences(summary: Json) -> Json:
    """The overview rested on nothing that could be looked up."""
    text = summary["overview"]
    return summary | {"overview": [{"text": text, "links": []}] if text else []}


def _to_text(summary: Json) -> Json:
    """What the version before has no room for is left out."""
    known = {"kind", "text", "quote", "speaker", "links"}
    points = [{name: point[name] for name in known} for point in summary["points"]]
    overview = " ".join(told["text"] for told in summary["overview"])
    kept = {"kind", "read", "messages", "threads", "parts", "dropped", "cut", "unread"}
    kept |= {"unread_parts", "stopped"}
    return {
        "overview": overview,
        "points": points,
        **{name: summary[name] for name in kept if name in summary},
    }
