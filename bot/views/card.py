"""A run as the messages that Slack shows: its card, its thread, its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.runs.branches import Branch, BranchStatus, fold
from bot.runs.model import Audience, Run, Status
from bot.views import thread
from bot.views.blocks import (
    Block,
    cancel_button,
    context,
    header,
    pages,
    plan,
    section,
    sections,
    task,
    weight,
)
from bot.views.message import SlackMessage
from bot.views.mrkdwn import clip, label, line
from bot.views.results import Told, tell
from bot.views.words import (
    SIMULATED,
    answered,
    asked,
    counted,
    duration,
    footer,
    job,
    simulated,
    subject,
)

#: Tasks of a plan: Slack draws fifty, and the last is the result's.
TASKS_MOST = 49
_TITLE_MOST, _TITLE_LEAST = 120, 24
_PLAN_MOST = 9_000
_TEXT_MOST = 3_000
_ERROR_MOST = 600
_NOTES_MOST = 9
_NOTES_WEIGHT_MOST = 2_400
_STATUS = {
    BranchStatus.WAITING: "pending",
    BranchStatus.WORKING: "in_progress",
    BranchStatus.DONE: "complete",
    BranchStatus.FAILED: "error",
}


def messages(run: Run, *, shown: str, broadcast_after: float) -> list[SlackMessage]:
    """
    All that Slack should show of *run* now, the most important first; nothing before it is
    known who may see it.

    *shown* is "edit", "broadcast" or "both": where a result goes. A run that took less than
    *broadcast_after* seconds, or that only the asker sees, is never broadcast.
    """
    if run.audience is None:
        return []
    branches = fold(run.events)
    if run.status is not Status.DONE or run.result is None:
        return [_unfinished(run, branches), *thread.messages(run, branches)]
    told = tell(run.result)
    loud = shown != "edit" and _may_be_loud(run, broadcast_after)
    front, *others = pages(told.top)
    full, short = _result(run, told, front), _result(run, told, pages(told.short)[0])
    moved = loud and shown == "broadcast"
    card = _card(run, _moved(run, told) if moved else full, _text(run, told.headline, told.gist))
    return [
        card,
        *([_broadcast(run, told, full if moved else short)] if loud else []),
        *_more([*(each for page in others for each in page), *told.more]),
        *thread.messages(run, branches),
    ]


def _may_be_loud(run: Run, after: float) -> bool:
    return run.audience is Audience.CHANNEL and (duration(run) or 0) >= after


def _card(run: Run, blocks: Sequence[Block], text: str) -> SlackMessage:
    final = run.status is not Status.OPEN
    return SlackMessage(slot="card", text=text, blocks=(*blocks,), in_thread=False, final=final)


def _text(run: Run, state: str, *more: str) -> str:
    """For notifications and screen readers, which show no block."""
    honest = [f"({SIMULATED})"] if simulated(run) else []
    return clip(f"{job(run)}: {' '.join([state, *honest, *more])}", _TEXT_MOST)


def _unfinished(run: Run, branches: Sequence[Branch]) -> SlackMessage:
    about = subject(run, _ERROR_MOST)
    match run.status:
        case Status.OPEN | Status.DONE:
            state = thread.progress(branches) if branches else "started"
            blocks = [
                section(asked(run)),
                _plan(run, branches),
                cancel_button(run.id),
                context(footer(run)),
            ]
            return _card(run, blocks, _text(run, f"working, {state}.", about))
        case Status.FAILED:
            said = line(run.error or "It ended without a reason.", _ERROR_MOST)
            advice = "Type the command again to try once more."
            mark, state = "⚠️", "failed"
        case Status.CANCELLED:
            said = "It was cancelled by the person who asked; what was finished is in the thread."
            advice = "Type the command again to start anew."
            mark, state = "⏹️", "cancelled"
        case _:
            assert_never(run.status)
    blocks = [section(asked(run)), section(f"{mark} *{state.capitalize()}*: {said} {advice}")]
    return _card(run, [*blocks, context(footer(run))], _text(run, f"{state}. {said}", about))


def _plan(run: Run, branches: Sequence[Branch]) -> Block:
    """A task a branch, or a message of the thread where there are too many; then the result."""
    many = len(branches) > TASKS_MOST
    rows = _grouped(run, branches) if many else [_single(branch, run.status) for branch in branches]
    waits = any(status in {"pending", "in_progress"} for _, status in rows)
    rows.append(("Result", "pending" if waits or not rows else "in_progress"))
    title = thread.progress(branches).capitalize() if branches else "Starting"
    return plan(label(title, _TITLE_MOST), _tasks(rows, _TITLE_MOST))


def _tasks(rows: Sequence[tuple[str, str]], most: int) -> list[Block]:
    """With titles of at most *most* characters, fewer where all of them would be too much."""
    tasks = [
        task(f"task-{number}", label(text, most) or "…", status)
        for number, (text, status) in enumerate(rows, 1)
    ]
    if weight(tasks) <= _PLAN_MOST or most <= _TITLE_LEAST:
        return tasks
    return _tasks(rows, most * 2 // 3)


def _single(branch: Branch, status: Status) -> tuple[str, str]:
    said = branch.note if status is Status.OPEN else ""
    return f"{branch.title}: {said}" if said else branch.title, _STATUS[branch.status]


def _grouped(run: Run, branches: Sequence[Branch]) -> list[tuple[str, str]]:
    by_key = {branch.key: branch for branch in branches}
    members = [[by_key[key] for key in group.keys] for group in thread.groups(run.events)]
    return [(thread.progress(group), _together(group)) for group in members]


def _together(branches: Sequence[Branch]) -> str:
    statuses = {branch.status for branch in branches}
    if statuses == {BranchStatus.WAITING}:
        return "pending"
    if statuses & {BranchStatus.WAITING, BranchStatus.WORKING}:
        return "in_progress"
    return "error" if statuses == {BranchStatus.FAILED} else "complete"


def _result(run: Run, told: Told, page: Sequence[str]) -> list[Block]:
    return [
        header(told.headline),
        section(answered(run)),
        *sections(page),
        *_notes(told.notes),
        context(footer(run)),
    ]


def _notes(notes: Sequence[str]) -> list[Block]:
    """As many as there is room for; how many more is said."""
    shown: list[str] = []
    for note in notes[:_NOTES_MOST]:
        if weight([*shown, note]) > _NOTES_WEIGHT_MOST:
            break
        shown.append(note)
    left = len(notes) - len(shown)
    rest = [f"and {counted(left, 'more note')}"] if left else []
    return [context(*shown, *rest)] if notes else []


def _moved(run: Run, told: Told) -> list[Block]:
    return [
        header(told.headline),
        section(f"{asked(run)}\nThe result is in the thread and in the channel."),
        context(footer(run)),
    ]


def _broadcast(run: Run, told: Told, blocks: Sequence[Block]) -> SlackMessage:
    return SlackMessage(
        slot="result",
        text=_text(run, told.headline, told.gist),
        blocks=(*blocks,),
        broadcast=True,
        final=True,
    )


def _more(paragraphs: Sequence[str]) -> list[SlackMessage]:
    """What did not fit on the card, as replies; known only with the result, so final."""
    return [
        SlackMessage(
            slot=f"more:{number}",
            text=f"More of the result, part {number}",
            blocks=(*sections(page),),
            final=True,
        )
        for number, page in enumerate(pages(paragraphs), 1)
    ]
