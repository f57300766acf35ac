"""The branches of a run as messages in its thread: never more than ten, whatever their number."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.runs.branches import Branch, BranchStatus
from bot.runs.model import Run, Status
from bot.views import verdict
from bot.views.blocks import PAGE_MOST, context, pages, sections, weight
from bot.views.message import SlackMessage
from bot.views.mrkdwn import bold, line
from bot.views.story import Group, Story, Tally
from bot.views.words import counted, seconds
from patterns.canvassing import NOT_ASKED
from patterns.recipes.factcheck import FactCheck

_TITLE_MOST = 120
_NOTE_MOST = 300
_LINE_MOST = 700
_ROWS_MOST = 40
#: How a voter's line names its passage, by a number that nobody but the panel knows.
_CITED = re.compile(r"(“.*”) \[[0-9]+\]", re.DOTALL)
_STOPPED = "⏹️"
_SPARED = "⏭️"
_MARKS = {
    BranchStatus.WAITING: "◽",
    BranchStatus.WORKING: "⏳",
    BranchStatus.DONE: "☑️",
    BranchStatus.FAILED: "⚠️",
}


def messages(run: Run, story: Story) -> list[SlackMessage]:
    """A message for every group with something to say; of voters, with where their quotes stand."""
    sources = verdict.sources(run.result) if isinstance(run.result, FactCheck) else {}
    return [_message(group, run.status, sources) for group in story.groups if group.spoken]


def _message(group: Group, status: Status, sources: Mapping[str, str]) -> SlackMessage:
    if len(group.tally) > 1:
        return _gathered(group, status, sources)
    (branch,) = group
    return _single(group, branch, status, sources.get(branch.title, ""))


def progress(tally: Tally) -> str:
    """ "12 of 37 parts done, 1 failed"; "branches" where they are of several kinds."""
    failed, all_of_them = tally[BranchStatus.FAILED], len(tally)
    done = tally[BranchStatus.DONE] - tally.spared
    name = line(next(iter(tally.stages)), _TITLE_MOST) if len(tally.stages) == 1 else "branches"
    noun = name.removesuffix("s") if all_of_them == 1 else name
    rest = [
        f", {failed:,} failed" if failed else "",
        f", {tally.spared:,} not asked" if tally.spared else "",
    ]
    return "".join([f"{done:,} of {all_of_them:,} {noun} done", *rest])


def state(branch: Branch, status: Status) -> str:
    """One line: the latest word of a branch, or that it was stopped with its run."""
    note = line(branch.note, _NOTE_MOST)
    match branch.status:
        case BranchStatus.FAILED:
            return f"no answer: {note}" if note else "no answer"
        case BranchStatus.WORKING | BranchStatus.WAITING if status is not Status.OPEN:
            return "stopped"
        case BranchStatus.WORKING if not note:
            return "working"
        case _:
            return note


def mark(branch: Branch, status: Status) -> str:
    """How far *branch* is, in one sign; its words say the same."""
    if branch.note == NOT_ASKED:
        return _SPARED
    open_branch = branch.status in {BranchStatus.WAITING, BranchStatus.WORKING}
    return _STOPPED if open_branch and status is not Status.OPEN else _MARKS[branch.status]


def _single(group: Group, branch: Branch, status: Status, source: str) -> SlackMessage:
    said = state(branch, status)
    title = line(branch.title, _TITLE_MOST)
    head = f"{mark(branch, status)} {bold(branch.title, _TITLE_MOST)}"
    page, *others = pages([f"{head}: {said}" if said else head, *_detail(branch, source)])
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


def _detail(branch: Branch, source: str) -> list[str]:
    """Its lines; the quote of a voter with *source*, or else that below them."""
    where = source.removeprefix("Source: ")
    told: list[str] = []
    for each in branch.lines:
        cited = _CITED.fullmatch(each)
        text = line(cited[1] if cited else each, _LINE_MOST)
        told += [f"{text} ({where})" if cited and where else text] if text else []
        where = "" if cited else where
    return [*told, f"Source: {where}"] if where else told


def _gathered(group: Group, status: Status, sources: Mapping[str, str]) -> SlackMessage:
    count = progress(group.tally)
    count = f"Claim {group.claim}: {count}" if group.claim else count
    branches = group.rows(_ROWS_MOST)
    told = [_row(branch, status) for branch in branches]
    full = [
        "\n      ".join([row, *_detail(branch, sources.get(branch.title, ""))])
        for row, branch in zip(told, branches, strict=True)
    ]
    head = f"*{count}*"
    roomy = group.claim and weight([head, *full]) <= PAGE_MOST
    page = pages([head, *(full if roomy else told)])[0]
    left = group.spoken + 1 - len(page)
    small = [context(counted(left, "more line"))] if left else []
    return SlackMessage(slot=group.slot, text=count, blocks=(*sections(page), *small))


def _row(branch: Branch, status: Status) -> str:
    return f"{mark(branch, status)} {line(branch.title, _TITLE_MOST)}: {state(branch, status)}"
