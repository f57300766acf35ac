"""What a pattern needs from the world. Nothing here knows who provides it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from patterns.events import Event
from patterns.usage import Usage


class Answer(BaseModel):
    """
    Base of every shape that a model fills in.

    No extra fields and no defaults: that is what "strict" means in the JSON schemas of
    model servers, so give every field and make the optional ones `| None`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=BaseModel)


@lru_cache(maxsize=256)
def schema_of(answer: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema that an answer of this type must meet."""
    return answer.model_json_schema()


@lru_cache(maxsize=256)
def _shape(answer: type[BaseModel]) -> str:
    return json.dumps(schema_of(answer))


@dataclass(frozen=True, kw_only=True)
class Prompt(Generic[A]):
    """
    One question. *key* names it, and the branch that asks it, inside its run.

    What questions have in common belongs first (*system*, then the start of *text*):
    providers bill a repeated beginning less.

    Of several models neighbours by *seat* are asked different ones. *search*: whoever answers may
    search the web for it; the links of such an answer are those of pages that were found.
    """

    key: str
    system: str
    text: str
    answer: type[A]
    title: str = ""
    seat: int = 0
    search: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """Equal for the same question in the same words: what an answer may be reused for."""
        parts = [self.system, self.text, _shape(self.answer)]
        parts += [f"seat {self.seat}"] if self.seat else []
        parts += ["search"] if self.search else []
        return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Reply(Generic[A]):
    """An answer, what it cost, and the name of the model that gave it."""

    answer: A
    usage: Usage = Usage()
    model: str = ""


class Model(Protocol):
    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """Answer, or raise a `ModelError` (this question) or `ModelDenied` (any question)."""
        ...


class EventSink(Protocol):
    def emit(self, event: Event, /) -> None:
        """Take note and return at once: a branch never waits for who listens to it."""
        ...


class Silence:
    """A sink for callers that do not listen."""

    def emit(self, event: Event, /) -> None: ...


SILENT = Silence()
