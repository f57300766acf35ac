"""What `quorum doctor` looks at, one check after another; none of them changes anything."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import stat
import sys
from collections.abc import AsyncGenerator
from dataclasses import asdict
from pathlib import Path

import typer

from bot.console import logs
from bot.console.exits import Exit
from bot.console.findings import Finding, State, ok, problem, warn
from bot.console.model_checks import check_models
from bot.console.slack_checks import check_slack
from bot.console.storing import database_file
from bot.settings import BadSettings, Settings, load
from bot.store.database import up_to_date
from bot.store.engines import NoDatabase
from bot.views.escaping import one_line

log = logging.getLogger(__name__)

_PYTHON = (3, 11)
_SAFE_SQLITE = (3, 51, 3)
_MIGRATE = "run `quorum migrate`"


def examine(*, as_json: bool, verbose: bool) -> Exit:
    """Print what was found; the exit code says whether anything is wrong."""
    logs.set_up(logging.DEBUG if verbose else logging.CRITICAL, lines_of_json=False)
    findings = asyncio.run(_examine(tell=not as_json))
    wrong = any(finding.state is State.PROBLEM for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        typer.echo(json.dumps({"ok": not wrong, "checks": checks}, ensure_ascii=False, indent=2))
    return Exit.FAILED if wrong else Exit.DONE


async def _examine(*, tell: bool) -> list[Finding]:
    findings: list[Finding] = []
    async for finding in _checks():
        findings.append(finding)
        if tell:
            remedy = f"; {finding.remedy}" if finding.remedy else ""
            line = one_line(f"{finding.name}: {finding.note}{remedy}")
            typer.echo(f"{finding.state:<8} {line}")
    return findings


async def _checks() -> AsyncGenerator[Finding]:
    yield _python()
    try:
        settings = load()
    except BadSettings as err:
        for line in str(err).splitlines():
            yield problem("settings", line, "mend it in the environment or in .env")
        return
    yield ok("settings", "can be read")
    for finding in await _database(settings):
        yield finding
    for finding in await check_models(settings):
        yield finding
    for finding in await check_slack(settings):
        yield finding


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _PYTHON:
        return problem("python", version, "install Python 3.11 or newer")
    return ok("python", version)


async def _database(settings: Settings) -> list[Finding]:
    file = database_file(settings)
    if file is None:
        return [await _schema(settings)]
    findings = [_sqlite()]
    if not await asyncio.to_thread(file.exists):
        return [*findings, warn("database", f"{file.name} does not exist yet", _MIGRATE)]
    return [*findings, await asyncio.to_thread(_mode, file), await _schema(settings)]


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info < _SAFE_SQLITE:
        return warn(
            "sqlite",
            f"{sqlite3.sqlite_version} can damage a file that two programs write at once",
            "run one bot on it, or a Python with SQLite 3.51.3 or newer",
        )
    return ok("sqlite", sqlite3.sqlite_version)


def _mode(file: Path) -> Finding:
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return problem("database file", f"others may read it ({mode:03o})", f"chmod 600 {file}")
    return ok("database file", f"only its owner may read it ({mode:03o})")


async def _schema(settings: Settings) -> Finding:
    try:
        current = await up_to_date(settings.database_url)
    except NoDatabase as err:
        return problem("database", str(err).rstrip("."), "check DATABASE_URL")
    if not current:
        return problem("database", "is not up to date", _MIGRATE)
    return ok("database", "answers and is up to date")
