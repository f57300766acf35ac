"""What people's votes have taught of the panel, in lines for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import typer

from bot.console.exits import Exit
from bot.console.storing import open_database
from bot.settings import Settings
from bot.store.panel import SqlLearnings
from bot.views import learned as told
from bot.views.escaping import one_line
from bot.views.words import counted
from patterns.learned import Learned

_NOTHING = (
    "No claim has been rated yet. In Slack, say under a fact-check whether you agree with the "
    "claim: once the vote closes with a majority, the panel's voters are measured by it."
)
#: Workspaces that are named where another was asked for.
_NAMED = 5


async def panel(settings: Settings, *, team: str, as_json: bool) -> Exit:
    async with open_database(settings) as database:
        learnings = SqlLearnings(database)
        known = await learnings.teams()
        found = {each: await learnings.of(each) for each in ([team] if team else known)}
    if as_json:
        rows = [_row(each, learned) for each, learned in found.items()]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return Exit.DONE
    if not known or (team and team not in known):
        typer.echo(_elsewhere(team, known) if known else _NOTHING)
        return Exit.DONE
    for each, learned in found.items():
        typer.echo("\n".join(_lines(each, learned)))
    return Exit.DONE


def _elsewhere(team: str, known: Sequence[str]) -> str:
    named = ", ".join(one_line(each) for each in known[:_NAMED])
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return f"No claim has been rated in a workspace {one_line(team)}, only in {named}{more}."


def _lines(team: str, learned: Learned) -> list[str]:
    heading = f"{one_line(team)}: {counted(learned.rated, 'rated claim')}"
    if not learned.rated:
        return [heading]
    seats = [f"{one_line(seat)}\t{record}" for seat, record in told.of_seats(learned)]
    facts = [told.together(learned), *told.used(learned), *told.calibrated(learned)]
    return [heading, *(f"  {each}" for each in [*seats, *facts])]


def _row(team: str, learned: Learned) -> dict[str, Any]:
    return {
        "team": team,
        "rated": learned.rated,
        "seats": [
            {
                "seat": seat,
                "votes": cast,
                "accuracy": round(learned.accuracy[seat], 4),
                "weight": learned.weights.get(seat),
            }
            for seat, cast in learned.votes.items()
        ],
        "correlation": learned.rho,
        "effective_voters_of_five": learned.effective,
        "auroc_of_confidence": learned.auroc,
        "weights_used": bool(learned.weights),
        "confidence_used": learned.by_confidence,
        "calibrated": {f"{tenths / 10:g}": pct for tenths, pct in learned.calibrated.items()},
    }
