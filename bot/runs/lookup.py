"""What has to be known for people to be shown something: what there is, and their rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.runs.model import Actor, Run
from bot.runs.money import Cost


class History(Protocol):
    """What was run in a workspace. Every question names it: nothing is found in another."""

    async def latest(self, team: str, /, *, user: str = "", limit: int = 50) -> list[Run]:
        """Newest first, without their events; those of *user* alone, where one is named."""
        ...

    async def named(self, team: str, start: str, /) -> list[str]:
        """Ids that begin with *start*, at most two of them."""
        ...


@dataclass(frozen=True, kw_only=True)
class Spent:
    """Of a person since midnight, and of the workspace since the first of the month, in UTC."""

    day: Cost
    month: Cost


class Spending(Protocol):
    """What was spent, and what is held for runs that are open."""

    async def of(self, actor: Actor, /) -> Spent: ...


class Rights(Protocol):
    """
    What Slack says a person may do. It may have to be asked, so not before an ack.

    Where it does not answer, nobody may anything.
    """

    async def is_admin(self, actor: Actor, /) -> bool:
        """Of the workspace."""
        ...

    async def may_see(self, actor: Actor, run: Run, /) -> bool:
        """Whether what was asked, read and found may be shown to *actor* now."""
        ...


class NoRights:
    """For who knows nobody."""

    async def is_admin(self, actor: Actor, /) -> bool:
        return False

    async def may_see(self, actor: Actor, run: Run, /) -> bool:
        return False
