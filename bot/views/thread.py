"""The branches of a run as messages in its thread: never more than ten, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.runs.branches import Branch, BranchStatus
from bot.runs.model import Run, Status, Timed
from bot.views.blocks import context, pages, sections
from bot.views.message import SlackMessage
from bot.views.mrkdwn import bold, line
from bot.views.words import counted, seconds
from patterns.events import Planned

#: Branch messages of one run.
MOST = 10
_TITLE_MOST = 120
_NOTE_MOST = 300
_LINE_MOST = 700
_ROWS_MOST = 40
_STOPPED = "⏹️"
_MARKS = {
    BranchStatus.WAITING: "◽",
    BranchStatus.WORKING: "⏳",
    BranchStatus.DONE: "☑️",
    BranchStatus.FAILED: "⚠️",
}


@dataclass(frozen=True)
class Group:
    """Branches that share a message, by key; the first names it for good."""

    keys: tuple[str, ...]

    @property
    def slot(self) -> str:
        return f"branch:{self.keys[0]}"


def groups(events: Iterable[Timed]) -> tuple[Group, ...]:
    """
    Which branches share a message: as few to each as ten messages allow.

    More events only add branches behind those that stand: a message once posted stays the
    message of its branches. What is planned together and does not fit is divided evenly,
    one message kept back for what may be planned later; from then on the last takes all.
    """
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for timed in events:
        if not isinstance(timed.event, Planned):
            continue
        fresh = [key for branch in timed.event.branches if (key := branch.key) not in seen]
        fresh = list(dict.fromkeys(fresh))
        seen.update(fresh)
        found = _placed(found, fresh)
    return tuple(map(Group, found))


def _placed(found: list[tuple[str, ...]], fresh: Sequence[str]) -> list[tuple[str, ...]]:
    left = MOST - len(found)
    if not fresh:
        return found
    if left == 0:
        return [*found[:-1], (*found[-1], *fresh)]
    if len(fresh) <= left:
        return [*found, *((key,) for key in fresh)]
    return [*found, *_divided(fresh, max(left - 1, 1))]


def _divided(keys: Sequence[str], parts: int) -> list[tuple[str, ...]]:
    ends = [len(keys) * part // parts for part in range(parts + 1)]
    return [tuple(keys[start:end]) for start, end in pairwise(ends)]


def messages(run: Run, branches: Sequence[Branch]) -> list[SlackMessage]:
    """A message for every group with something to say. *branches*: the run's, folded."""
    by_key = {branch.key: branch for branch in branches}
    found: list[SlackMessage] = []
    for group in groups(run.events):
        members = [by_key[key] for key in group.keys]
        if not any(map(_speaks, members)):
            continue
        one = len(members) == 1
        found.append(
            _single(group, members[0], run.status) if one else _gathered(group, members, run.status)
        )
    return found


def progress(branches: Sequence[Branch]) -> str:
    """ "12 of 37 parts done, 1 failed"; "branches" where they are of several kinds."""
    stages = {branch.stage for branch in branches}
    done = sum(branch.status is BranchStatus.DONE for branch in branches)
    failed = sum(branch.status is BranchStatus.FAILED for branch in branches)
    name = line(stages.pop(), _TITLE_MOST) if len(stages) == 1 else "branches"
    noun = name.removesuffix("s") if len(branches) == 1 else name
    return f"{done:,} of {len(branches):,} {noun} done" + (f", {failed:,} failed" if failed else "")


def state(branch: Branch, status: Status) -> str:
    """One line: the latest word of a branch, or that it was stopped with its run."""
    note = line(branch.note, _NOTE_MOST)
    match branch.status:
        case BranchStatus.FAILED:
            return f"no answer: {note}" if note else "no answer"
        case BranchStatus.WORKING | BranchStatus.WAITING if status is not Status.OPEN:
            return "stopped"
        case _:
            return note


def _mark(branch: Branch, status: Status) -> str:
    open_branch = branch.status in {BranchStatus.WAITING, BranchStatus.WORKING}
    return _STOPPED if open_branch and status is not Status.OPEN else _MARKS[branch.status]


def _speaks(branch: Branch) -> bool:
    over = branch.status in {BranchStatus.DONE, BranchStatus.FAILED}
    return over or bool(branch.note)


def _single(group: Group, branch: Branch, status: Status) -> SlackMessage:
    said = state(branch, status)
    title = line(branch.title, _TITLE_MOST)
    head = f"{_mark(branch, status)} {bold(branch.title, _TITLE_MOST)}"
    detail = [text for each in branch.lines if (text := line(each, _LINE_MOST))]
    page, *others = pages([f"{head}: {said}" if said else head, *detail])
    left = sum(map(len, others))
    foot = [
        counted(left, "more line") if left else "",
        seconds(branch.seconds) if branch.seconds is not None else "",
    ]
    small = [context(" · ".join(part for part in foot if part))] if any(foot) else []
    return SlackMessage(
        slot=group.slot,
        text=f"{title}: {said}" if said else title,
        blocks=(*sections(page), *small),
    )


def _gathered(group: Group, members: Sequence[Branch], status: Status) -> SlackMessage:
    count = progress(members)
    speaking = list(filter(_speaks, members))
    told = [_row(branch, status) for branch in speaking[:_ROWS_MOST]]
    page = pages([f"*{count}*", *told])[0]
    left = len(speaking) + 1 - len(page)
    small = [context(counted(left, "more line"))] if left else []
    return SlackMessage(slot=group.slot, text=count, blocks=(*sections(page), *small))


def _row(branch: Branch, status: Status) -> str:
    return f"{_mark(branch, status)} {line(branch.title, _TITLE_MOST)}: {state(branch, status)}"
