"""The tables. What they hold leaves the store as values of `bot.runs`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Insert,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: Of tokens and millionths of a dollar nobody has so many; sums of many such numbers still fit
#: into a column.
MOST = 10**14


class UtcTime(TypeDecorator[datetime]):
    """Aware times in, UTC out. SQLite forgets the zone, so what it returns is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone is not stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ForeignText(TypeDecorator[str]):
    """Text of others outside JSON: without what no database takes, so that no write breaks."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.encode(errors="replace").decode().replace("\0", "")


class Base(DeclarativeBase):
    """Constraints have names, so that a migration can drop them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: UtcTime}  # noqa: RUF012 - SQLAlchemy's own form


def _of_run(**options: Any) -> Mapped[str]:
    """What belongs to a run goes with it."""
    return mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), **options)


class RunRow(Base):
    """
    *request*, *result* and *estimate* are JSON; *team* is empty for runs of the console.

    *held* is what the run may spend at most, of what its person and workspace have, until
    *held_until*; *spent* is what it said last that it has spent of it. At its end the two are the
    same, and there is no *held_until*.
    """

    __tablename__ = "runs"
    #: All that the ledger adds up, so that it need not read past results.
    __table_args__ = (
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


class DeliveryRow(Base):
    """*key* is the `dedupe` of the request that came with the delivery."""

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


def insert_unless(dialect: Dialect, table: type[Base]) -> Insert:
    """An insert that leaves a row alone which has the same primary key."""
    return _insert(dialect, table).on_conflict_do_nothing()


def insert_or_replace(
    dialect: Dialect,
    table: type[Base],
    *,
    adding: frozenset[str],
    keeping: frozenset[str] = frozenset(),
) -> Insert:
    """
    An insert that overwrites a row with the same primary key.

    Columns in *adding* sum up, those in *keeping* stay as they were.
    """
    insert = _insert(dialect, table)
    columns = {column.name: column for column in table.__mapper__.columns}
    keys = {column.name for column in table.__mapper__.primary_key}
    changes: dict[str, ColumnElement[Any]] = {
        name: columns[name] + insert.excluded[name] if name in adding else insert.excluded[name]
        for name in columns
        if name not in keys | keeping
    }
    return insert.on_conflict_do_update(index_elements=sorted(keys), set_=changes)


def _insert(dialect: Dialect, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """What standard SQL has no words for, in those of the database."""
    return (postgresql if dialect.name == "postgresql" else sqlite).insert(table)
