"""Pages that a search of the web found: their addresses may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from bot.runs.pseudonyms import broken
from bot.runs.signs import clean
from bot.runs.vetting import Vetting
from patterns.ports import A, Model, Prompt, Reply

#: The fields of an answer in which an address is one that was found.
ADDRESSES = frozenset({"url", "urls", "link", "links"})


class Citing:
    """
    The outermost ring of a run's model: answers of before are heard, too.

    Who sends has left no address in such a field that no search found. An address anywhere else
    in the answer is the model's own word, and is not let through.

    What stands in a page like a pseudonym was typed there, and becomes nobody's name.
    """

    def __init__(self, model: Model, vetting: Vetting) -> None:
        self._model = model
        self._vetting = vetting

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        reply = await self._model.ask(prompt)
        if not prompt.search:
            return reply
        told = reply.answer.model_dump(mode="json")
        for address in _addresses(told):
            self._vetting.cited(address)
        return replace(reply, answer=reply.answer.model_validate(_typed(told)))


def _typed(value: object, field: str = "") -> object:
    """*value* with the words in it as those of whoever typed them; an address stays as it is."""
    match value:
        case str() if field not in ADDRESSES:
            return broken(clean(value))
        case dict():
            items = cast("dict[str, object]", value).items()
            return {name: _typed(each, name) for name, each in items}
        case list():
            return [_typed(each, field) for each in cast("list[object]", value)]
        case _:
            return value


def _addresses(value: object, field: str = "") -> Iterable[str]:
    match value:
        case str() if field in ADDRESSES:
            yield value
        case dict():
            for name, each in cast("dict[str, object]", value).items():
                yield from _addresses(each, name)
        case list():
            for each in cast("list[object]", value):
                yield from _addresses(each, field)
        case _:
            pass
