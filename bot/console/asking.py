"""A question from the command line: run it, show how it works, print what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Coroutine, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import typer
from rich.console import Console
from rich.markdown import Markdown

from bot.console import files, piped
from bot.console.carrying import TEAM, Carrier, open_carrier, user
from bot.console.checking import Kind, check
from bot.console.exits import Exit
from bot.console.storing import state_folder
from bot.console.watching import LiveTable, PlainLines
from bot.runs.branches import fold
from bot.runs.errors import Unreadable
from bot.runs.limits import TEXT_MOST
from bot.runs.model import Files, Place, Run, RunRequest, Status
from bot.runs.money import MICROS
from bot.settings import Settings
from bot.views import claim_review, markdown
from patterns.task import Depth

#: Tells what came of a run, on stdout as a rule.
Tell = Callable[[Run], None]

PIPE = "-"
_TEXT_READ = 50 * 1024**2  # bytes of a pipe that are looked at for a claim or a problem


def ask_text(
    settings: Settings,
    recipe: str,
    words: list[str],
    *,
    tell: Tell,
    beside: Sequence[str] = (),
    **options: Any,
) -> Coroutine[Any, Any, Exit]:
    """
    A recipe on a text: *words* of the command line, or what comes through the pipe.

    Files *beside* it are what it is checked against. The pipe is read here, before an event loop
    stands between it and Ctrl-C.
    """
    text = _pipe().read(_TEXT_READ).decode(errors="replace") if words == [PIPE] else " ".join(words)
    text = _whole(text)
    if not text:
        raise Unreadable("There is no text. Put it in quotation marks, or pipe it in behind -.")
    if len(text) > TEXT_MOST:
        raise Unreadable(_too_long(text))
    if PIPE in beside and words == [PIPE]:
        raise Unreadable("Only one thing can come through a pipe: the text, or a file beside it.")
    source = _files(settings, recipe, beside) if beside else None
    return _ask(settings, request(recipe, text=text, source=source, **options), tell)


def ask_files(
    settings: Settings,
    recipe: str,
    paths: list[str],
    *,
    tell: Tell,
    reader: str = "",
    **options: Any,
) -> Coroutine[Any, Any, Exit]:
    """
    A recipe on files, checked before there is a run; a pipe is kept until the run is over.

    *reader*: what concerns who is called so in them, and nothing else.
    """
    source = _files(settings, recipe, paths)
    asked = request(recipe, source=source, mine=bool(reader), **options)
    return _ask(settings, asked, tell, reader=reader)


def _files(settings: Settings, recipe: str, paths: Sequence[str]) -> Files:
    kinds = files.kinds_of(recipe)
    named = list(dict.fromkeys(paths))
    for path in named:
        if path != PIPE:
            check(Path(path), kinds)
    kept = [
        _kept_pipe(settings, kinds) if path == PIPE else Path(path).absolute() for path in named
    ]
    return Files(paths=tuple(map(str, kept)))


def question(about: str | None) -> str:
    """What somebody wants to know of files; empty where it is everything."""
    text = _whole(about or "")
    if len(text) > TEXT_MOST:
        raise typer.BadParameter(_too_long(text))
    return text


def _too_long(text: str) -> str:
    return f"That is {len(text):,} characters; {TEXT_MOST:,} are the most."


def _whole(text: str) -> str:
    """No half characters, which come from bytes of another encoding."""
    return text.encode(errors="replace").decode().strip()


def request(recipe: str, **fields: Any) -> RunRequest:
    """What this person asks for, here and now."""
    return RunRequest(
        recipe=recipe,
        asked_by=user(),
        place=Place(team=TEAM, channel="console"),
        dedupe=f"console:{uuid4().hex}",
        **fields,
    )


def depth(*, deep: bool, quick: bool) -> Depth:
    """Both at once is a mistake."""
    if deep and quick:
        raise typer.BadParameter("--deep and --quick do not go together.")
    return Depth.DEEP if deep else Depth.QUICK if quick else Depth.NORMAL


async def _ask(settings: Settings, asked: RunRequest, tell: Tell, *, reader: str = "") -> Exit:
    try:
        if reader:
            asked = await _known(asked, reader)
        async with open_carrier(settings) as carrier:
            submitted = await carrier.desk.submit(asked)
            return await see_through(carrier, submitted.run, tell)
    except Exception:
        piped.forget(asked)  # nothing to resume: the run was not written, or broke
        raise


async def _known(asked: RunRequest, reader: str) -> RunRequest:
    """With the name of *reader* as the files have it."""
    paths = asked.source.paths if isinstance(asked.source, Files) else ()
    name = await files.reader([Path(path) for path in paths], reader)
    return asked.model_copy(update={"source": Files(paths=paths, reader=name)})


async def see_through(carrier: Carrier, run: Run, tell: Tell) -> Exit:
    """Carry out *run* before somebody's eyes, and *tell* the outcome."""
    watcher = LiveTable() if sys.stderr.isatty() else PlainLines(told=len(run.events))
    with watcher:
        outcome = await carrier.carry_out(run, watcher)
    if outcome.run.status is not Status.OPEN:
        piped.forget(outcome.run.request)
    tell(outcome.run)
    return outcome.code


def teller(*, as_json: bool) -> Tell:
    return write_json if as_json else write


def write_json(run: Run) -> None:
    """One object."""
    typer.echo(as_machine(run))


def write(run: Run) -> None:
    """Drawn on a terminal; in a pipe the Markdown itself."""
    text = markdown.render(run)
    if sys.stdout.isatty():
        Console(highlight=False).print(Markdown(text))
    else:
        typer.echo(text, nl=False)


def as_machine(run: Run) -> str:
    """The run as one JSON object; seconds are None for a branch that is not over, or never was."""
    fields = {
        "id": run.id,
        "recipe": run.request.recipe,
        "status": run.status.value,
        "result": run.result.model_dump(mode="json") if run.result else None,
        **claim_review.fields(run),
        "error": run.error,
        "branches": [
            {
                "key": branch.key,
                "title": branch.title,
                "status": branch.status.value,
                "note": branch.note,
                "seconds": branch.seconds,
            }
            for branch in fold(run.events)
        ],
        "usage": {
            "calls": run.usage.calls,
            "input_tokens": run.usage.input_tokens,
            "cached_tokens": run.usage.cached_tokens,
            "output_tokens": run.usage.output_tokens,
            "dollars": run.usage.cost / MICROS if run.usage.cost else None,
            "reused": run.reused,
        },
        "model": ", ".join(run.model_names) or None,
    }
    return json.dumps(fields, ensure_ascii=False, indent=2)


def _kept_pipe(settings: Settings, kinds: Collection[Kind]) -> Path:
    path = piped.spool(_pipe(), state_folder(settings))
    try:
        check(path, kinds)
    except Unreadable as err:
        path.unlink()
        said = str(err).replace(f"{path.name} is empty", "Nothing came through the pipe")
        raise Unreadable(said.replace(path.name, "What came through the pipe")) from err
    return path


def _pipe() -> BinaryIO:
    if sys.stdin.isatty():
        typer.echo("Reading from the terminal; end with Ctrl-D.", err=True)
    return sys.stdin.buffer
