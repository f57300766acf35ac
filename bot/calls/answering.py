"""The model port: a question becomes a request, and what comes back its answer, or nothing."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from pydantic import ValidationError

from bot.calls.links import grounded
from bot.calls.port import Call, Completion, Turn
from bot.calls.sending import Sending, Tally
from bot.calls.trying import Trying
from bot.runs.ports import Errand
from patterns.errors import AnswerUnusable, ModelError
from patterns.ports import A, Prompt, Reply, schema_of

log = logging.getLogger(__name__)

_FENCE = re.compile(r"\A\s*```\w*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
#: Characters of a broken answer, and mistakes in it, that are shown to the model again.
_SHOWN_CHARACTERS, _SHOWN_MISTAKES = 4000, 5


class Answering:
    """Implements `patterns.ports.Model` for one errand. *most_output* is in tokens."""

    def __init__(
        self, trying: Trying, sending: Sending, errand: Errand, *, most_output: int
    ) -> None:
        self._trying = trying
        self._sending = sending
        self._errand = errand
        self._most_output = most_output

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """
        An answer of the wrong shape is sent back once, to be put right; never guessed at. One
        that was searched for links to pages that were found, and to no others.

        The reply and every `ModelError` hold what all requests took. What nobody is left to
        be told (the question was given up, or the run is over) goes to the errand's *lost*.
        """
        tally = Tally()
        try:
            return await self._answered(prompt, tally)
        except ModelError as err:
            err.usage = tally.total
            raise
        except BaseException:
            if tally.total.calls:
                self._errand.lost(prompt.key, tally.total)
            raise

    async def _answered(self, prompt: Prompt[A], tally: Tally) -> Reply[A]:
        said = (_turn("system", prompt.system), _turn("user", prompt.text))
        first = await self._send(prompt, said, tally)
        try:
            return self._reply(prompt, first, tally)
        except ValidationError as err:
            shown = _turn("assistant", first.text[:_SHOWN_CHARACTERS])
            said = (*said, shown, _correction(err, prompt))
        second = await self._send(prompt, said, tally)
        try:
            return self._reply(prompt, second, tally)
        except ValidationError as err:
            log.warning("%s answered twice in the wrong shape", self._sending.name)
            raise AnswerUnusable("the answer did not have the shape that was asked for") from err

    async def _send(self, prompt: Prompt[Any], said: tuple[Turn, ...], tally: Tally) -> Completion:
        call = Call(prompt=prompt, turns=said, most_output=self._most_output)
        return await self._trying.send(self._sending.order(call, self._errand, tally))

    def _reply(self, prompt: Prompt[A], completion: Completion, tally: Tally) -> Reply[A]:
        said = _unfenced(completion.text)
        if prompt.search:
            said = grounded(said, completion.found)
        answer = prompt.answer.model_validate_json(said)
        return Reply(answer=answer, usage=tally.total, model=completion.model)


def _unfenced(text: str) -> str:
    fence = _FENCE.match(text)
    return fence[1] if fence else text


def _correction(err: ValidationError, prompt: Prompt[Any]) -> Turn:
    mistakes = "; ".join(
        f"{'.'.join(map(str, mistake['loc'])) or 'the answer'}: {mistake['msg']}"
        for mistake in err.errors(include_url=False, include_input=False)[:_SHOWN_MISTAKES]
    )
    return _turn(
        "user",
        f"That does not have the right shape ({mistakes}). Answer again, with one JSON object "
        f"that meets this schema and nothing around it:\n{json.dumps(schema_of(prompt.answer))}",
    )


def _turn(role: str, content: str) -> Turn:
    """Half a surrogate pair, which people can write, has no place in a request."""
    return {"role": role, "content": content.encode(errors="replace").decode()}
