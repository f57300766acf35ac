"""Talks whose lines say of what kind they are, and a model that reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from patterns.errors import PatternError
from patterns.fanout import Limits
from patterns.fence import CLOSE, OPEN
from patterns.ports import SILENT, EventSink, Prompt
from patterns.recipes.summarize import (
    Digest,
    Findings,
    Kind,
    Overview,
    Summary,
    SummaryNotes,
    summarize,
)
from patterns.task import Depth, Message, Messages, Task
from patterns.testing import ScriptedModel
from tests.patterns.samples import talk

Line = Mapping[str, Any] | PatternError
Script = Callable[[Prompt[Any]], Line]

#: More than half of what one question of a deep summary holds, so that each stands in its own.
FILLING = " word" * 1_300

_LINE = re.compile(r"^\s*\[(\d+)\] (.+?): (.*)$", re.MULTILINE)
_FIRST = re.compile(r"(\w+): ([^.]+)\.")


def item(text: str, *lines: int, quote: str, speaker: str = "Ada", **fields: Any) -> dict[str, Any]:
    """A fact, nobody's and without a date, unless *fields* say otherwise."""
    rest = {"kind": Kind.FACT, "owner": None, "due": None, "confidence": 4, **fields}
    return {"text": text, "lines": list(lines), "quote": quote, "speaker": speaker, **rest}


def notes(*items: dict[str, Any], overview: Sequence[tuple[str, Sequence[int]]] = ()) -> Line:
    told = [{"text": text, "items": list(numbers)} for text, numbers in overview]
    return {"overview": told, "items": list(items)}


NOTHING = notes()
MERGED: Line = {"overview": [], "same": [], "conflicts": []}


def lines_of(prompt: Prompt[Any]) -> list[tuple[int, str, str]]:
    """Numbers, authors and texts of the lines that a part shows, and no others."""
    fences = re.findall(f"{OPEN}([^{CLOSE}]*){CLOSE}", prompt.text)
    shown = fences[prompt.text.startswith("The question: ")]
    return [(int(n), author, said) for n, author, said in _LINE.findall(shown)]


def read(prompt: Prompt[Any]) -> dict[str, Any]:
    """An item of every line that begins like "Decision: we ship on Friday."."""
    items = [
        item(found[2], number, quote=found[0], speaker=author, kind=found[1].lower())
        for number, author, said in lines_of(prompt)
        if (found := _FIRST.match(said)) and found[1].lower() in set(Kind)
    ]
    told = [{"text": item["text"], "items": [n]} for n, item in enumerate(items[:1], 1)]
    return {"overview": told, "items": items}


def asked(prompt: Prompt[Any]) -> str:
    """Which of the questions about a part it is: part, mend or missed."""
    return prompt.key.partition(".")[2] or "part"


def model(
    part: Script = read,
    *,
    mend: Script = lambda _: NOTHING,
    missed: Script = lambda _: NOTHING,
    merge: Script = lambda _: MERGED,
    check: Script = lambda _: {"findings": []},
    dense: Script = lambda _: {"overview": []},
    delay: float | Callable[[Prompt[Any]], float] = 0,
) -> ScriptedModel:
    scripts: Mapping[type[Any], Script] = {Digest: merge, Findings: check, Overview: dense}
    of_parts = {"part": part, "mend": mend, "missed": missed}

    def script(prompt: Prompt[Any]) -> Line:
        if prompt.answer is SummaryNotes:
            return of_parts[asked(prompt)](prompt)
        return scripts[prompt.answer](prompt)

    return ScriptedModel(script, delay=delay)


def long_talk(count: int, kind: Kind = Kind.DECISION, start: int = 1) -> tuple[Message, ...]:
    """Each message fills a part of a deep summary."""
    numbers = range(start, start + count)
    return talk(*(f"Ada: {kind.capitalize()}: we ship box {n}.{FILLING}" for n in numbers))


async def summary(
    model: ScriptedModel,
    messages: Messages,
    sink: EventSink = SILENT,
    *,
    limits: Limits = Limits(),
    **task: Any,
) -> Summary:
    return await summarize(Task(messages=messages, **task), model, sink, limits)


def texts(result: Summary) -> list[str]:
    """Of its points, in their order."""
    return [point.text for point in result.points]


DEEP = Depth.DEEP
