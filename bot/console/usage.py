"""The command that says what was spent: `quorum usage`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer


def usage(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False,
) -> None:
    """
    What was spent, and what the caps leave.

    By people today, by workspaces this month (both in UTC). Examples:

        quorum usage

        quorum usage --json | jq .today
    """
    from bot.console import spent
    from bot.console.door import enter

    enter(context, partial(spent.usage, as_json=as_json))
