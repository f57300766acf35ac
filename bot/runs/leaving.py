"""What happens when a workspace throws the app out: all of it goes, and nothing goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.runs.ports import Engine
from bot.runs.workspace import Eraser

#: Takes a team and an organisation; of an empty team, all of the organisation.
Forget = Callable[[str, str], None]


class Leaving:
    """Slack says it in several ways, in any order and more than once."""

    def __init__(self, eraser: Eraser, engine: Engine, *, forget: Forget) -> None:
        self._eraser = eraser
        self._engine = engine
        self._forget = forget

    async def left(self, team: str, enterprise: str = "", *, until: datetime | None = None) -> None:
        """
        *until* is when it happened: what is newer stays, as after a new installation.

        Raises `StorageFailed` where it has to be said once more.
        """
        if not (team or enterprise):
            return  # of the console nobody can throw us out
        try:
            for run_id in await self._eraser.workspace(team, enterprise, until=until):
                await self._engine.cancel(run_id)
        finally:
            self._forget(team, enterprise)
