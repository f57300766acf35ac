"""A run as the messages that Slack shows: its card, its thread, its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.runs.branches import Branch, BranchStatus
from bot.runs.model import Audience, Run, Status
from bot.runs.workspace import ResultShown
from bot.views import buttons, following, polls, thread
from bot.views.blocks import (
    PAGE_MOST,
    Block,
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
from bot.views.mrkdwn import clip, label, line, person
from bot.views.results import tell
from bot.views.story import Story, Tally
from bot.views.told import Told
from bot.views.words import (
    SIMULATED,
    answered,
    asked,
    counted,
    footer,
    job,
    simulated,
    subject,
)
from patterns.recipes.extract import Extraction

#: Tasks of a plan: Slack draws fifty, and the last is the result's.
TASKS_MOST = 49
_TITLE_MOST, _TITLE_LEAST = 120, 24
_PLAN_MOST = 9_000
_TEXT_MOST = 3_000
_ERROR_MOST = 600
_NOTES_MOST = 9
_NOTES_WEIGHT_MOST = 2_400
#: The stage of what comes before a plan.
_GATE = "steps"
_NO_REASON = "It ended without a reason."
_CANCELLED = "What was finished is in the thread; “Try again” goes on from there."
_GONE = "Its result is not kept any more."
_STATUS = {
    BranchStatus.WAITING: "pending",
    BranchStatus.WORKING: "in_progress",
    BranchStatus.DONE: "complete",
    BranchStatus.FAILED: "error",
}


def messages(
    run: Run,
    story: Story | None = None,
    *,
    shown: ResultShown,
    broadcast_after: float,
    files: bool = True,
) -> list[SlackMessage]:
    """
    All that Slack should show of *run* now, the most important first; nothing before it is
    known who may see it. *story* is what its events told so far, if not all are in *run*.

    A run that took less than *broadcast_after* seconds, that only the asker sees, or that was
    asked for in a thread is never broadcast, whatever *shown* says. Without *files* a long
    result is told in as many replies as it takes.
    """
    if run.audience is None:
        return []
    story = story or Story(run.events)
    if run.status is not Status.DONE or run.result is None:
        return [_unfinished(run, story), *thread.messages(run, story)]
    told = tell(run.result, run.people)
    room = polls.room(polls.on_card(run), PAGE_MOST)
    front, *others = pages((*told.top, *_more_follows(told)), room)
    return [
        *_finished(run, story, told, front, shown if _may_be_loud(run, broadcast_after) else None),
        *following.messages(
            run, [*(each for page in others for each in page), *told.more], files=files
        ),
        *polls.messages(run),
        *_shared(run),
        *thread.messages(run, story),
    ]


def _finished(
    run: Run, story: Story, told: Told, front: Sequence[str], loud: ResultShown | None
) -> list[SlackMessage]:
    """The card and, where the result goes into the channel too, the broadcast."""
    rows = [*polls.on_card(run), buttons.afterwards(run, story)]
    card = _card(run, _result(run, told, front, *rows), _text(run, told.headline, told.gist))
    match loud:
        case None | ResultShown.EDIT:
            return [card]
        case ResultShown.BROADCAST:
            moved = _card(run, _moved(run, told, *rows), card.text)
            return [moved, _broadcast(_result(run, told, front), card.text)]
        case ResultShown.BOTH:
            return [card, _broadcast(_result(run, told, pages(told.short)[0]), card.text)]
    assert_never(loud)


def _may_be_loud(run: Run, after: float) -> bool:
    """
    Counted from the wish, not from the last attempt: what an attempt has broadcast is edited by
    the next one, however short.
    """
    if run.audience is not Audience.CHANNEL or run.request.place.thread_ts is not None:
        return False
    ended = run.ended_at or run.created_at
    return (ended - run.created_at).total_seconds() >= after


def _card(run: Run, blocks: Sequence[Block], text: str) -> SlackMessage:
    final = run.status is not Status.OPEN
    return SlackMessage(slot="card", text=text, blocks=(*blocks,), in_thread=False, final=final)


def _text(run: Run, state: str, *more: str) -> str:
    """For notifications and screen readers, which show no block."""
    honest = [f"({SIMULATED})"] if simulated(run) else []
    said = [part for part in (state, *honest, *more) if part]
    return clip(f"{job(run)}: {' '.join(said)}", _TEXT_MOST)


def _unfinished(run: Run, story: Story) -> SlackMessage:
    about = subject(run, _ERROR_MOST)
    match run.status:
        case Status.OPEN:
            return _working(run, story, about)
        case Status.DONE:
            said, mark, state = _GONE, "☑️", "done"
        case Status.FAILED:
            said = line(run.error or _NO_REASON, _ERROR_MOST)
            mark, state = "⚠️", "failed"
        case Status.CANCELLED:
            said, mark, state = _CANCELLED, "⏹️", "cancelled"
        case _:
            assert_never(run.status)
    blocks = [
        section(asked(run)),
        section(f"{mark} *{state.capitalize()}*: {said}"),
        buttons.afterwards(run, story),
        context(footer(run)),
    ]
    return _card(run, blocks, _text(run, f"{state}. {said}", about))


def _working(run: Run, story: Story, about: str) -> SlackMessage:
    state = _stand(story) if story.groups else "started"
    blocks = [
        section(asked(run)),
        _plan(run, story),
        buttons.cancel(run),
        context(footer(run)),
    ]
    return _card(run, blocks, _text(run, f"working, {state}.", about))


def _plan(run: Run, story: Story) -> Block:
    """A task a branch, or a message of the thread where there are too many; then the result."""
    many = len(story.tally) > TASKS_MOST
    rows = _grouped(story) if many else [_single(branch, run.status) for branch in story]
    waits = any(status in {"pending", "in_progress"} for _, status in rows)
    rows.append(("Result", "pending" if waits or not rows else "in_progress"))
    return plan(label(_stand(story).capitalize(), _TITLE_MOST), _tasks(rows, _TITLE_MOST))


def _stand(story: Story) -> str:
    """How far it is: of what is planned, or that first step by which more will be."""
    if not story.groups:
        return "starting"
    first = next(iter(story), None)
    gate = list(story.tally.stages) == [_GATE] and len(story.tally) == 1
    if gate and first and first.status in {BranchStatus.WAITING, BranchStatus.WORKING}:
        return first.title[:1].lower() + first.title[1:]
    return thread.progress(story.tally)


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


def _result(run: Run, told: Told, page: Sequence[str], *rows: Block) -> list[Block]:
    """*rows*: its buttons, if it has any."""
    return [
        header(told.headline),
        section(answered(run)),
        *sections(page),
        *_notes(told.notes),
        *rows,
        context(footer(run)),
    ]


def _notes(notes: Sequence[str]) -> list[Block]:
    """As many as there is room for; how many more is said."""
    notes = [note for note in notes if note.strip()]
    shown: list[str] = []
    for note in notes[:_NOTES_MOST]:
        if weight([*shown, note]) > _NOTES_WEIGHT_MOST:
            break
        shown.append(note)
    left = len(notes) - len(shown)
    rest = [f"and {counted(left, 'more note')}"] if left else []
    return [context(*shown, *rest)] if notes else []


def _moved(run: Run, told: Told, *rows: Block) -> list[Block]:
    return [
        header(told.headline),
        section(f"{asked(run)}\nThe result is in the thread and in the channel."),
        *rows,
        context(footer(run)),
    ]


def _broadcast(blocks: Sequence[Block], text: str) -> SlackMessage:
    return SlackMessage(slot="result", text=text, blocks=(*blocks,), broadcast=True, final=True)


def _more_follows(told: Told) -> tuple[str, ...]:
    return (f"\n_{told.rest} in the thread._",) if told.rest else ()


def _shared(run: Run) -> list[SlackMessage]:
    """For the channel: as much as one message holds, by the wish of who asked."""
    if run.audience is not Audience.REQUESTER or not run.shared_by or run.result is None:
        return []
    told = tell(run.result, run.people, to_all=True)
    front, *others = pages(told.top)
    kept = others or told.rest or isinstance(run.result, Extraction)
    rest = ["_The rest is with who asked._"] if kept else []
    for_all = run.model_copy(update={"audience": Audience.CHANNEL})
    blocks = [
        context(f"Shared by {person(run.shared_by)}"),
        *_result(for_all, told, [*front, *rest]),
    ]
    text = _text(run, told.headline, told.gist)
    return [SlackMessage(slot="shared", text=text, blocks=(*blocks,), final=True, home=False)]
