"""Pages that a search of the web found: their addresses may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from bot.runs.vetting import Vetting
from patterns.ports import A, Model, Prompt, Reply

#: The fields of an answer in which an address is one that was found.
_ADDRESSES = frozenset({"url", "urls"})


class Citing:
    """
    The outermost ring of a run's model: answers of before are heard, too.

    Who sends has left no address in such a field that no search found. An address anywhere else
    in the answer is the model's own word, and is not let through.
    """

    def __init__(self, model: Model, vetting: Vetting) -> None:
        self._model = model
        self._vetting = vetting

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        reply = await self._model.ask(prompt)
        if prompt.search:
            for address in _addresses(reply.answer.model_dump(mode="json")):
                self._vetting.cited(address)
        return reply


def _addresses(value: object, field: str = "") -> Iterable[str]:
    match value:
        case str() if field in _ADDRESSES:
            yield value
        case dict():
            for name, each in cast("dict[str, object]", value).items():
                yield from _addresses(each, name)
        case list():
            for each in cast("list[object]", value):
                yield from _addresses(each, field)
        case _:
            pass
