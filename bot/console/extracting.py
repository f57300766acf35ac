"""`quorum extract`: what is wanted of each row, and where the table goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from bot.console.asking import ask_files, write_json
from bot.console.checking import check, sentences
from bot.console.exits import Exit, Stop
from bot.console.lines import decoded
from bot.console.recipes import Form
from bot.runs.errors import Unreadable
from bot.runs.model import Run, Status
from bot.settings import Settings
from bot.views.escaping import one_line
from bot.views.extraction import csv_of, headline, json_lines_of
from patterns.fields import FieldsUnclear, wanted
from patterns.recipes.extract import Extraction

_SCHEMA_MOST = 256 * 1024  # bytes


_WRITERS: dict[Form, Callable[[Extraction], str]] = {Form.CSV: csv_of, Form.JSON: json_lines_of}
_ENDINGS = {".json": Form.JSON, ".jsonl": Form.JSON, ".ndjson": Form.JSON}


def ask_table(
    settings: Settings,
    path: str,
    *,
    fields: str | None,
    schema: Path | None,
    out: Path | None,
    form: Form | None,
    as_json: bool,
    **options: Any,
) -> Coroutine[Any, Any, Exit]:
    """Fields, file and place are looked at before there is a run."""
    spec = _spec(fields, schema)
    if out is not None:
        _require_writable(out, Path(path))
    form = form or _ENDINGS.get(out.suffix.lower() if out else "", Form.CSV)

    def tell(run: Run) -> None:
        if out is not None or not as_json:
            tell_table(run, form, out)
        if as_json:
            write_json(run)

    return ask_files(settings, "extract", [path], tell=tell, text=spec, **options)


def tell_table(run: Run, form: Form = Form.CSV, out: Path | None = None) -> None:
    """The table alone on stdout, or into *out*; on stderr how many rows there are, and how good."""
    if not isinstance(run.result, Extraction):
        typer.echo(_without(run), err=True)
        return
    text = _WRITERS[form](run.result)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _put(text, out, run)
    typer.echo(f"{headline(run.result)}.", err=True)
    if run.result.stopped:
        typer.echo(f"Not all is there: {one_line(run.result.stopped)}.", err=True)


def _without(run: Run) -> str:
    """Why there is no table."""
    if run.status is Status.OPEN:
        return f"It is not over: `quorum runs resume {run.id}` finishes it."
    return one_line(run.error or "") or "It was cancelled before there was a table."


def _spec(fields: str | None, schema: Path | None) -> str:
    if (fields is None) == (schema is None):
        raise Unreadable("Say which fields you want, with --fields or with --schema.")
    text = _schema(schema) if schema else fields or ""
    text = text.encode(errors="replace").decode()
    try:
        wanted(text)
    except FieldsUnclear as err:
        raise Unreadable(one_line(str(err))) from err
    return text


def _schema(path: Path) -> str:
    check(path)
    with sentences(path):
        if path.stat().st_size > _SCHEMA_MOST:
            raise Unreadable(f"{path.name} is too long for a schema.")
        return decoded(path)


def _require_writable(out: Path, source: Path) -> None:
    """A folder that takes no file is told at once, and not when everything is paid for."""
    with sentences(out):
        if out.exists() and not out.is_file():
            raise Unreadable(f"{out.name or out} is no file that can be written.")
        if out.exists() and source.exists() and out.samefile(source):
            raise Unreadable(f"{out.name} is what is read; write to another file.")
        if not out.resolve().parent.is_dir():
            raise Unreadable(f"There is no folder for {out.name}.")
        part = _part(out, "")
        part.touch()
        part.unlink()


def _put(text: str, out: Path, run: Run) -> None:
    """All of it or nothing: what stands there is replaced at the end."""
    part = _part(out, run.id)
    try:
        part.write_text(text, encoding="utf-8", newline="")
        with suppress(FileNotFoundError):
            shutil.copymode(out, part)
        part.replace(out.resolve())
    except OSError as err:
        part.unlink(missing_ok=True)
        way = f"`quorum runs show {run.id} --csv` prints the table"
        raise Stop(f"{out.name} cannot be written: {way}.", Exit.FAILED) from err


def _part(out: Path, of: str) -> Path:
    whole = out.resolve()
    return whole.with_name(f".{whole.name}.{of}.part")
