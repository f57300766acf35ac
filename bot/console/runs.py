"""The commands about runs that there are: `quorum runs list`, `show`, `cancel`, `resume`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Look at runs, cancel or resume them.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print the table of an extraction as CSV.")]
Id = Annotated[
    str, typer.Argument(metavar="ID", help="A run's id, or enough of its start to be the only one.")
]


@app.command("list")
def list_(
    context: typer.Context,
    *,
    most: Annotated[int, typer.Option("-n", metavar="N", min=1, help="How many.")] = 20,
    as_json: Json = False,
) -> None:
    """
    The newest runs, those asked for in Slack too.

    Examples:

        quorum runs list

        quorum runs list -n 5 --json
    """
    from bot.console import records
    from bot.console.door import enter

    enter(context, partial(records.list_, most=most, as_json=as_json))


@app.command()
def show(context: typer.Context, run_id: Id, *, as_json: Json = False, as_csv: Csv = False) -> None:
    """
    One run: its timeline, its branches, its result.

    Examples:

        quorum runs show 3f9a

        quorum runs show 3f9a --json | jq .result

        quorum runs show 3f9a --csv > people.csv
    """
    from bot.console import records
    from bot.console.door import enter

    enter(context, partial(records.show, start=run_id, as_json=as_json, as_csv=as_csv))


@app.command()
def cancel(context: typer.Context, run_id: Id) -> None:
    """
    Stop a run of the console, also one that works in another terminal.

    Example:

        quorum runs cancel 3f9a
    """
    from bot.console import records
    from bot.console.door import enter

    enter(context, partial(records.cancel, start=run_id))


@app.command()
def resume(
    context: typer.Context, run_id: Id, *, as_json: Json = False, as_csv: Csv = False
) -> None:
    """
    Finish a run of the console that was killed; what was answered is not asked again.

    Examples:

        quorum runs resume 3f9a

        quorum runs resume 3f9a --csv > people.csv
    """
    from bot.console import records
    from bot.console.door import enter

    enter(context, partial(records.resume, start=run_id, as_json=as_json, as_csv=as_csv))
