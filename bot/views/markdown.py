"""
A run as Markdown, for terminals and files.

Text of people and models is foreign here: `one_line` takes out what could drive a terminal,
`escaped` what Markdown would read as more than words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never
from urllib.parse import urlsplit

from bot.runs.model import Run, Status
from bot.runs.money import dollars
from bot.views.words import (
    DISCLAIMER,
    KINDS,
    SIMULATED,
    among,
    counted,
    duration,
    estimated,
    partly,
    simulated,
)
from patterns.recipes import IdeaList, Summary, Verdict
from patterns.recipes.brainstorm import Idea
from patterns.recipes.factcheck import Label
from patterns.recipes.summarize import Point

#: Whole sequences first, or their tails ("[31m", a window's title) would stay as text.
_SEQUENCE = re.compile(
    r"""
    (?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]                      # CSI: colours, cursor
    | (?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f]).*?(?:\x07|\x9c|\x1b\\|$)  # OSC, DCS, …: to their end
    | \x1b[ -/]*[0-~]                                     # the two-character ones
    """,
    re.VERBOSE | re.DOTALL,
)
#: Turning the direction of text, and tags that nobody sees.
_HIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_DEAD = frozenset({"Cc", "Cs"})  # controls, and halves of characters
#: Underscores inside a word mean nothing, and stay as people would copy them.
_SPECIAL = re.compile(r"[\\`*\[\]<>&~|]|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = re.compile(r"^(\d*)([-+=#.)])")


def one_line(text: str) -> str:
    """*text* in one line that no terminal takes for an order."""
    shown = _HIDDEN.sub("", _SEQUENCE.sub("", text))
    signs = (sign for sign in shown if sign.isspace() or unicodedata.category(sign) not in _DEAD)
    return " ".join("".join(signs).split())


def escaped(text: str) -> str:
    """*text* in one line of Markdown that shows just these words, wherever it is put."""
    safe = _SPECIAL.sub(r"\\\g<0>", one_line(text))
    return _BLOCK.sub(r"\1\\\2", safe)


def render(run: Run) -> str:
    """What came of *run*, in whole: result or failure, then what it is worth."""
    return "\n".join([*_outcome(run), "", "---", "", _footer(run), ""])


def _outcome(run: Run) -> Iterable[str]:
    match run.status:
        case Status.DONE:
            return _result(run.result) if run.result else ["# Done", "", "The result is gone."]
        case Status.FAILED:
            return ["# Failed", "", escaped(run.error or "No reason was written down.")]
        case Status.CANCELLED:
            return ["# Cancelled", "", "This run was cancelled before it had a result."]
        case Status.OPEN:
            return ["# Not over", "", "This run has no result yet."]
    assert_never(run.status)


def _result(result: Verdict | Summary | IdeaList) -> Iterable[str]:
    match result:
        case Verdict():
            return _verdict(result)
        case Summary():
            return _summary(result)
        case IdeaList():
            return _ideas(result)
    assert_never(result)


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield f"# {_words(verdict.label).capitalize() if verdict.label else 'No majority'}"
    yield from ("", f"> {escaped(verdict.claim)}", "")
    if verdict.label is None:
        yield from ("The panel does not agree.", "")
    counts = verdict.counts.items()
    said = ", ".join(f"{count} {_words(label)}" for label, count in counts if count)
    answered = among(len(verdict.votes), verdict.asked, "voter")
    yield f"{answered} answered: {said or 'no vote'}."
    yield ""
    for vote in verdict.votes:
        yield f"- **{escaped(vote.seat)}** ({_words(vote.label)}): {escaped(vote.reason)}"
    yield from _missing("No vote", verdict.missing)
    yield from ("", "Model knowledge only: no sources were searched.")


def _summary(summary: Summary) -> Iterator[str]:
    yield from (f"# {_headline(summary)}", "", escaped(summary.overview))
    for kind, heading in KINDS.items():
        points = [point for point in summary.points if point.kind is kind]
        if points:
            yield from ("", f"## {heading}", "")
            yield from map(_point, points)
    unread = [f"{part.part} ({part.link}): {part.reason}" for part in summary.unread]
    yield from _missing("Not read", unread)
    yield from ("", _coverage(summary))


def _headline(summary: Summary) -> str:
    return partly(summary) if summary.partial else "Summary"


def _point(point: Point) -> str:
    where = ", ".join(_link(number, link) for number, link in enumerate(point.links, 1))
    quoted = "" if point.is_quote else f": “{escaped(point.quote)}”"
    return f"- {escaped(point.text)} ({escaped(point.speaker)}{quoted}, {where})"


def _link(number: int, link: str) -> str:
    """A permalink becomes a numbered link; a place in a file stands as it is."""
    clean = one_line(link)
    try:
        followed = urlsplit(clean).scheme in {"http", "https"}
    except ValueError:
        followed = False
    if followed and not set(clean) & set(" <>\\"):
        return f"[{number}](<{clean}>)"
    return escaped(clean)


def _coverage(summary: Summary) -> str:
    threads = f", {counted(summary.threads, 'thread')}" if summary.threads else ""
    told = [f"Read {among(summary.read, summary.messages, 'message')}{threads}."]
    if summary.stopped:
        told.append(f"Reading stopped there: {escaped(summary.stopped)}.")
    if summary.unread and summary.parts:
        unread = summary.unread_parts or len(summary.unread)
        told.append(f"{among(unread, summary.parts, 'part')} could not be read.")
    if summary.dropped:
        items = "item was" if summary.dropped == 1 else "items were"
        why = "quote or message numbers did not hold"
        told.append(f"{summary.dropped} {items} dropped: {why}.")
    if summary.cut:
        told.append(f"{counted(summary.cut, 'point')} left out: too many for one summary.")
    return " ".join(told)


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


def _words(label: Label) -> str:
    return label.replace("_", " ")
