"""The tables. What they hold leaves the store as values of `bot.runs`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import Base, ForeignText

#: What the partial indexes hold.
_OPEN, _WHOLE = text("status = 'open'"), text("erased_at IS NULL")
_UNCOUNTED = text("counts IS NULL")
#: Of tokens and millionths of a dollar nobody has so many; sums of many such numbers still fit
#: into a column.
MOST = 10**14


def _of_run(**options: Any) -> Mapped[str]:
    """What belongs to a run goes with it."""
    return mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), **options)


class RunRow(Base):
    """
    *request*, *result* and *estimate* are JSON; *team* is empty for runs of the console.

    *held* is what the run may spend at most, of what its person and workspace have, until
    *held_until*; *spent* is what it said last that it has spent of it. At its end the two are the
    same, and there is no *held_until*.

    *question* names what was asked while the run is open: no two have the same one. From
    *erased_at* on only what is counted is left.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index(
            "ix_runs_question",
            "question",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # What grows old, without what is erased already.
        Index("ix_runs_ended_at", "ended_at", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
        # All that the ledger adds up, so that it need not read past results.
        Index(
            "ix_runs_ledger",
            "team",
            "created_at",
            "asked_by",
            "held_until",
            "held_tokens",
            "held_micros",
            "spent_tokens",
            "spent_micros",
            "id",
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    recipe: Mapped[str]
    team: Mapped[str]
    channel: Mapped[str]
    asked_by: Mapped[str]
    request: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    audience: Mapped[str | None]
    model: Mapped[str] = mapped_column(ForeignText)
    result: Mapped[str | None]
    error: Mapped[str | None] = mapped_column(ForeignText)
    created_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    estimate: Mapped[str | None]
    held_until: Mapped[datetime | None]
    held_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    held_micros: Mapped[int] = mapped_column(BigInteger, default=0)
    spent_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    spent_micros: Mapped[int] = mapped_column(BigInteger, default=0)
    delivered: Mapped[bool] = mapped_column(index=True)
    enterprise: Mapped[str] = mapped_column(default="", index=True)
    question: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime | None]
    shared_by: Mapped[str] = mapped_column(default="")
    erased_at: Mapped[datetime | None]


class DeliveryRow(Base):
    """
    *key* is the `dedupe` of the request that came with the delivery.

    It stands for a run: its own, or the one that was open with the same question.
    """

    __tablename__ = "deliveries"

    key: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str] = _of_run(index=True)
    at: Mapped[datetime]


class EventRow(Base):
    """*seq* is the order of the story; *branch* is null for what concerns the whole run."""

    __tablename__ = "events"

    #: SQLite counts rows by itself only in a column of the type INTEGER.
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True
    )
    run_id: Mapped[str] = _of_run(index=True)
    branch: Mapped[str | None]
    kind: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime]


class AnswerRow(Base):
    """
    Token counts are what the key has cost so far, replaced answers and failures included;
    *cost* is in millionths of a US dollar.

    *body* is null while nothing but failures came. *scope* names who else may be given it.
    """

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_scope_fingerprint", "scope", "fingerprint"),)

    run_id: Mapped[str] = _of_run(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    body: Mapped[str | None]
    model: Mapped[str] = mapped_column(ForeignText)
    calls: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    cost: Mapped[int] = mapped_column(BigInteger, default=0)
    scope: Mapped[str] = mapped_column(default="")
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class MessageRow(Base):
    """A Slack message of a run; *ts* is null while it is unknown whether it was posted."""

    __tablename__ = "messages"

    run_id: Mapped[str] = _of_run(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    ts: Mapped[str | None]
    digest: Mapped[str]
    at: Mapped[datetime]


class RatingRow(Base):
    """What *user* thinks of a result, the last time they said so."""

    __tablename__ = "ratings"

    run_id: Mapped[str] = _of_run(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    rating: Mapped[str]
    reason: Mapped[str] = mapped_column(ForeignText)
    at: Mapped[datetime]


class PollRow(Base):
    """
    People's vote on the *claims* of a run: of so many. It is over once *counts* stands here, as
    JSON, and then who voted what is forgotten; *closes_at* is when that is, or was.
    """

    __tablename__ = "polls"
    __table_args__ = (
        Index(
            "ix_polls_closes_at",
            "closes_at",
            sqlite_where=_UNCOUNTED,
            postgresql_where=_UNCOUNTED,
        ),
    )

    run_id: Mapped[str] = _of_run(primary_key=True)
    claims: Mapped[int]
    closes_at: Mapped[datetime]
    counts: Mapped[str | None]


class OpinionRow(Base):
    """What *user* thinks of claim number *claim* (from 0), the last time they said so."""

    __tablename__ = "opinions"

    run_id: Mapped[str] = _of_run(primary_key=True)
    claim: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user: Mapped[str] = mapped_column(primary_key=True, index=True)
    opinion: Mapped[str]
    at: Mapped[datetime]


class OutcomeRow(Base):
    """
    A claim that people settled, kept when its words are gone: nobody's name, nobody's words.

    *votes* are the panel's as JSON, each with seat, label and confidence, of so many *seats*;
    *named* is what the panel said, *truth* what people did.
    """

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_team_at", "team", "at"),)

    run_id: Mapped[str] = _of_run(primary_key=True)
    claim: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    team: Mapped[str]
    votes: Mapped[str]
    seats: Mapped[int]
    named: Mapped[str]
    truth: Mapped[str]
    at: Mapped[datetime]


class PageRow(Base):
    """What an open run has read of much, as JSON; gone when the run is over."""

    __tablename__ = "pages"

    run_id: Mapped[str] = _of_run(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
