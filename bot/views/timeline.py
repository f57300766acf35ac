"""What happened in a run, in order: no more than its card and its thread show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.runs.branches import Branch
from bot.runs.model import Run, Status
from bot.runs.money import dollars
from bot.views import thread, verdict
from bot.views.blocks import Block, context, pages, section, sections
from bot.views.mrkdwn import bold, channel, line
from bot.views.results import tell
from bot.views.story import Group, Story
from bot.views.words import (
    SIMULATED,
    asked,
    clock,
    counted,
    duration,
    models,
    opened,
    seconds,
    simulated,
    used,
)
from patterns.recipes.factcheck import FactCheck

#: Branches that have a line each; of more, some of every group.
_BRANCHES_MOST = 49
_ROWS_MOST = 5
_TITLE_MOST = 120
_ERROR_MOST = 600
_PAGES_MOST = 3
_STATES = {
    Status.OPEN: "⏳ *Working*",
    Status.DONE: "☑️ *Done*",
    Status.FAILED: "⚠️ *Failed*",
    Status.CANCELLED: "⏹️ *Cancelled*",
}


def blocks(run: Run) -> list[Block]:
    """
    For a modal. Where it is not known yet who may see the run, or it never was, what was found
    is left out.
    """
    story = Story(run.events if run.audience is not None else ())
    told = [f"*Timeline*, since {clock(opened(run))}", *_branches(run, story)]
    shown = pages(told if len(told) > 1 else [])[:_PAGES_MOST]
    return [
        section(asked(run)),
        context(" · ".join(_facts(run))),
        section(_state(run)),
        *(block for page in _how(run) for block in sections(page)),
        *(block for page in shown for block in sections(page)),
        context(" · ".join(_cost(run))),
    ]


def _facts(run: Run) -> list[str]:
    return [
        f"Asked for {_where(run)}",
        clock(run.created_at),
        f"run {line(run.id, 64)}",
        *([f"attempt {run.attempt:,}"] if run.attempt > 1 else []),
    ]


def _where(run: Run) -> str:
    place = run.request.place
    if place.on_console:
        return "on the console"
    if place.channel.startswith("D"):
        return "in direct messages"
    return f"in {'a thread of ' if place.thread_ts else ''}{channel(place.channel)}"


def _state(run: Run) -> str:
    took = duration(run)
    state = _STATES[run.status] + (f" after {seconds(took)}" if took is not None else "")
    if run.status is Status.FAILED and run.error:
        return f"{state}: {line(run.error, _ERROR_MOST)}"
    if run.status is Status.DONE and run.result is not None and run.audience is not None:
        headline = tell(run.result, run.people, to_all=bool(run.shared_by)).headline
        return f"{state}: {headline}"
    return state


def _how(run: Run) -> list[list[str]]:
    """For a fact-check that may be shown: which rule, who was asked, and what came of it."""
    if run.audience is None or not isinstance(run.result, FactCheck) or not run.result.claims:
        return []
    told = ["*How this was decided*", *verdict.how(run.result)]
    return pages(told)[:_PAGES_MOST]


def _branches(run: Run, story: Story) -> Iterator[str]:
    since = opened(run)
    if len(story.tally) <= _BRANCHES_MOST:
        for branch in story:
            yield _branch(branch, run.status, since)
        return
    for group in story.groups:
        yield from _group(group, run.status, since)


def _group(group: Group, status: Status, since: datetime) -> Iterator[str]:
    yield f"\n*{thread.progress(group.tally)}*"
    rows = group.rows(_ROWS_MOST)
    for branch in rows:
        yield _branch(branch, status, since)
    if left := group.spoken - len(rows):
        yield f"_and {counted(left, 'other')}_"


def _branch(branch: Branch, status: Status, since: datetime) -> str:
    said = thread.state(branch, status)
    timed = _times(branch, since)
    return "".join(
        [
            f"{thread.mark(branch, status)} {bold(branch.title, _TITLE_MOST)}",
            f": {said}" if said else "",
            f" ({timed})" if timed else "",
        ]
    )


def _times(branch: Branch, since: datetime) -> str:
    if branch.started_at is None:
        return ""
    after = (branch.started_at - since).total_seconds()
    begun = f"begun after {seconds(after)}" if after >= 0 else "in an earlier attempt"
    return begun if branch.seconds is None else f"{begun}, took {seconds(branch.seconds)}"


def _cost(run: Run) -> list[str]:
    usage = run.usage
    if run.status is Status.OPEN:
        spent = used(run)
    else:
        spent = [
            counted(usage.calls, "call"),
            f"{counted(usage.input_tokens, 'token')} in, {usage.output_tokens:,} out",
            *([dollars(usage.cost)] if usage.cost else []),
            *([f"{counted(run.reused, 'answer')} from before"] if run.reused else []),
        ]
    answering = SIMULATED if simulated(run) else models(run) or "No model was asked yet"
    return [answering, *spent]
