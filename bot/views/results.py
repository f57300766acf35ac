"""Results in paragraphs of mrkdwn, before they are laid out in messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.runs.model import PeoplesVote
from bot.views import extraction, logs, safety, summary, verdict
from bot.views.mrkdwn import bold, line
from bot.views.told import Told
from bot.views.words import counted
from patterns.recipes import Result
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.extract import Extraction
from patterns.recipes.factcheck import FactCheck
from patterns.recipes.logs import LogReport
from patterns.recipes.safety import SafetyReport
from patterns.recipes.summarize import Summary

#: Ideas that stand on the card; the others follow in the thread.
TOP = 12
_TEXT_MOST = 500
_QUOTE_MOST = 300
_NAME_MOST = 80


def tell(result: Result, people: Sequence[PeoplesVote] = (), *, to_all: bool = False) -> Told:
    """
    *people* have voted on the claims of a fact-check. *to_all*: others than who asked for what
    concerns them alone read it, too.
    """
    match result:
        case FactCheck():
            return verdict.tell(result, people)
        case Summary():
            return summary.tell(result, to_all=to_all)
        case IdeaList():
            return _ideas(result)
        case SafetyReport():
            return safety.tell(result)
        case LogReport():
            return logs.tell(result)
        case Extraction():
            return extraction.tell(result)
    assert_never(result)


def _ideas(found: IdeaList) -> Told:
    problem = f"*Problem*: {line(found.problem, _TEXT_MOST)}"
    by_number = {idea.number: idea for idea in found.ideas}
    picks = [
        f"*{line(name.capitalize(), _NAME_MOST)}*: {_titled(by_number[number])}"
        for name, number in found.picks.items()
        if number in by_number
    ]
    common = [f"*In common*: {line(found.common, _TEXT_MOST)}"] if found.common else []
    lenses = len({lens for idea in found.ideas for lens in idea.lenses})
    rest = found.ideas[TOP:]
    return Told(
        headline=f"💡 {counted(len(found.ideas), 'idea')} from {counted(lenses, 'point')} of view",
        gist=problem,
        short=(problem, *picks, *common),
        top=(problem, *picks, *common, *map(_idea, found.ideas[:TOP])),
        more=tuple(map(_idea, rest)),
        rest=counted(len(rest), "more idea") if rest else "",
        notes=tuple(f"No answer from {line(each, _QUOTE_MOST)}" for each in found.missing),
    )


def _titled(idea: Idea) -> str:
    return f"{idea.number}. {line(idea.title, _NAME_MOST)}"


def _idea(idea: Idea) -> str:
    credit = line(", ".join(idea.lenses), 2 * _NAME_MOST)
    title = bold(f"{idea.number}. {idea.title}", 2 * _NAME_MOST)
    return f"{title}: {line(idea.pitch, _TEXT_MOST)} ({credit})"
