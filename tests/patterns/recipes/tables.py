"""Tables for tests of an extraction, and a model that fills them in from its questions alone."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from patterns.fanout import Limits
from patterns.ports import SILENT, A, EventSink, Model, Prompt, Reply
from patterns.recipes.extract import Extraction, extract
from patterns.task import Document, Task

FIELDS = "name, amount: number, kind: paid|open"
_ROW = re.compile("^\\[(\\d+)\\] ⟦([^⟧]*)⟧", re.MULTILINE)

Answered = dict[str, Any]


def document(lines: Iterable[str], name: str = "list.csv") -> Document:
    async def read() -> AsyncGenerator[str]:
        for line in lines:
            yield line

    return Document(name=name, lines=read, link="https://acme.test/f1")


def table(count: int) -> list[str]:
    return [
        "name,amount,kind",
        *(f"Ann {n},{n}.5,{'paid' if n % 2 else 'open'}" for n in range(1, count + 1)),
    ]


def rows_of(prompt: Prompt[Any]) -> dict[int, str]:
    """What a question shows of each row, by number."""
    return {int(number): text for number, text in _ROW.findall(prompt.text)}


def filled(number: int, text: str) -> Answered:
    """The right answer to a row of `table`."""
    cells = dict(line.split(": ", 1) for line in text.split("\n"))
    return {
        "row": number,
        "v1_name": cells["name"],
        "v2_amount": float(cells["amount"]),
        "v3_kind": cells["kind"],
        "confidence": 5,
    }


def right(prompt: Prompt[Any]) -> Mapping[str, list[Answered]]:
    return {"rows": [filled(*row) for row in rows_of(prompt).items()]}


def wrong(
    change: Callable[[str, Answered], Answered | None],
) -> Callable[[Prompt[Any]], Mapping[str, list[Answered]]]:
    """Right answers, each *change*d by the key of its question; None leaves it out."""

    def script(prompt: Prompt[Any]) -> Mapping[str, list[Answered]]:
        changed = (change(prompt.key, row) for row in right(prompt)["rows"])
        return {"rows": [row for row in changed if row is not None]}

    return script


class Remembering:
    """As the ring of a run: an answer is kept by its key, for a question in the same words."""

    def __init__(self, model: Model) -> None:
        self.known: dict[str, tuple[str, str]] = {}
        self.model = model

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        fingerprint, kept = self.known.get(prompt.key, ("", ""))
        if fingerprint == prompt.fingerprint:
            return Reply(answer=prompt.answer.model_validate_json(kept))
        reply = await self.model.ask(prompt)
        self.known[prompt.key] = (prompt.fingerprint, reply.answer.model_dump_json())
        return reply


async def run(
    lines: Iterable[str],
    model: Model,
    sink: EventSink = SILENT,
    *,
    limits: Limits = Limits(),
    text: str = FIELDS,
    name: str = "list.csv",
    **changes: Any,
) -> Extraction:
    task = replace(Task(text=text, documents=[document(lines, name)]), **changes)
    return await extract(task, model, sink, limits)
