"""All commands of `quorum`, in one list. What they need is imported when they are called."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from bot.console import demo, doctor, erasing, manifest, panel, recipes, runs, serving, usage

app = typer.Typer(
    name="quorum",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_EXITS = (
    "Exit codes: 0 done, 1 the run failed, 2 wrong usage, 3 not configured, "
    "4 cancelled from elsewhere, 130 cancelled by Ctrl-C."
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quorum {version('quorum')}")
        raise typer.Exit


@app.callback(epilog=_EXITS)
def quorum(
    context: typer.Context,
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Print the version and end."
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell on stderr what happens inside.")
    ] = False,
) -> None:
    """
    Several model calls side by side: fact-checks by vote, summaries, ideas, logs, tables.

    Settings come from the environment and from .env; `quorum doctor` says what is missing.
    """
    context.obj = verbose


app.command()(recipes.factcheck)
app.command()(recipes.summarize)
app.command()(recipes.brainstorm)
app.command()(recipes.safety)
app.command()(recipes.logs)
app.command()(recipes.extract)
app.add_typer(runs.app, name="runs")
app.command()(usage.usage)
app.command()(panel.panel)
app.command()(erasing.erase)
app.command()(serving.serve)
app.command()(demo.demo)
app.command()(doctor.doctor)
app.command()(manifest.manifest)
app.command()(serving.migrate)
