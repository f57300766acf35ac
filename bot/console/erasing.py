"""The command that erases for good: `quorum erase`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.console.exits import Exit
    from bot.settings import Settings


def erase(
    context: typer.Context,
    *,
    team: Annotated[str, typer.Option(metavar="T…", help="Slack's id of the workspace.")] = "",
    org: Annotated[str, typer.Option(metavar="E…", help="Of an organisation, all of it.")] = "",
    user: Annotated[
        str | None, typer.Option(metavar="U…", help="Of this person of the workspace only.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="There is no way back: say so.")] = False,
) -> None:
    """
    Delete what is kept of a workspace, or of a person in it.

    Of a workspace everything, its tokens too. Of a person what they asked for, what was read and
    found for it, and their ratings; what it cost stays, for the sums. Messages in Slack stay.
    The bot must be stopped meanwhile. Ends with 1 where nothing was found.

    Examples:

        quorum erase --team T0123 --yes

        quorum erase --org E0123 --yes

        quorum erase --team T0123 --user U0456 --yes
    """
    from bot.console.door import enter

    asked = _Asked(team.strip(), org.strip(), None if user is None else user.strip())
    enter(context, partial(_erase, asked=asked, yes=yes))


@dataclass(frozen=True)
class _Asked:
    """*user* is None where all of the workspace or organisation is meant, and never blank."""

    team: str
    org: str
    user: str | None

    def __str__(self) -> str:
        return f"{self.user} in {self.team}" if self.user else self.team or self.org

    def wrong(self) -> str | None:
        """What is wrong with it, in a sentence."""
        if not self._is_id(self.org, "E") if self.org else not self._is_id(self.team, "T"):
            return "Name the workspace: --team and its id, which begins with T; or --org and E…"
        if self.org and self.team:
            return "Name a workspace or an organisation, not both."
        if self.user is not None and (self.org or not self._is_id(self.user, "UW")):
            return "Name the person by their id, which begins with U or W, and their workspace."
        return None

    def _is_id(self, said: str, first: str) -> bool:
        return said[:1] in set(first) and said.isalnum() and said.isascii()


async def _erase(settings: Settings, *, asked: _Asked, yes: bool) -> Exit:
    from bot.console.exits import Exit, Stop
    from bot.console.storing import alone, open_database
    from bot.store.erasing import SqlEraser
    from bot.views.escaping import one_line

    if sentence := asked.wrong():
        raise Stop(sentence, Exit.USAGE)
    whom = one_line(str(asked))
    if not yes:
        raise Stop(f"This deletes what is kept of {whom} for good: add --yes.", Exit.USAGE)
    with alone(settings, otherwise="start it again afterwards"):
        async with open_database(settings) as database:
            eraser = SqlEraser(database)
            if asked.user:
                count = await eraser.person(asked.team, asked.user)
            else:
                count = await eraser.count(asked.team, asked.org)
                await eraser.workspace(asked.team, asked.org)
    typer.echo(f"Erased what was kept of {whom}: {count:,} run{'' if count == 1 else 's'}.")
    return Exit.DONE if count else Exit.FAILED
