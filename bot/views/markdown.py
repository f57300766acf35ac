"""A run as Markdown, for terminals and files: text of people and models is escaped there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from bot.runs.model import PeoplesVote, Run, Status
from bot.runs.money import dollars
from bot.views import extraction, logs, safety, summary_markdown, verdict_markdown
from bot.views.escaping import escaped
from bot.views.words import (
    DISCLAIMER,
    SIMULATED,
    counted,
    duration,
    estimated,
    simulated,
)
from patterns.recipes import Result
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.extract import Extraction
from patterns.recipes.factcheck import FactCheck
from patterns.recipes.logs import LogReport
from patterns.recipes.safety import SafetyReport
from patterns.recipes.summarize import Summary


def render(run: Run) -> str:
    """What came of *run*, in whole: result or failure, then what it is worth."""
    return "\n".join([*_outcome(run), "", "---", "", _footer(run), ""])


def _outcome(run: Run) -> Iterable[str]:
    match run.status:
        case Status.DONE:
            return (
                _result(run.result, run.people)
                if run.result
                else ["# Done", "", "The result is gone."]
            )
        case Status.FAILED:
            return ["# Failed", "", escaped(run.error or "No reason was written down.")]
        case Status.CANCELLED:
            return ["# Cancelled", "", "This run was cancelled before it had a result."]
        case Status.OPEN:
            return ["# Not over", "", "This run has no result yet."]
    assert_never(run.status)


def _result(result: Result, people: Sequence[PeoplesVote]) -> Iterable[str]:
    match result:
        case FactCheck():
            return verdict_markdown.render(result, people)
        case Summary():
            return summary_markdown.render(result)
        case IdeaList():
            return _ideas(result)
        case SafetyReport():
            return safety.render(result)
        case LogReport():
            return logs.render(result)
        case Extraction():
            return extraction.render(result)
    assert_never(result)


def _ideas(ideas: IdeaList) -> Iterator[str]:
    yield from ("# Ideas", "", f"> {escaped(ideas.problem)}", "")
    picked = {number: name for name, number in ideas.picks.items()}
    for idea in ideas.ideas:
        yield _idea(idea, picked.get(idea.number))
    if ideas.common:
        yield from ("", f"In common: {escaped(ideas.common)}")
    yield from _missing("Not heard", ideas.missing)


def _idea(idea: Idea, pick: str | None) -> str:
    mark = f" *({escaped(pick)})*" if pick else ""
    lenses = ", ".join(map(escaped, idea.lenses))
    return f"{idea.number}. **{escaped(idea.title)}**{mark}: {escaped(idea.pitch)} ({lenses})"


def _missing(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"## {heading}", "")
        yield from (f"- {escaped(line)}" for line in lines)


def _footer(run: Run) -> str:
    names = ", ".join(map(escaped, run.model_names)) or "No model answered"
    facts = [names, *_used(run)]
    if (took := duration(run)) is not None:
        facts.append(f"{took:.1f} s")
    facts.append(f"run {run.id}")
    if simulated(run):
        facts[-1] += f"  \n{SIMULATED}."
    elif run.status is not Status.FAILED:
        facts[-1] += f"  \n{DISCLAIMER}."
    return " · ".join(facts)


def _used(run: Run) -> Iterator[str]:
    usage = run.usage
    if run.status is Status.OPEN and run.estimate:
        yield estimated(run.estimate)
        return
    yield counted(usage.calls, "call")
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    yield f"{counted(usage.input_tokens, 'token')} in{cached}, {usage.output_tokens:,} out"
    if usage.cost:
        yield dollars(usage.cost)
    if run.reused:
        yield f"{counted(run.reused, 'answer')} from before"
