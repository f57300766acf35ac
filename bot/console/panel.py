"""The command that says what people's votes have taught: `quorum panel`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer


def panel(
    context: typer.Context,
    *,
    team: Annotated[
        str,
        typer.Option(metavar="ID", help="Of this workspace alone (T…); else of each there is."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False,
) -> None:
    """
    What people's votes have taught of the panel of fact-checks.

    How often each seat was right, how independent voters are, and what of it counts.

    Examples:

        quorum panel

        quorum panel --team T0123456 --json | jq '.[0].seats'
    """
    from bot.console import taught
    from bot.console.door import enter

    enter(context, partial(taught.panel, team=team, as_json=as_json))
