"""The honest stand-in for a model: no network, no key, no thought, and it says so."""

from __future__ import annotations

import asyncio
import math
from statistics import NormalDist

from pydantic import ValidationError

from bot.calls.port import Call, Completion
from bot.llm.filling import Filling
from bot.llm.material import roll
from bot.runs.model import SIMULATED_MODEL
from patterns.errors import AnswerUnusable
from patterns.ports import schema_of
from patterns.usage import Usage

NAME = SIMULATED_MODEL

_FASTEST, _USUAL, _SLOWEST = 0.8, 1.4, 3.0
_SPREAD = NormalDist(math.log(_USUAL), 0.4)


class SimulatedSender:
    """
    Answers by the words of the question alone, the same every time.

    *pace* multiplies the time that an answer takes, which is 0.8 to 3 s; 0 is at once.
    """

    name = NAME

    def __init__(self, *, pace: float = 1) -> None:
        self._pace = pace

    async def send(self, call: Call, /) -> Completion:
        """Raises `AnswerUnusable` for a shape that cannot be filled by names and types."""
        prompt = call.prompt
        await asyncio.sleep(seconds(prompt.key, prompt.text) * self._pace)
        filling = Filling(
            schema_of(prompt.answer), prompt.text, seat=prompt.key, title=prompt.title
        )
        try:
            answer = prompt.answer.model_validate(filling.answer())
        except ValidationError as err:
            cannot = "the simulated model cannot fill in this answer"
            raise AnswerUnusable(cannot, usage=Usage(calls=1)) from err
        text = answer.model_dump_json()
        read = (len(prompt.system) + len(prompt.text)) // 4
        usage = Usage(calls=1, input_tokens=read, output_tokens=len(text) // 4)
        return Completion(text=text, usage=usage, model=NAME)


def seconds(key: str, text: str) -> float:
    """How long a real model might take: most often 1.4 s, now and then up to 3 s."""
    share = (roll(key, text, "time") % 9998 + 1) / 10_000
    return min(_SLOWEST, max(_FASTEST, math.exp(_SPREAD.inv_cdf(share))))
