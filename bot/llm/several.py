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
    """Implements `patterns.ports.Model` for one errand; seat by seat it is the next one's turn."""

    def __init__(self, voices: Sequence[Voice], errand: Errand) -> None:
        self._names = [voice.name for voice in voices]
        self._asking = [voice.asking(errand) for voice in voices]
        self._searching = [voice.searching(errand) if voice.searching else None for voice in voices]
        self._denied: set[int] = set()

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """
        Where one of several models is denied its own questions fail alone, as if it were away.

        Raises `ModelDenied` once all of them are.
        """
        turn = prompt.seat % len(self._names)
        model = self._searching[turn] if prompt.search else self._asking[turn]
        if model is None:
            raise ModelRefused("web search is not switched on for this model")
        try:
            return await model.ask(prompt)
        except ModelDenied as err:
            self._denied.add(turn)
            if len(self._denied) == len(self._names):
                raise
            name = self._names[turn]
            log.warning("%s is denied, the others are asked: %s", name, err)
            raise ModelUnavailable(f"{name} cannot be asked") from err
