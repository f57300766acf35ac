"""Small inputs and ballots that tests of several patterns share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from patterns.events import BranchDone, BranchFailed, BranchStarted
from patterns.fence import CLOSE, DATA, OPEN
from patterns.ports import Answer, Prompt
from patterns.task import Message
from patterns.testing import ListSink


class Word(Answer):
    """The smallest answer there is."""

    word: str


def question(key: str) -> Prompt[Word]:
    return Prompt(key=key, title=key.upper(), system="Say a word.", text=key, answer=Word)


def ballot(answer: str) -> Mapping[str, Any]:
    return {"answer": answer, "confidence": 0.5, "reasoning": "Because."}


def seat(prompt: Prompt[Any]) -> int:
    """The number at the end of the prompt's key, from 0."""
    return int(prompt.key.rpartition("-")[2]) - 1


def outside(prompt: Prompt[Any]) -> str:
    """What of the prompt is ours: its text without the fenced parts, which its system names."""
    assert prompt.system.endswith(DATA)
    return re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "…", prompt.text)


def talk(*lines: str, thread: str | None = None) -> tuple[Message, ...]:
    """A message a line, "Ada: text"; all in one thread if *thread* is given."""
    return tuple(
        Message(
            id=f"{thread or 'm'}{n}",
            thread=thread or f"m{n}",
            author=line.partition(": ")[0],
            text=line.partition(": ")[2],
            permalink=f"https://acme.test/{thread or 'm'}{n}",
        )
        for n, line in enumerate(lines, 1)
    )


def started(sink: ListSink) -> list[str]:
    return [event.branch for event in sink.events if isinstance(event, BranchStarted)]


def done(sink: ListSink) -> list[str]:
    return [event.branch for event in sink.events if isinstance(event, BranchDone)]


def failed(sink: ListSink) -> Sequence[BranchFailed]:
    return [event for event in sink.events if isinstance(event, BranchFailed)]
