"""The honest stand-in for a model: no network, no key, no thought, and it says so."""

from __future__ import annotations

import asyncio
import math
from statistics import NormalDist

from pydantic import ValidationError

from bot.llm.filling import Filling
from bot.llm.material import roll
from bot.runs.model import SIMULATED_MODEL
from patterns.errors import AnswerUnusable
from patterns.ports import A, Prompt, Reply, schema_of
from patterns.usage import Usage

NAME = SIMULATED_MODEL

_FASTEST, _USUAL, _SLOWEST = 0.8, 1.4, 3.0
_SPREAD = NormalDist(math.log(_USUAL), 0.4)


class SimulatedModel:
    """
    Answers by the words of the question alone, the same every time.

    *pace* multiplies the time that an answer takes, which is 0.8 to 3 s; 0 is at once.
    """

    def __init__(self, *, pace: float = 1) -> None:
        self._pace = pace

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """Raises `AnswerUnusable` for a shape that cannot be filled by names and types."""
        await asyncio.sleep(seconds(prompt.key, prompt.text) * self._pace)
        filling = Filling(
            schema_of(prompt.answer), prompt.text, seat=prompt.key, title=prompt.title
        )
        try:
            answer = prompt.answer.model_validate(filling.answer())
        except ValidationError as err:
            raise AnswerUnusable("the simulated model cannot fill in this answer") from err
        usage = Usage(
            calls=1,
            input_tokens=(len(prompt.system) + len(prompt.text)) // 4,
            output_tokens=len(answer.model_dump_json()) // 4,
        )
        return Reply(answer=answer, usage=usage, model=NAME)


def seconds(key: str, text: str) -> float:
    """How long a real model might take: most often 1.4 s, now and then up to 3 s."""
    share = (roll(key, text, "time") % 9998 + 1) / 10_000
    return min(_SLOWEST, max(_FASTEST, math.exp(_SPREAD.inv_cdf(share))))
