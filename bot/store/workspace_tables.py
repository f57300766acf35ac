"""The tables of what is kept of workspaces, beside their runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import Base
from bot.store.tables import RunRow

#: These, and those of runs.
EVERY_TABLE = RunRow.metadata


class PreferenceRow(Base):
    """What the admins of a workspace chose; null where they leave it to who runs the bot."""

    __tablename__ = "preferences"

    team: Mapped[str] = mapped_column(primary_key=True)
    paused: Mapped[bool]
    result: Mapped[str | None]
    keep_days: Mapped[int | None]
    at: Mapped[datetime]


class InstallationRow(Base):
    """
    *id* is that of the workspace, or of the organisation where *team* is empty.

    *token* and *refresh_token* are encrypted; *scopes* stand between commas.
    """

    __tablename__ = "installations"

    id: Mapped[str] = mapped_column(primary_key=True)
    team: Mapped[str]
    enterprise: Mapped[str] = mapped_column(index=True)
    app: Mapped[str]
    bot_user: Mapped[str]
    bot_id: Mapped[str | None]
    url: Mapped[str]
    scopes: Mapped[str]
    token: Mapped[str]
    refresh_token: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    installed_by: Mapped[str]
    at: Mapped[datetime]


class StateRow(Base):
    """A state of OAuth, good *until* then; it and the browser's cookie as their digests."""

    __tablename__ = "oauth_states"

    digest: Mapped[str] = mapped_column(primary_key=True)
    browser: Mapped[str]
    until: Mapped[datetime] = mapped_column(index=True)


class BookmarkRow(Base):
    """The newest message (a Slack ts) of *channel* that *user* has had summarized."""

    __tablename__ = "bookmarks"

    team: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    ts: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class CutsRow(Base):
    """
    Where chunks of *conversation*, one channel or several, began the last time: ids of messages
    as a JSON list. They are no words of anybody's.
    """

    __tablename__ = "cuts"

    team: Mapped[str] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(primary_key=True)
    depth: Mapped[str] = mapped_column(primary_key=True)
    made: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
