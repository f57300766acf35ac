"""The command that erases for good: `quorum erase`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.console.exits import Exit
    from bot.settings import Settings


def erase(
    context: typer.Context,
    *,
    team: Annotated[str, typer.Option(metavar="T…", help="Slack's id of the workspace.")],
    user: Annotated[str, typer.Option(metavar="U…", help="Of this person only.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="There is no way back: say so.")] = False,
) -> None:
    """
    Delete what is kept of a workspace, or of a person in it.

    Of a workspace everything, its tokens too. Of a person what they asked for, what was read and
    found for it, and their ratings; what it cost stays, for the sums. Messages in Slack stay.
    The bot must be stopped meanwhile.

    Examples:

        quorum erase --team T0123 --yes

        quorum erase --team T0123 --user U0456 --yes
    """
    from bot.console.door import enter

    enter(context, partial(_erase, team=team.strip(), user=user.strip(), yes=yes))


async def _erase(settings: Settings, *, team: str, user: str, yes: bool) -> Exit:
    from bot.console.exits import Exit, Stop
    from bot.console.storing import alone, open_database
    from bot.store.erasing import SqlEraser
    from bot.views.markdown import one_line

    if not team:
        raise Stop("Name the workspace: --team and its id, which begins with T.", Exit.USAGE)
    whom = one_line(f"{user} in {team}" if user else team)
    if not yes:
        raise Stop(f"This deletes what is kept of {whom} for good: add --yes.", Exit.USAGE)
    with alone(settings, otherwise="uninstall the app, which erases its workspace, too"):
        async with open_database(settings) as database:
            eraser = SqlEraser(database)
            if user:
                await eraser.person(team, user)
            else:
                await eraser.workspace(team)
    typer.echo(f"Erased what was kept of {whom}.")
    return Exit.DONE
