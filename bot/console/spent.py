"""What was spent today and this month, as a table for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer

from bot.console.exits import Exit
from bot.console.storing import make_ready
from bot.runs.money import MICROS, NO_CAP, Cap, Cost, dollars
from bot.settings import Settings
from bot.store.database import connect
from bot.store.ledger import day_of, month_of
from bot.store.spending import By, Spending, Spent
from bot.views.escaping import one_line
from bot.views.words import counted

#: How the workspace of the command line is called, which has no name.
_HERE = "this machine"
_KEYS = {By.WORKSPACE: "team"}


@dataclass(frozen=True, kw_only=True)
class Section:
    """*cap* is what each of its rows may spend in its time."""

    name: str
    heading: str
    by: tuple[By, ...]
    rows: Sequence[Spent]
    cap: Cap = NO_CAP


async def usage(settings: Settings, *, as_json: bool) -> Exit:
    await make_ready(settings)
    now = datetime.now(UTC)
    async with connect(settings.database_url) as database:
        sections = await _sections(settings, Spending(database), now)
    if as_json:
        fields = {each.name: [_row(each, row) for row in each.rows] for each in sections}
        typer.echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return Exit.DONE
    for section in sections:
        typer.echo(f"{section.heading}{f' (cap: {section.cap})' if section.cap != NO_CAP else ''}")
        for row in section.rows:
            typer.echo(f"  {line(section, row)}")
        if not section.rows:
            typer.echo("  nothing yet")
    return Exit.DONE


async def _sections(settings: Settings, spending: Spending, now: datetime) -> Sequence[Section]:
    today, month = day_of(now), month_of(now)

    async def section(
        name: str, heading: str, time: tuple[datetime, datetime], by: tuple[By, ...], cap: Cap
    ) -> Section:
        rows = await spending.between(*time, *by)
        return Section(name=name, heading=heading, by=by, rows=rows, cap=cap)

    people, workspaces = (By.PERSON, By.WORKSPACE), (By.WORKSPACE,)
    return [
        await section("today", "Today", today, people, settings.quorum_cap_person_day),
        await section(
            "month", "This month", month, workspaces, settings.quorum_cap_workspace_month
        ),
        await section(
            "by_recipe", "This month, by recipe and model", month, (By.RECIPE, By.MODEL), NO_CAP
        ),
    ]


def line(section: Section, row: Spent) -> str:
    """One row for people, or for `cut` and `awk`: tabs between what and how much."""
    used = row.usage
    cached = f" ({used.cached_tokens:,} cached)" if used.cached_tokens else ""
    parts = [
        counted(row.runs, "run"),
        counted(used.calls, "call"),
        f"{counted(used.tokens, 'token')}{cached}",
        *([dollars(used.cost)] if used.cost else []),
        *([f"left: {left(section.cap, row)}"] if section.cap != NO_CAP else []),
    ]
    return f"{', '.join(_names(section, row))}\t{' · '.join(parts)}"


def _names(section: Section, row: Spent) -> list[str]:
    named = zip(section.by, row.names, strict=True)
    return [
        one_line(name) or (_HERE if by is By.WORKSPACE else "unknown model") for by, name in named
    ]


def left(cap: Cap, row: Spent) -> Cap:
    """Not below nothing."""
    rest = cap.less(Cost.of(row.usage))
    return Cap(
        tokens=None if rest.tokens is None else max(rest.tokens, 0),
        micros=None if rest.micros is None else max(rest.micros, 0),
    )


def _row(section: Section, row: Spent) -> dict[str, Any]:
    used = row.usage
    fields: dict[str, Any] = {
        **{_KEYS.get(by, by.value): name for by, name in zip(section.by, row.names, strict=True)},
        "runs": row.runs,
        "calls": used.calls,
        "input_tokens": used.input_tokens,
        "cached_tokens": used.cached_tokens,
        "output_tokens": used.output_tokens,
        "dollars": _dollars(used.cost or None),
    }
    if section.cap != NO_CAP:
        rest = left(section.cap, row)
        fields["cap"] = {"tokens": section.cap.tokens, "dollars": _dollars(section.cap.micros)}
        fields["left"] = {"tokens": rest.tokens, "dollars": _dollars(rest.micros)}
    return fields


def _dollars(micros: int | None) -> float | None:
    return None if micros is None else micros / MICROS
