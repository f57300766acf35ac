"""What a summary asks for, and what the checkers of a deep one are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from patterns.fence import DATA, fenced, one_line
from patterns.items import Point, Sentence
from patterns.mapping import Aim
from patterns.merging import Told
from patterns.portions import Portions
from patterns.ports import Answer, Prompt
from patterns.recipes.summarize.summary import Kind, SummaryNotes
from patterns.task import Depth, Message, Task

#: Tokens of messages in one question, and up to how many all are one. Long questions are read
#: less carefully.
_SIZES: Mapping[Depth, tuple[int, int]] = MappingProxyType(
    {
        Depth.QUICK: (12_000, 12_000),
        Depth.NORMAL: (6_000, 12_000),
        Depth.DEEP: (3_000, 3_000),
    }
)
#: What a kind is worth beside the others.
WORTH: Mapping[str, float] = MappingProxyType(
    {
        Kind.DECISION: 1.0,
        Kind.ACTION: 0.9,
        Kind.RISK: 0.7,
        Kind.QUESTION: 0.6,
        Kind.DISAGREEMENT: 0.5,
        Kind.FACT: 0.2,
    }
)
_WANTED = (
    "List what somebody who was away must know: decisions, actions, open questions, disagreements, "
    "risks, facts."
)
#: Points that checkers are shown, and characters of each message that these rest on.
CHECKED_MOST, _WORDS_MOST = 60, 400

_CHECK = (
    "You check a summary before people read it. Its items are numbered, and under each stand the "
    "messages that it rests on. What you find must name the numbers of its items; finding nothing "
    f"is a good answer. {DATA}"
)
#: What each checker looks for (error types of QMSum-Mistake, arXiv 2407.11919; what is left out
#: is looked for in every part), by the name of its question.
CHECKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "unsupported": (
            "Looking for what nobody said",
            "Find items that say more than their messages do, or something else.",
        ),
        "speaker": (
            "Looking for wrong speakers",
            "Find items that put something into the mouth or the hands of the wrong person.",
        ),
        "repetition": (
            "Looking for repetitions",
            "Find items of one kind that say the same: a finding for each group of them.",
        ),
    }
)
_DENSE = (
    "You are given the overview of a summary and its numbered items. Write the overview again, at "
    "most as long: in the place of empty words, what matters most of the items. Each sentence with "
    "the numbers of the items that it rests on; names, numbers and dates are those of the items. "
)
_FOCUS = "It answers the question that stands in front. "


class Finding(Answer):
    """*items* are the numbers of those that it is about; *why* is a sentence."""

    items: list[int]
    why: str


class Findings(Answer):
    """What one checker found."""

    findings: list[Finding]


class Overview(Answer):
    """An overview, written again."""

    overview: list[Sentence]


def aim(task: Task) -> Aim[Kind]:
    return Aim(
        notes=SummaryNotes,
        wanted=_WANTED,
        about=task.text.strip(),
        twice=task.depth is Depth.DEEP,
    )


def portions(task: Task) -> Portions:
    cap, whole = _SIZES[task.depth]
    return Portions(cap=cap, whole=whole, cuts=task.cuts)


def check(name: str, points: Sequence[Point], cited: Mapping[str, Message]) -> Prompt[Findings]:
    """The question of one checker; all of them share its beginning."""
    title, wanted = CHECKS[name]
    listed = "\n".join(_shown(number, point, cited) for number, point in enumerate(points, 1))
    return Prompt(
        key=f"check-{name}",
        title=title,
        system=_CHECK,
        text=f"{fenced(listed)}\n\n{wanted}",
        answer=Findings,
    )


def dense(about: str, overview: Sequence[Told], points: Sequence[Point]) -> Prompt[Overview]:
    asked = f"The question: {fenced(about)}\n\n" if about else ""
    listed = [f"[{n}] {point.kind}: {one_line(point.text)}" for n, point in enumerate(points, 1)]
    told = [one_line(sentence.text) for sentence in overview]
    return Prompt(
        key="overview",
        title="Writing the overview again",
        system=_DENSE + (_FOCUS if about else "") + DATA,
        text=asked + fenced("\n".join([*told, "", *listed])),
        answer=Overview,
    )


def _shown(number: int, point: Point, cited: Mapping[str, Message]) -> str:
    fields = [
        f"said by {point.speaker}",
        f"to be done by {point.owner}" if point.owner else "",
        f"due {point.due}" if point.due else "",
    ]
    head = f"[{number}] {point.kind}: {point.text} ({'; '.join(filter(None, fields))})"
    said = [
        f"{message.author}: {one_line(message.text)[:_WORDS_MOST]}"
        for source in point.sources
        if (message := cited.get(source))
    ]
    return "\n    ".join(map(one_line, [head, *said]))
