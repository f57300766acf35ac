"""Runs and what they cost, each in a line or two, for one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.runs.lookup import Spent
from bot.runs.model import Audience, Run, Status
from bot.runs.money import NO_CAP, Cap, Caps, Cost, dollars
from bot.views.mrkdwn import line, link, width
from bot.views.results import tell
from bot.views.words import clock, counted, job, subject

_SUBJECT_MOST = 120
_TEXT_MOST = 2_900
ID_SHOWN = 8  # characters that name a run to people; `/quorum show` takes them
NO_RUNS = (
    "There are no runs here that you may see yet; start one, for example "
    "`/factcheck The Great Wall is visible from the Moon`."
)
_STATES = {
    Status.OPEN: "⏳ working",
    Status.DONE: "☑️ done",
    Status.FAILED: "⚠️ failed",
    Status.CANCELLED: "⏹️ cancelled",
}


def runs(found: Sequence[Run], links: Mapping[str, str]) -> str:
    """The newest first; *links* lead to the cards by run id, of those that stand."""
    if not found:
        return NO_RUNS
    lines: list[str] = []
    room = _TEXT_MOST
    for run in found:
        told = f"• {what(run)}\n      {' · '.join(_facts(run, links))}"
        room -= width(told) + 1
        if room < 0:
            break
        lines.append(told)
    left = len(found) - len(lines)
    return "\n".join([*lines, *([f"_and {counted(left, 'older one')}_"] if left else [])])


def usage(spent: Spent, caps: Caps) -> str:
    """What was spent, and the most that may be."""
    return "\n".join(
        [
            f"*You, today*: {_within(spent.day, caps.person_day)}",
            f"*This workspace, this month*: {_within(spent.month, caps.workspace_month)}",
            "_As the caps count: what open runs hold, and calls that were given up with the most "
            "that they may have cost. Cards show what answers took. Days and months are UTC's._",
        ]
    )


def what(run: Run) -> str:
    return f"*{job(run)}*: {subject(run, _SUBJECT_MOST)}"


def state(run: Run) -> str:
    """Its result in a few words, or what it is instead."""
    if run.status is Status.DONE and run.result is not None:
        return tell(run.result, to_all=bool(run.shared_by)).headline
    return _STATES[run.status]


def card(run: Run, links: Mapping[str, str]) -> str:
    """A link to the run's card; empty where there is none."""
    url = links.get(run.id, "")
    return link(url, "open its card") if url else ""


def private(run: Run) -> str:
    return "only you see it" if run.audience is Audience.REQUESTER and not run.shared_by else ""


def _facts(run: Run, links: Mapping[str, str]) -> list[str]:
    facts = [state(run), clock(run.created_at), private(run), f"run {line(run.id[:ID_SHOWN], 20)}"]
    return [fact for fact in [*facts, card(run, links)] if fact]


def _within(cost: Cost, cap: Cap) -> str:
    return f"{_cost(cost)} ({cap if cap == NO_CAP else f'the most is {cap}'})"


def _cost(cost: Cost) -> str:
    tokens = counted(cost.tokens, "token")
    return f"{tokens}, {dollars(cost.micros)}" if cost.micros else tokens
