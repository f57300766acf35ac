"""One request to a model's server, and who sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.runs.ports import Errand
from patterns.ports import Prompt
from patterns.usage import Usage

#: Looks at the web that one request may take: what a server is told, and money set aside for.
MOST_SEARCHES = 3

#: {"role": …, "content": …}
Turn = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Call:
    """
    One request. *prompt* is the question that it serves: its key, the shape of its answer.

    *most_output* tokens are what the answer may be long, thoughts included; the server is told.
    """

    prompt: Prompt[Any]
    turns: tuple[Turn, ...]
    most_output: int


@dataclass(frozen=True, kw_only=True)
class Completion:
    """
    What came back: *text* as the model wrote it, and what the server says it took.

    *usage* is one call, or has no `calls` where the server did not say: then nobody knows.
    *found* are the addresses of the pages that it found where it was asked to search the web.
    """

    text: str
    usage: Usage
    model: str
    found: frozenset[str] = frozenset()


class Sender(Protocol):
    """Speaks to one model of one server with one key: what limits and prices are counted for."""

    @property
    def name(self) -> str: ...

    async def send(self, call: Call, /) -> Completion:
        """
        Send one request, once.

        Raises `ModelError` or `ModelDenied`. The usage of the error is what the server told, or
        one call where it surely answered nothing; without `calls` where nobody knows.
        """
        ...


class Admission(Protocol):
    """A place among the requests in flight. Leave it exactly once."""

    def leave(self, *, tokens: int | None, ok: bool = True) -> None:
        """
        The request is over. *tokens* is what it took, None where nobody knows.

        *ok* is False where no answer came of it.
        """
        ...

    def busy(self, retry_after: float | None) -> None:
        """Leave, since the server refused: too much was asked of it (429, 529)."""
        ...


class Gate(Protocol):
    """Keeps the limits of one server, model and key, and shares them out."""

    async def enter(
        self, errand: Errand, key: str, tokens: int, /, *, refused: int = 0
    ) -> Admission:
        """
        Wait for a turn for a request of about *tokens*, and tell the branch *key* of the wait.

        Time spent here is off the branch's clock. Raises `ModelBusy` where the server asks for
        a longer wait than any run should make, or where it has *refused* this question so often
        that it is not too many requests that it minds.
        """
        ...

    def enter_now(self, tokens: int, /) -> Admission | None:
        """A turn if there is room to spare and nobody waits; else None."""
        ...
