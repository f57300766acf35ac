"""Several models behind the one port: neighbours on a panel are asked different ones."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.calls.prices import Price
from bot.runs.ports import Errand
from patterns.errors import ModelDenied, ModelRefused, ModelUnavailable
from patterns.ports import A, Model, Prompt, Reply

log = logging.getLogger(__name__)

Rings = Callable[[Errand], Model]


@dataclass(frozen=True, kw_only=True)
class Voice:
    """One model that is asked, and how: *searching* is None where it does not search the web."""

    name: str
    price: Price
    asking: Rings
    searching: Rings | None = None


class Several:
    """
    Implements `patterns.ports.Model` for one errand; seat by seat it is the next one's turn.

    Who was denied is not asked again. Questions without a seat of their own, those of seat 0, are
    for the first one that is not.
    """

    def __init__(self, voices: Sequence[Voice], errand: Errand) -> None:
        self._names = [voice.name for voice in voices]
        self._asking = [voice.asking(errand) for voice in voices]
        self._searching = [voice.searching(errand) if voice.searching else None for voice in voices]
        self._denied: dict[int, ModelDenied] = {}
        self._never_searching: set[int] = set()

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """
        Where one of several models is denied its own seats fail alone, as if it were away.

        Raises `ModelDenied` once all of them are; of a search, `ModelRefused`: who may not search
        may still answer.
        """
        return await (self._search(prompt) if prompt.search else self._answer(prompt))

    async def _answer(self, prompt: Prompt[A]) -> Reply[A]:
        turns = self._turns(prompt)
        for turn in turns:
            if turn in self._denied:
                continue
            try:
                return await self._asking[turn].ask(prompt)
            except ModelDenied as err:
                if turn not in self._denied and len(self._names) > 1:
                    log.warning("%s is denied and not asked again: %s", self._names[turn], err)
                self._denied[turn] = err
        why = self._denied[turns[0]]
        if len(self._denied) == len(self._names):
            raise ModelDenied(str(why)) from why
        raise ModelUnavailable(f"{self._names[turns[0]]} cannot be asked") from why

    async def _search(self, prompt: Prompt[A]) -> Reply[A]:
        able = [(turn, model) for turn in self._turns(prompt) if (model := self._searching[turn])]
        if not able:
            raise ModelRefused("web search is not switched on for this model")
        for turn, model in able:
            if turn in self._never_searching or turn in self._denied:
                continue
            try:
                return await model.ask(prompt)
            except ModelDenied as err:
                if turn not in self._never_searching:
                    log.warning("%s may not search the web: %s", self._names[turn], err)
                self._never_searching.add(turn)
        raise ModelRefused("this key may not search the web")

    def _turns(self, prompt: Prompt[A]) -> Sequence[int]:
        count = len(self._names)
        return [prompt.seat % count] if prompt.seat else range(count)
