"""Questions as the recipes ask them, and every shape that they want answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from pydantic import BaseModel

from patterns.errors import ModelRefused
from patterns.fanout import Limits
from patterns.fence import fenced
from patterns.fields import answer_of, wanted
from patterns.map_reduce import map_reduce
from patterns.merging import Digest
from patterns.ports import SILENT, A, Answer, Prompt, Reply
from patterns.recipes.brainstorm import Picks, Thoughts, brainstorm
from patterns.recipes.factcheck import factcheck
from patterns.recipes.factcheck.ballots import Ballot as PanelBallot
from patterns.recipes.factcheck.ballots import Entailment, second_look
from patterns.recipes.factcheck.claims import Statements
from patterns.recipes.factcheck.gathering import Pages as FoundPages
from patterns.recipes.logs.recipe import Combined, logs
from patterns.recipes.logs.report import Observations
from patterns.recipes.safety import SafetyBallot, safety
from patterns.recipes.summarize import SummaryNotes, summarize
from patterns.recipes.summarize.questions import Findings, Overview
from patterns.sectioning import section
from patterns.task import Document, Message, Task
from patterns.voting import VoteResult, vote
from tests.calls.road import Ballot

SHAPES: tuple[type[BaseModel], ...] = (
    PanelBallot,
    Statements,
    Entailment,
    FoundPages,
    SummaryNotes,
    Digest,
    Findings,
    Overview,
    Observations,
    Combined,
    answer_of(wanted("name, amount: number, kind: a|b, paid: yes/no, due: date")),
    Thoughts,
    Picks,
    SafetyBallot,
    VoteResult,
)


def ballot(claim: str = "Bats are blind", *, key: str = "voter-1") -> Prompt[Ballot]:
    return Prompt(
        key=key, title="Skeptic", system="Vote.", text=f"Claim: {fenced(claim)}", answer=Ballot
    )


class Page(Answer):
    text: str
    url: str


class Pages(Answer):
    """What a search of the web is answered with."""

    passages: list[Page]
    enough: bool


def search(query: str = "bats", *, key: str = "search-1") -> Prompt[Pages]:
    return Prompt(
        key=key, system="Search.", text=f"Query: {fenced(query)}", answer=Pages, search=True
    )


class _Listener:
    """A model that only listens: it refuses every question, and keeps it."""

    def __init__(self) -> None:
        self.heard: list[Prompt[Any]] = []

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        self.heard.append(prompt)
        raise ModelRefused("only listening")


def asked_for(text: str) -> list[Prompt[Any]]:
    """The first questions of every recipe and pattern about *text*."""
    listener = _Listener()
    said = Message(id="1", thread="1", author="Ann", text=text)

    async def lines() -> AsyncIterator[str]:
        for line in text.split("\n"):
            yield line

    works = (
        factcheck(Task(text=text), listener, SILENT, Limits()),
        factcheck(Task(text=f"{text}. The moon is far.", web=True), listener, SILENT, Limits()),
        brainstorm(Task(text=text), listener, SILENT, Limits()),
        safety(Task(text=text), listener, SILENT, Limits()),
        summarize(Task(messages=(said, said)), listener, SILENT, Limits()),
        summarize(Task(messages=(said,), text=text), listener, SILENT, Limits()),
        logs(Task(documents=(Document(name="a.log", lines=lines),)), listener, SILENT, Limits()),
        vote(text, listener),
        map_reduce([("one", text)], listener),
        section(text, ["one"], listener),
    )

    async def hear() -> None:
        await asyncio.gather(*works, return_exceptions=True)

    asyncio.run(hear())
    return [*listener.heard, second_look("look", text, text)]
