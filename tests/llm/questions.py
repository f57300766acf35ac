"""Questions as the recipes ask them, and every shape that they want answered."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel

from patterns.errors import ModelRefused
from patterns.fanout import Limits
from patterns.fence import fenced
from patterns.map_reduce import map_reduce
from patterns.ports import SILENT, A, Prompt, Reply
from patterns.recipes.brainstorm import Picks, Thoughts, brainstorm
from patterns.recipes.factcheck import Ballot, factcheck
from patterns.recipes.summarize import Digest, Notes, summarize
from patterns.sectioning import section
from patterns.task import Message, Task
from patterns.voting import VoteResult, vote

SHAPES: tuple[type[BaseModel], ...] = (Ballot, Notes, Digest, Thoughts, Picks, VoteResult)


def ballot(claim: str = "Bats are blind", *, key: str = "voter-1") -> Prompt[Ballot]:
    return Prompt(
        key=key, title="Skeptic", system="Vote.", text=f"Claim: {fenced(claim)}", answer=Ballot
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
    works = (
        factcheck(Task(text=text), listener, SILENT, Limits()),
        brainstorm(Task(text=text), listener, SILENT, Limits()),
        summarize(Task(messages=(said, said)), listener, SILENT, Limits()),
        vote(text, listener),
        map_reduce([("one", text)], listener),
        section(text, ["one"], listener),
    )

    async def hear() -> None:
        await asyncio.gather(*works, return_exceptions=True)

    asyncio.run(hear())
    return listener.heard
