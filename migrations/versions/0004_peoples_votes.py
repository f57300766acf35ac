"""People's votes on claims and what came of them; verdicts in the shape of a fact-check."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLES = ("outcomes", "opinions", "polls")
#: Labels that a panel could give before.
_BEFORE = frozenset({"supported", "refuted", "not_enough_evidence"})
#: Votes on each side from which on a panel without a majority is in conflict.
_SIDE = 2
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
    _create_polls()
    _create_opinions()
    _create_outcomes()
    _rewrite("verdict", _to_factcheck)


def downgrade() -> None:
    _rewrite("factcheck", _to_verdict)
    for table in _TABLES:
        op.drop_table(table)


def _create_polls() -> None:
    op.create_table(
        "polls",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name="fk_polls_run_id_runs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", name="pk_polls"),
    )
    where = sa.text("counts IS NULL")
    op.create_index(
        "ix_polls_closes_at", "polls", ["closes_at"], sqlite_where=where, postgresql_where=where
    )


def _create_opinions() -> None:
    op.create_table(
        "opinions",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name="fk_opinions_run_id_runs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "claim", "user", name="pk_opinions"),
    )
    op.create_index("ix_opinions_user", "opinions", ["user"])


def _create_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("votes", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("truth", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name="fk_outcomes_run_id_runs", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "claim", name="pk_outcomes"),
    )
    op.create_index("ix_outcomes_team_at", "outcomes", ["team", "at"])


def _rewrite(kind: str, change: Callable[[Json], Json | None]) -> None:
    """Every result of that *kind*; None leaves it as it is."""
    connection = op.get_bind()
    last = ""
    while True:
        found = connection.execute(
            sa.select(_RUNS)
            .where(_RUNS.c.id > last, _RUNS.c.result.contains(f'"kind":"{kind}"'))
            .order_by(_RUNS.c.id)
            .limit(_AT_ONCE)
        ).all()
        if not found:
            return
        last = found[-1].id
        changed = [
            {"of": row.id, "changed": json.dumps(after, ensure_ascii=False, separators=(",", ":"))}
            for row in found
            if (before := json.loads(row.result)).get("kind") == kind
            and (after := change(before)) is not None
        ]
        if changed:
            connection.execute(_CHANGED, changed)


def _to_factcheck(verdict: Json) -> Json:
    """Of one claim. Voters were not asked how sure they are: that is half."""
    claim = verdict["claim"]
    votes = [{**vote, "confidence": 0.5} for vote in verdict["votes"]]
    checked = {
        "claim": claim,
        "start": 0,
        "end": len(claim),
        "outcome": verdict["label"] or _undecided(votes),
        "votes": votes,
        "seats": verdict["asked"],
        "missing": verdict.get("missing", []),
    }
    return {"kind": "factcheck", "text": claim, "claims": [checked]}


def _undecided(votes: list[Json]) -> str:
    said = [vote["label"] for vote in votes]
    sides = said.count("supported"), said.count("refuted")
    return "conflicting" if min(sides) >= _SIDE else "contested"


def _to_verdict(factcheck: Json) -> Json | None:
    """What the version before has no shape for, it says that it cannot show."""
    if len(factcheck["claims"]) != 1 or factcheck.get("others"):
        return None
    checked = factcheck["claims"][0]
    return {
        "kind": "verdict",
        "claim": checked["claim"],
        "label": checked["outcome"] if checked["outcome"] in _BEFORE else None,
        "votes": [
            {
                "seat": vote["seat"],
                "label": vote["label"] if vote["label"] in _BEFORE else "not_enough_evidence",
                "reason": vote["reason"],
            }
            for vote in checked["votes"]
        ],
        "asked": checked["seats"],
        "missing": checked.get("missing", []),
    }
