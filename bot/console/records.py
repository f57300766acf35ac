"""Runs that are written down: find them, list them, show one, end it or go on with it."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.console import piped
from bot.console.asking import Tell, as_machine, see_through, teller, write
from bot.console.carrying import TEAM, Foreground, open_carrier
from bot.console.exits import Exit, Stop
from bot.console.extracting import tell_table
from bot.console.storing import open_store
from bot.console.watching import told
from bot.runs.branches import Branch, fold
from bot.runs.desk import Desk, Did
from bot.runs.errors import NoSuchRun
from bot.runs.model import Actor, Files, Run, RunRequest, Status
from bot.runs.storage import RunStore
from bot.settings import Settings
from bot.views.escaping import one_line

_SEARCHED = 1_000  # newest runs among which the start of an id is looked for
_YEAR = len("2026-")
_SHORT = 8  # characters of an id in a list
_ASKED = 60  # characters of what was asked, in a list
_ROOMY = 100  # columns of a terminal that has room for everything in a list


async def list_(settings: Settings, *, most: int, as_json: bool) -> Exit:
    async with open_store(settings) as store:
        runs = await store.recent(most)
    if as_json:
        typer.echo(json.dumps([_row(run) for run in runs], ensure_ascii=False, indent=2))
    elif not runs:
        typer.echo("There are no runs yet.", err=True)
    elif sys.stdout.isatty():
        console = Console(highlight=False)
        console.print(table(runs, console.width))
    else:
        for run in runs:
            typer.echo("\t".join(_cells(run)))
    return Exit.DONE


async def show(settings: Settings, *, start: str, as_json: bool, as_csv: bool) -> Exit:
    async with open_store(settings) as store:
        run = await _find(store, start)
        ratings = await store.ratings(run.id)
    if as_csv:
        tell_table(_a_table(run))
        return Exit.DONE if run.result else Exit.FAILED
    if as_json:
        rated = [each.model_dump(mode="json") for each in ratings]
        typer.echo(json.dumps({**json.loads(as_machine(run)), "ratings": rated}))
        return Exit.DONE
    titles = {branch.key: branch.title for branch in fold(run.events)}
    typer.echo(f"Run {run.id}: {run.request.recipe} {_asked(run.request, whole=True)}")
    typer.echo(f"{_clock(run.created_at)}  asked by {one_line(run.request.asked_by)}")
    for timed in run.events:
        typer.echo(f"{_clock(timed.at)}  {told(timed.event, titles)}")
    if run.ended_at:
        typer.echo(f"{_clock(run.ended_at)}  {run.status.value}")
    typer.echo("")
    for branch in fold(run.events):
        typer.echo(_line(branch))
    for each in ratings:
        reason = f": {one_line(each.reason)}" if each.reason else ""
        typer.echo(f"- rated {each.rating.value} by {one_line(each.by)}{reason}")
    typer.echo("")
    write(run)
    return Exit.DONE


async def cancel(settings: Settings, *, start: str) -> Exit:
    async with open_store(settings) as store:
        run = _ours(await _find(store, start), "press Cancel on its card")
        by = Actor(user=run.request.asked_by, team=TEAM)
        did = await Desk(store, Foreground()).cancel(run.id, by=by)
    if did is Did.YES:
        piped.forget(run.request)
        typer.echo(f"Cancelled {run.id}.")
        return Exit.DONE
    typer.echo("It was over before.", err=True)
    return Exit.FAILED


async def resume(settings: Settings, *, start: str, as_json: bool, as_csv: bool) -> Exit:
    async with open_carrier(settings) as carrier:
        run = _ours(await _find(carrier.store, start), "the bot resumes it when it starts")
        tell: Tell = tell_table if as_csv and _a_table(run) else teller(as_json=as_json)
        if run.status is not Status.OPEN:
            typer.echo("This run is over; here is what came of it.", err=True)
        return await see_through(carrier, run, tell)


async def _find(store: RunStore, start: str) -> Run:
    """The run with this id, or the only new one that begins so."""
    wanted = start.strip().casefold()
    if not wanted:
        raise NoSuchRun("That is no id of a run: `quorum runs list` names them.")
    try:
        return await store.get(wanted)
    except NoSuchRun:
        ids = [run.id for run in await store.recent(_SEARCHED) if run.id.startswith(wanted)]
    if not ids:
        raise NoSuchRun(f"There is no run {one_line(start)}. `quorum runs list` names them.")
    if len(ids) > 1:
        raise NoSuchRun(f"{len(ids)} runs begin with {one_line(start)}; give more of the id.")
    return await store.get(ids[0])


def _ours(run: Run, instead: str) -> Run:
    """Runs of Slack are left to the bot: it alone knows who may do what with them."""
    if not run.request.place.on_console:
        raise NoSuchRun(f"This run was asked for in Slack: {instead}.")
    return run


def _a_table(run: Run) -> Run:
    if run.request.recipe != "extract":
        raise Stop("This run is no extraction: it has no table.", Exit.USAGE)
    return run


def _row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "recipe": run.request.recipe,
        "status": run.status.value,
        "asked": _asked(run.request, whole=True),
        "asked_by": run.request.asked_by,
        "team": run.request.place.team,
        "channel": run.request.place.channel,
        "created_at": run.created_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "calls": run.usage.calls,
        "model": ", ".join(run.model_names) or None,
    }


def _cells(run: Run) -> list[str]:
    where = "console" if run.request.place.on_console else f"Slack {run.request.place.channel}"
    asked = _asked(run.request)
    return [
        run.id,
        f"{run.created_at.astimezone():%Y-%m-%d %H:%M}",
        one_line(run.request.recipe),
        run.status.value,
        one_line(where),
        asked if len(asked) <= _ASKED else f"{asked[: _ASKED - 1]}…",
    ]


def table(runs: list[Run], width: int) -> Table:
    """A run a line: where *width* is too small for everything, years and places are left out."""
    roomy = width >= _ROOMY
    drawn = Table(box=None, padding=(0, 1, 0, 0), expand=True)
    for heading in ("id", "asked at", "recipe", "status", *(["where"] if roomy else [])):
        drawn.add_column(heading, no_wrap=True)
    drawn.add_column("what", no_wrap=True, overflow="ellipsis", ratio=1)
    for run in runs:
        run_id, at, recipe, status, where, what = map(Text, _cells(run))
        if roomy:
            drawn.add_row(run_id[:_SHORT], at, recipe, status, where, what)
        else:
            drawn.add_row(run_id[:_SHORT], at[_YEAR:], recipe, status, what)
    return drawn


def _asked(request: RunRequest, *, whole: bool = False) -> str:
    """What was asked, of which files: by their names, or their *whole* paths."""
    text = one_line(request.text)
    if not isinstance(request.source, Files):
        return text or (request.source.kind if request.source else "")
    paths, reader = request.source.paths, request.source.reader
    named = paths if whole else (piped.title(Path(path)) for path in paths)
    told = (one_line(", ".join(named)), text, reader and f"for {one_line(reader)}")
    return ": ".join(filter(None, told))


def _line(branch: Branch) -> str:
    seconds = f" ({branch.seconds:.1f} s)" if branch.seconds is not None else ""
    note = f": {one_line(branch.note)}" if branch.note else ""
    return f"- {one_line(branch.title)}, {branch.status.value}{note}{seconds}"


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S.%f}"[:-3]
