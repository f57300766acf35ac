"""The command that says what is missing: `quorum doctor`."""

from __future__ import annotations

from typing import Annotated

import typer


def doctor(
    context: typer.Context,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, nothing else.")
    ] = False,
) -> None:
    """
    Say what is missing, and how to mend it.

    Looks at Python, settings, database, models and Slack; asks each real model one tiny question
    and, where web search is on, the first one for one search.
    Ends with 0 if nothing is wrong, else with 1.

    Examples:

        quorum doctor

        quorum doctor --json | jq '.checks[] | select(.state != "ok")'
    """
    from bot.console.checkup import examine

    raise typer.Exit(examine(as_json=as_json, verbose=bool(context.obj)))
