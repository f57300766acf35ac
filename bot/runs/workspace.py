"""What is kept of a workspace: how it wants the app, and how the app got in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.runs.limits import KEEP_DAYS_MOST


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class ResultShown(StrEnum):
    """Where a result goes: into the card, as a reply broadcast from its thread, or both."""

    EDIT = "edit"
    BROADCAST = "broadcast"
    BOTH = "both"


class Preference(_Value):
    """
    What the admins of a workspace chose; None where they leave it to who runs the app.

    *keep_days*: what was asked, read and found is gone after so many.
    """

    paused: bool = False
    result: ResultShown | None = None
    keep_days: int | None = Field(default=None, ge=1, le=KEEP_DAYS_MOST)


class Preferences(Protocol):
    """Known without a wait after the first time; what was never chosen is a `Preference()`."""

    async def of(self, team: str, /) -> Preference: ...

    async def choose(self, team: str, preference: Preference, /) -> None: ...


class AsDelivered:
    """Implements `Preferences` where nobody chooses."""

    async def of(self, team: str, /) -> Preference:
        return Preference()

    async def choose(self, team: str, preference: Preference, /) -> None: ...


class Installation(_Value):
    """
    How the app got into a workspace; with an empty *team*, into all of an *enterprise*.

    *expires_at* is None for a token that is not rotated.
    """

    team: str
    enterprise: str = ""
    app: str = ""
    bot_user: str = ""
    bot_id: str | None = None
    url: str = ""
    scopes: tuple[str, ...] = ()
    token: SecretStr
    refresh_token: SecretStr | None = None
    expires_at: datetime | None = None
    installed_by: str = ""


class Installations(Protocol):
    """Tokens are encrypted where they are kept."""

    async def find(self, team: str, enterprise: str = "", /) -> Installation | None:
        """That of the workspace, else that of its organisation."""
        ...

    async def put(self, installation: Installation, /) -> None:
        """Insert, or replace that of the same workspace or organisation."""
        ...

    async def renew(self, old: Installation, new: Installation, /) -> bool:
        """Replace the token that *old* has. False where that is not the one that is kept."""
        ...

    async def forget(self, team: str, enterprise: str = "", /) -> None:
        """Of that workspace, or with an empty *team* of that organisation; gone is gone."""
        ...


class States(Protocol):
    """The states of OAuth: each good once, for ten minutes, in the browser that began."""

    async def begin(self, browser: str, /) -> str: ...

    async def used(self, state: str, browser: str, /) -> bool:
        """Whether it was good; from now on it is not."""
        ...


class Eraser(Protocol):
    """What is gone is gone from the database, not hidden."""

    async def workspace(
        self, team: str, enterprise: str = "", /, *, until: datetime | None = None
    ) -> list[str]:
        """
        All of a workspace (with an empty *team*: of every one of the organisation).

        With *until*, nothing that is newer: it may have been installed again since. Open runs
        are cancelled; their ids.
        """
        ...
