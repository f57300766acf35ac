"""A run as the messages that Slack shows: its card, its thread, its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.runs.branches import Branch, BranchStatus
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
from bot.views.message import ResultShown, SlackMessage
from bot.views.mrkdwn import clip, label, line
from bot.views.results import Told, tell
from bot.views.story import Story, Tally
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
#: Whether trying again can help is known to the sentence that says what happened.
_NO_REASON = "It ended without a reason. Type the command again to try once more."
_CANCELLED = (
    "It was cancelled by the person who asked; what was finished is in the thread. "
    "Type the command again to start anew."
)
_STATUS = {
    BranchStatus.WAITING: "pending",
    BranchStatus.WORKING: "in_progress",
    BranchStatus.DONE: "complete",
    BranchStatus.FAILED: "error",
}


def messages(
    run: Run, story: Story | None = None, *, shown: ResultShown, broadcast_after: float
) -> list[SlackMessage]:
    """
    All that Slack should show of *run* now, the most important first; nothing before it is
    known who may see it. *story* is what its events told so far, if not all are in *run*.

    A run that took less than *broadcast_after* seconds, or that only the asker sees, is never
    broadcast, whatever *shown* says.
    """
    if run.audience is None:
        return []
    story = story or Story(run.events)
    if run.status is not Status.DONE or run.result is None:
        return [_unfinished(run, story), *thread.messages(run, story)]
    told = tell(run.result)
    front, *others = pages(told.top)
    where = shown if _may_be_loud(run, broadcast_after) else ResultShown.EDIT
    return [
        *_finished(run, told, front, where),
        *_more([*(each for page in others for each in page), *told.more]),
        *thread.messages(run, story),
    ]


def _finished(run: Run, told: Told, front: Sequence[str], shown: ResultShown) -> list[SlackMessage]:
    """The card and, where the result goes into the channel too, the broadcast."""
    full = _result(run, told, front)
    text = _text(run, told.headline, told.gist)
    match shown:
        case ResultShown.EDIT:
            return [_card(run, full, text)]
        case ResultShown.BROADCAST:
            return [_card(run, _moved(run, told), text), _broadcast(full, text)]
        case ResultShown.BOTH:
            short = _result(run, told, pages(told.short)[0])
            return [_card(run, full, text), _broadcast(short, text)]
    assert_never(shown)


def _may_be_loud(run: Run, after: float) -> bool:
    return run.audience is Audience.CHANNEL and (duration(run) or 0) >= after


def _card(run: Run, blocks: Sequence[Block], text: str) -> SlackMessage:
    final = run.status is not Status.OPEN
    return SlackMessage(slot="card", text=text, blocks=(*blocks,), in_thread=False, final=final)


def _text(run: Run, state: str, *more: str) -> str:
    """For notifications and screen readers, which show no block."""
    honest = [f"({SIMULATED})"] if simulated(run) else []
    return clip(f"{job(run)}: {' '.join([state, *honest, *more])}", _TEXT_MOST)


def _unfinished(run: Run, story: Story) -> SlackMessage:
    about = subject(run, _ERROR_MOST)
    match run.status:
        case Status.OPEN | Status.DONE:
            state = thread.progress(story.tally) if story.groups else "started"
            blocks = [
                section(asked(run)),
                _plan(run, story),
                cancel_button(run.id),
                context(footer(run)),
            ]
            return _card(run, blocks, _text(run, f"working, {state}.", about))
        case Status.FAILED:
            said = line(run.error or _NO_REASON, _ERROR_MOST)
            mark, state = "⚠️", "failed"
        case Status.CANCELLED:
            said, mark, state = _CANCELLED, "⏹️", "cancelled"
        case _:
            assert_never(run.status)
    blocks = [section(asked(run)), section(f"{mark} *{state.capitalize()}*: {said}")]
    return _card(run, [*blocks, context(footer(run))], _text(run, f"{state}. {said}", about))


def _plan(run: Run, story: Story) -> Block:
    """A task a branch, or a message of the thread where there are too many; then the result."""
    many = len(story.tally) > TASKS_MOST
    rows = _grouped(story) if many else [_single(branch, run.status) for branch in story]
    waits = any(status in {"pending", "in_progress"} for _, status in rows)
    rows.append(("Result", "pending" if waits or not rows else "in_progress"))
    title = thread.progress(story.tally).capitalize() if story.groups else "Starting"
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


def _grouped(story: Story) -> list[tuple[str, str]]:
    tallies = [group.tally for group in story.groups]
    return [(thread.progress(tally), _together(tally)) for tally in tallies]


def _together(tally: Tally) -> str:
    statuses = {status for status, number in tally.counts.items() if number}
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


def _broadcast(blocks: Sequence[Block], text: str) -> SlackMessage:
    return SlackMessage(slot="result", text=text, blocks=(*blocks,), broadcast=True, final=True)


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
