"""The model port, spoken to OpenAI or any server that understands its chat completions."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from typing import Any

import aiohttp
import httpx2
import openai
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.llm.faults import GARBLED, translated
from bot.llm.strict import response_format
from patterns.errors import AnswerUnusable, ModelError, ModelRefused, ModelUnavailable
from patterns.ports import A, Prompt, Reply
from patterns.usage import Usage

log = logging.getLogger(__name__)

_FENCE = re.compile(r"\A\s*```\w*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
#: Characters of a broken answer, and mistakes in it, that are shown to the model again.
_SHOWN_CHARACTERS, _SHOWN_MISTAKES = 4000, 5


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Message(_Wire):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Wire):
    message: _Message
    finish_reason: str | None = None


class _Tokens(_Wire):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Completion(_Wire):
    """The part of a response that we read; servers add a lot and leave out a lot."""

    choices: tuple[_Choice, ...] = Field(min_length=1)
    model: str | None = None
    usage: _Tokens | None = None

    @property
    def tokens(self) -> Usage:
        tokens = self.usage or _Tokens()
        return Usage(
            input_tokens=tokens.prompt_tokens or 0,
            output_tokens=tokens.completion_tokens or 0,
        )


class _Meter:
    """What one question has cost so far, whether an answer comes of it or not."""

    def __init__(self) -> None:
        self.total = Usage()


_Turn = dict[str, str]


class OpenAIModel:
    """*name* is the model's name on the server of *client*, which must not retry by itself."""

    def __init__(self, client: openai.AsyncOpenAI, name: str) -> None:
        self._client = client
        self._name = name

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        """An answer of the wrong shape is sent back once, to be put right."""
        meter = _Meter()
        try:
            return await self._answered(prompt, meter)
        except ModelError as err:
            err.usage += meter.total
            raise

    async def _answered(self, prompt: Prompt[A], meter: _Meter) -> Reply[A]:
        said = [_turn("system", prompt.system), _turn("user", prompt.text)]
        first = await self._complete(said, prompt, meter)
        text = _content(first)
        try:
            return self._reply(prompt, text, first, meter)
        except ValidationError as err:
            said += [_turn("assistant", text[:_SHOWN_CHARACTERS]), _correction(err, prompt)]
        second = await self._complete(said, prompt, meter)
        try:
            return self._reply(prompt, _content(second), second, meter)
        except ValidationError as err:
            log.warning("%s answered twice in the wrong shape", self._name)
            raise AnswerUnusable("the answer did not have the shape that was asked for") from err

    def _reply(
        self, prompt: Prompt[A], text: str, completion: _Completion, meter: _Meter
    ) -> Reply[A]:
        answer = prompt.answer.model_validate_json(_unfenced(text))
        return Reply(answer=answer, usage=meter.total, model=completion.model or self._name)

    async def _complete(
        self, messages: Sequence[_Turn], prompt: Prompt[Any], meter: _Meter
    ) -> _Completion:
        meter.total += Usage(calls=1)
        try:
            response = await self._send(
                {
                    "model": self._name,
                    "messages": messages,
                    "response_format": response_format(prompt.answer),
                }
            )
        except openai.OpenAIError as err:
            ours = translated(err)
            log.warning("%s: %s (request %s)", type(err).__name__, ours, _request_id(err))
            raise ours from err
        except (aiohttp.ClientError, OSError) as err:  # what the transport does not translate
            log.warning("%s from %s", type(err).__name__, self._name)
            raise ModelUnavailable(GARBLED) from err
        try:
            completion = _Completion.model_validate_json(response.content)
        except ValidationError as err:
            request = response.headers.get("x-request-id")
            log.warning("no completion came from %s (request %s)", self._name, request)
            raise ModelUnavailable(GARBLED) from err
        meter.total += completion.tokens
        return completion

    async def _send(self, body: dict[str, Any]) -> httpx2.Response:
        """
        What `chat.completions.create` sends, without its two walks through the types.

        They cost half of a call's processor time, and would let broken bodies pass as answers.
        """
        return await self._client.post(
            "/chat/completions",
            body=body,
            cast_to=httpx2.Response,
            options={"security": {"bearer_auth": True}},
        )


def _content(completion: _Completion) -> str:
    """The words of an answer that the model finished and stands by."""
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise ModelRefused("the model declined to answer")
    if choice.finish_reason == "length":
        raise AnswerUnusable("the answer was cut short")
    if not choice.message.content:
        raise ModelRefused("the model gave no answer")
    return choice.message.content


def _unfenced(text: str) -> str:
    fence = _FENCE.match(text)
    return fence[1] if fence else text


def _correction(err: ValidationError, prompt: Prompt[Any]) -> _Turn:
    mistakes = "; ".join(
        f"{'.'.join(map(str, mistake['loc'])) or 'the answer'}: {mistake['msg']}"
        for mistake in err.errors(include_url=False, include_input=False)[:_SHOWN_MISTAKES]
    )
    schema = json.dumps(response_format(prompt.answer)["json_schema"]["schema"])
    return _turn(
        "user",
        f"That does not have the right shape ({mistakes}). Answer again, with one JSON object "
        f"that meets this schema and nothing around it:\n{schema}",
    )


def _turn(role: str, content: str) -> _Turn:
    """Half a surrogate pair, which people can write, has no place in a request."""
    return {"role": role, "content": content.encode(errors="replace").decode()}


def _request_id(err: openai.OpenAIError) -> str | None:
    return err.request_id if isinstance(err, openai.APIStatusError) else None
