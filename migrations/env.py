"""How Alembic reaches the database, and what it compares it with."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot import settings
from bot.store.columns import ForeignText, UtcTime
from bot.store.engines import locate, open_for_migrations
from bot.store.workspace_tables import EVERY_TABLE

#: Any number, as long as it is always the same: of two starts at once the second waits.
_LOCK = 7107


def _url() -> str:
    given: str | None = context.config.attributes.get("url")
    typed = context.get_x_argument(as_dictionary=True).get("url")
    return given or typed or settings.load().database_url


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A step stands for itself: it must not change when a type of ours does."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ForeignText):
        return "sa.Text()"
    return False


def _number(
    _context: MigrationContext, _revision: object, directives: list[MigrationScript]
) -> None:
    """Steps are called 0001, 0002, …"""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    for directive in directives:
        directive.rev_id = f"{int(head or 0) + 1:04}"


def _migrate() -> None:
    engine = open_for_migrations(locate(_url()))
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=EVERY_TABLE,
                render_as_batch=connection.dialect.name == "sqlite",
                render_item=_render,
                process_revision_directives=_number,
                # SQLite can, once the driver leaves transactions alone: a step that breaks
                # halfway leaves nothing behind.
                transactional_ddl=True,
            )
            with context.begin_transaction():
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                context.run_migrations()
    finally:
        engine.dispose()


_migrate()
