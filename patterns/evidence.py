"""What a claim is checked against: passages, who finds them, and what stands in which."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict


class Origin(StrEnum):
    """Where a passage was found."""

    CONVERSATION = "conversation"
    FILE = "file"
    WEB = "web"


class Passage(BaseModel):
    """
    *text* in its own words. *title* is a page's, a file's, or who wrote it.

    *link* leads a person there and *date* is the day it is from, as YYYY-MM-DD; each is empty
    where nobody knows.
    """

    model_config = ConfigDict(frozen=True)

    origin: Origin
    text: str
    title: str = ""
    link: str = ""
    date: str = ""


class Earlier(BaseModel):
    """What came of the same claim before: *outcome* in a recipe's own words, *date* as above."""

    model_config = ConfigDict(frozen=True)

    claim: str
    outcome: str
    agreed: int
    voters: int
    date: str


class Found(BaseModel):
    """
    What is at hand for a claim. *looked* says where, in words for people ("this thread").
    """

    model_config = ConfigDict(frozen=True)

    passages: tuple[Passage, ...] = ()
    looked: tuple[str, ...] = ()


class Evidence(Protocol):
    """Who looks near the place where a claim was made, with the rights of who asks."""

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        """
        One for each claim, in order; at most a few dozen passages each, the likeliest first.

        What cannot be read is left out, and *looked* says so: never an error of the run.
        """
        ...


class Nothing:
    """For who has nothing at hand."""

    async def nearby(self, claims: Sequence[str], /) -> Sequence[Found]:
        return [Found() for _ in claims]


NOTHING = Nothing()
