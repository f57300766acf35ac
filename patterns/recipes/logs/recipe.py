"""The way of a log: lines to templates, counted; templates to findings, side by side; one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from patterns.asking import ask_one
from patterns.errors import NothingToDo
from patterns.fanout import Branch, Limits, Said, fanout
from patterns.fence import DATA, fenced, one_line
from patterns.packing import tokens
from patterns.ports import Answer, EventSink, Model, Prompt
from patterns.recipes.logs.choosing import questions
from patterns.recipes.logs.counting import Counted, count
from patterns.recipes.logs.findings import (
    Held,
    held,
    joined,
    numbers,
    numbers_of,
    ordered,
    overview,
)
from patterns.recipes.logs.report import Finding, LogReport, Observations, Template
from patterns.task import Document, Task
from patterns.usage import Estimate

#: The most frequent templates are told, whether a finding cites them or not.
TOP = 20
#: Templates that are kept of those that findings cite, and tokens of findings in the merge.
_CITED_MOST, _MERGE_MOST = 80, 12_000
_NAME_MOST = 200

ALONE = "No model has looked at the shapes of the lines: these are counts alone."
NO_LOG = "There is no log to look at: attach it as a text file, or link to a message that has one."
NO_LINES = "There is nothing in the log but blank lines."

_MERGE = (
    "Several readers have each looked at a part of one log. You are given what they found, "
    "numbered, and their overviews. same: groups of the numbers of findings that tell of the very "
    "same trouble in other words; most findings are in no group. overview: what goes "
    "on in this log, in two or three sentences, the gravest first; with a question of the reader, "
    f"the answer to it. Write no number that does not stand in what you are given. {DATA}"
)


class Combined(Answer):
    """What findings of several parts come to; it cannot leave any out."""

    overview: str
    same: list[list[int]]


@dataclass(frozen=True)
class _Looked:
    """What holds of the answers, by part."""

    held: Sequence[Held]
    shown: Mapping[int, Template]
    missing: tuple[str, ...]

    @property
    def findings(self) -> list[Finding]:
        return ordered((each for part in self.held for each in part.findings), self.shown)

    @property
    def overview(self) -> str:
        return " ".join(part.overview for part in self.held if part.overview)


async def logs(task: Task, model: Model, sink: EventSink, limits: Limits) -> LogReport:
    """
    Needs documents; *task.text* may hold a question.

    Whatever becomes of the questions, at most 17 of them, the counts are the result. Raises
    `NothingToDo` where there is no line.
    """
    if not task.documents:
        raise NothingToDo(NO_LOG)
    counted = await count(task.documents, sink)
    if counted.lines == counted.empty:
        raise NothingToDo(counted.stopped or NO_LINES)
    about = task.text.strip()
    looked = await _look(counted, about, model, sink, limits)
    told, findings = await _combined(looked, about, model, sink, limits)
    alone = () if looked.held else (ALONE,)
    return LogReport(
        name=_name(task.documents),
        link=task.documents[0].link if len(task.documents) == 1 else "",
        about=about,
        overview=told,
        findings=tuple(findings),
        top=_top(findings, counted.templates),
        lines=counted.lines,
        empty=counted.empty,
        templates=len(counted.templates),
        asked=len(looked.shown),
        rare=counted.rare,
        dropped=sum(part.dropped for part in looked.held),
        missing=looked.missing,
        stopped=counted.stopped,
        notes=(*task.notes, *alone),
    )


def foresee(task: Task) -> Estimate | None:
    """None: how many templates there are is known when all is read."""
    return None


async def _look(
    counted: Counted, about: str, model: Model, sink: EventSink, limits: Limits
) -> _Looked:
    asked = questions(counted, about)
    branches = [_reading(prompt, part, counted, model) for prompt, part in asked]
    fanned = await fanout("parts", branches, sink, describe=_said, quorum=0, limits=limits)
    return _Looked(
        held=[*fanned.answers.values()],
        shown={each.number: each for _, part in asked for each in part},
        missing=tuple(f"{gap.title}: {gap.reason}" for gap in fanned.gaps),
    )


def _reading(
    prompt: Prompt[Observations], part: Sequence[Template], counted: Counted, model: Model
) -> Branch[Held]:
    """A question whose answer is checked before anybody sees it."""

    async def read() -> Held:
        said = (await model.ask(prompt)).answer
        return held(said, part, counted.lines, len(counted.templates))

    return Branch(key=prompt.key, title=prompt.title, work=read)


async def _combined(
    looked: _Looked, about: str, model: Model, sink: EventSink, limits: Limits
) -> tuple[str, list[Finding]]:
    """One overview and one list; without an answer to the merge, those of the parts."""
    findings = looked.findings
    if len(looked.held) < 2:  # noqa: PLR2004 - one needs no merge
        return looked.overview, findings
    listed = _listed(findings)
    prompt = _merge(listed, looked.held, about)
    said = await ask_one("merges", prompt, model, sink, describe=_merged, limits=limits)
    if said is None:
        return looked.overview, findings
    known = numbers_of(looked.shown.values()) | set(numbers(looked.overview))
    for each in findings:
        known |= {str(number) for number in (each.count, each.first.number, each.last.number)}
    whole = joined(listed, said.same, looked.shown) + findings[len(listed) :]
    return overview(said.overview, known) or looked.overview, ordered(whole, looked.shown)


def _listed(findings: Sequence[Finding]) -> list[Finding]:
    """As many of the first as one question holds."""
    room = _MERGE_MOST
    for number, finding in enumerate(findings):
        room -= tokens(_entry(number, finding))
        if room < 0:
            return list(findings[:number])
    return list(findings)


def _merge(findings: Sequence[Finding], parts: Sequence[Held], about: str) -> Prompt[Combined]:
    asked = f"The reader asks: {fenced(about)}\n" if about else ""
    listed = "\n".join(_entry(number, each) for number, each in enumerate(findings, 1))
    overviews = "\n".join(f"- {one_line(part.overview)}" for part in parts)
    return Prompt(
        key="merge-1",
        title="Merge",
        system=_MERGE,
        text=f"{asked}The findings:\n{fenced(listed)}\nThe overviews:\n{fenced(overviews)}",
        answer=Combined,
    )


def _entry(number: int, finding: Finding) -> str:
    said = one_line(f"{finding.title}: {finding.text}")
    where = f"{finding.count:,} lines, {finding.first.number:,} to {finding.last.number:,}"
    return f"[{number}] {finding.severity}, {where}: {said}"


def _top(findings: Sequence[Finding], templates: Sequence[Template]) -> tuple[Template, ...]:
    cited = dict.fromkeys(number for each in findings for number in each.templates)
    kept = set(list(cited)[:_CITED_MOST])
    frequent = sorted(templates, key=lambda each: (-each.count, each.number))[:TOP]
    kept |= {each.number for each in frequent}
    return tuple(each for each in templates if each.number in kept)


def _name(documents: Sequence[Document]) -> str:
    name = ", ".join(document.name for document in documents)
    return f"{name[:_NAME_MOST]}…" if len(name) > _NAME_MOST else name


def _said(part: Held) -> Said:
    found = len(part.findings)
    lines = tuple(f"{each.severity.capitalize()}: {each.title}" for each in part.findings)
    said = f"{found} finding{'' if found == 1 else 's'}"
    return Said(said, tuple(filter(None, (part.overview, *lines))))


def _merged(said: Combined) -> Said:
    groups = sum(len(group) > 1 for group in said.same)
    return Said(f"{groups} of the findings told twice" if groups else "nothing was told twice")
