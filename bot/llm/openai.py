"""Speaks to OpenAI, or to any server that understands its chat completions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import aiohttp
import httpx2
import openai
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bot.calls.port import Call, Completion
from bot.llm.ceiling import BodyTooLong
from bot.llm.faults import GARBLED, translated
from bot.llm.strict import response_format
from patterns.errors import AnswerUnusable, ModelError, ModelRefused, ModelUnavailable
from patterns.usage import Usage

log = logging.getLogger(__name__)

#: What OpenAI calls the longest answer, thoughts included; other servers know the older name.
MOST_OUTPUT, MOST_OUTPUT_ELSEWHERE = "max_completion_tokens", "max_tokens"

Headers = Mapping[str, str]


def _or_none(said: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """What stands beside an answer and can't be read is no reason to throw the answer away."""
    try:
        return read(said)
    except ValidationError:
        return None


_BESIDE = WrapValidator(_or_none)
_Count = Annotated[int | None, _BESIDE]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Message(_Wire):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Wire):
    message: _Message
    finish_reason: str | None = None


class _Details(_Wire):
    cached_tokens: _Count = None


class _Tokens(_Wire):
    prompt_tokens: _Count = None
    completion_tokens: _Count = None
    prompt_tokens_details: Annotated[_Details | None, _BESIDE] = None


class _Completion(_Wire):
    """The part of a response that we read; servers add a lot and leave out a lot."""

    choices: tuple[_Choice, ...] = Field(min_length=1)
    model: Annotated[str | None, _BESIDE] = None
    usage: Annotated[_Tokens | None, _BESIDE] = None

    def taken(self) -> Usage:
        """
        Without `calls` where the server does not say.

        No question and no answer takes nothing; nobody has more from the cache than was read.
        """
        tokens = self.usage or _Tokens()
        read, written = max(0, tokens.prompt_tokens or 0), max(0, tokens.completion_tokens or 0)
        if not read or (self.choices[0].message.content and not written):
            return Usage()
        cached = (tokens.prompt_tokens_details or _Details()).cached_tokens or 0
        return Usage(
            calls=1,
            input_tokens=read,
            cached_tokens=min(max(0, cached), read),
            output_tokens=written,
        )


class OpenAISender:
    """
    *name* is the model's name on the server of *client*, which must not retry by itself.

    *heard* is given the headers of every response; *most_output* is the name of that field.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        name: str,
        *,
        heard: Callable[[Headers], None] = lambda headers: None,
        most_output: str = MOST_OUTPUT_ELSEWHERE,
    ) -> None:
        self._client = client
        self._name = name
        self._heard = heard
        self._most_output = most_output

    @property
    def name(self) -> str:
        return self._name

    async def send(self, call: Call, /) -> Completion:
        response = await self._sent(call)
        self._heard(response.headers)
        try:
            completion = _Completion.model_validate_json(response.content)
        except ValidationError as err:
            request = response.headers.get("x-request-id")
            log.warning("no completion came from %s (request %s)", self._name, request)
            raise ModelUnavailable(GARBLED) from err
        usage = completion.taken()
        text = _text(completion.choices[0], usage)
        return Completion(text=text, usage=usage, model=completion.model or self._name)

    async def _sent(self, call: Call) -> httpx2.Response:
        try:
            return await self._post(
                {
                    "model": self._name,
                    "messages": call.turns,
                    "response_format": response_format(call.prompt.answer),
                    self._most_output: call.most_output,
                }
            )
        except openai.OpenAIError as err:
            if isinstance(err, openai.APIStatusError):
                self._heard(err.response.headers)
            ours = translated(err)
            log.info("%s: %s (request %s)", type(err).__name__, ours, _request_id(err))
            raise ours from err
        except (aiohttp.ClientError, OSError, BodyTooLong) as err:  # which the client lets through
            log.info("%s from %s", type(err).__name__, self._name)
            raise ModelUnavailable(GARBLED) from err

    async def _post(self, body: dict[str, Any]) -> httpx2.Response:
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


def _text(choice: _Choice, usage: Usage) -> str:
    """The words of an answer that the model finished and stands by; others cost as much."""
    error: ModelError
    if choice.message.refusal or choice.finish_reason == "content_filter":
        error = ModelRefused("the model declined to answer", usage=usage)
    elif choice.finish_reason == "length":
        error = AnswerUnusable("the answer was cut short", usage=usage)
    elif not choice.message.content:
        error = ModelRefused("the model gave no answer", usage=usage)
    else:
        return choice.message.content
    raise error


def _request_id(err: openai.OpenAIError) -> str | None:
    return err.request_id if isinstance(err, openai.APIStatusError) else None
