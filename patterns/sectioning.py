"""
Give each helper its own part of the task, side by side; then put the parts together.

`section` is the chapter's: a topic and the names of its sections. The general form of its
first half is `fanout.ask_all`.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from patterns.asking import ask_all, ask_one
from patterns.errors import NothingToDo
from patterns.fanout import Limits, Said
from patterns.fence import DATA, fenced
from patterns.ports import SILENT, Answer, EventSink, Model, Prompt

_SECTION = (
    "Write one section of a larger text, on its own focus only; others write the rest. "
    f"Then list its key points, a sentence each. {DATA}"
)
_SYNTHESIS = f"Combine the sections into one coherent summary. Say nothing twice. {DATA}"


class SectionResult(BaseModel):
    """*key_points* are the section's own, a sentence each."""

    model_config = ConfigDict(frozen=True)

    section_name: str
    content: str
    key_points: tuple[str, ...] = ()


class SynthesizedResult(BaseModel):
    """*all_key_points* is the union of the sections', made in code: none can get lost."""

    model_config = ConfigDict(frozen=True)

    summary: str
    all_key_points: tuple[str, ...]
    section_count: int
    sections: tuple[SectionResult, ...] = ()
    missing: tuple[str, ...] = ()


class _Section(Answer):
    content: str
    key_points: list[str]


class _Synthesis(Answer):
    summary: str


async def section(
    topic: str,
    sections: Sequence[str],
    model: Model,
    *,
    quorum: int = 1,
    sink: EventSink = SILENT,
    limits: Limits = Limits(),
) -> SynthesizedResult:
    """
    Work out every section side by side, then summarize them together.

    Sections that failed are named in the result; fewer than *quorum* raise `QuorumMissed`.
    If only the synthesis fails, the sections' own texts stand in for it. Raises `NothingToDo`
    where no section is named.
    """
    if not sections:
        raise NothingToDo("There are no sections to write.")
    prompts = [_prompt(topic, n, name) for n, name in enumerate(sections, 1)]
    fanned = await ask_all(
        "sections", prompts, model, sink, describe=_said, quorum=quorum, limits=limits
    )
    results = tuple(
        SectionResult(
            section_name=prompt.title, content=part.content, key_points=tuple(part.key_points)
        )
        for prompt in prompts
        if (part := fanned.answers.get(prompt.key))
    )
    return SynthesizedResult(
        summary=await _synthesize(topic, results, model, sink, limits),
        all_key_points=tuple(dict.fromkeys(p for part in results for p in part.key_points)),
        section_count=len(results),
        sections=results,
        missing=tuple(f"{gap.title}: {gap.reason}" for gap in fanned.gaps),
    )


def _prompt(topic: str, number: int, name: str) -> Prompt[_Section]:
    return Prompt(
        key=f"section-{number}",
        title=name,
        system=_SECTION,
        text=f"Topic: {fenced(topic)}\nFocus of your section: {fenced(name)}",
        answer=_Section,
    )


async def _synthesize(
    topic: str, parts: Sequence[SectionResult], model: Model, sink: EventSink, limits: Limits
) -> str:
    text = "\n\n".join(f"## {part.section_name}\n{part.content}" for part in parts)
    prompt = Prompt(
        key="synthesis",
        title="Synthesis",
        system=_SYNTHESIS,
        text=f"Topic: {fenced(topic)}\n\nThe sections:\n{fenced(text)}",
        answer=_Synthesis,
    )
    answer = await ask_one(
        "syntheses",
        prompt,
        model,
        sink,
        describe=lambda answer: Said(answer.summary),
        limits=limits,
    )
    return answer.summary if answer else text


def _said(part: _Section) -> Said:
    points = len(part.key_points)
    return Said(f"{points} key point{'' if points == 1 else 's'}", (part.content,))
