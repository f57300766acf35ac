"""Logs, and readers of them, that tests of the recipe share."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import Any

from patterns.errors import PatternError
from patterns.ports import Prompt
from patterns.recipes.logs.report import LogLine, Template
from patterns.task import Document

#: A day of a small server: twelve logins, four of them refused all at once, and one loss.
DAY = (
    *(f"2026-01-02 03:04:{n:02} INFO login ok user={n}" for n in range(8)),
    *(f"2026-01-02 03:05:{n:02} WARN login refused for admin from 10.0.0.{n}" for n in range(4)),
    "",
    "2026-01-02 03:06:00 ERROR disk sda1 lost 512 blocks",
)
LOGIN, REFUSED, LOST = 1, 2, 3


def document(*lines: str, name: str = "app.log", error: PatternError | None = None) -> Document:
    async def read() -> AsyncGenerator[str]:
        for line in lines:
            yield line
        if error:
            raise error

    return Document(name=name, lines=read, link=f"https://acme.test/{name}")


def finding(*templates: int, title: str = "Disk dies", **changes: Any) -> dict[str, Any]:
    said = {"severity": "error", "text": "Look at it.", "templates": list(templates)}
    return {"title": title, **said, **changes}


def answer(*findings: Mapping[str, Any], overview: str = "It is a server.") -> dict[str, Any]:
    return {"overview": overview, "findings": list(findings)}


def numbers(prompt: Prompt[Any]) -> list[int]:
    """Those of the templates that it shows."""
    return [int(number) for number in re.findall(r"^⟦?\[(\d+)\]", prompt.text, re.MULTILINE)]


def template(number: int = 1, text: str = "all is well", count: int = 1, **more: Any) -> Template:
    lines = {"first": LogLine(number=number, text=text), "last": LogLine(number=number, text=text)}
    return Template(number=number, text=text, count=count, **{**lines, **more})


def many(size: int, *, longer: int = 0) -> Iterable[str]:
    """As many lines of as many shapes, which have a word of their own each."""
    for number in range(size):
        yield " ".join(_word(number * 7919 % 100_003, k) for k in range(4 + number % 4 + longer))


def _word(number: int, place: int) -> str:
    return "".join(chr(97 + (number // 26**k + place) % 26) * 2 for k in range(5))


def known(templates: Sequence[Template]) -> dict[int, Template]:
    return {each.number: each for each in templates}
