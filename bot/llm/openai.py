"""Speaks to OpenAI, or to any server that understands its chat completions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import openai
from pydantic import Field, ValidationError

from bot.calls.port import Call, Completion
from bot.llm.posting import Headers, Posting
from bot.llm.strict import response_format
from bot.llm.wire import BESIDE, Count, Details, Wire, taken
from patterns.errors import AnswerUnusable, ModelError, ModelRefused
from patterns.usage import Usage

#: What OpenAI calls the longest answer, thoughts included; other servers know the older name.
MOST_OUTPUT, MOST_OUTPUT_ELSEWHERE = "max_completion_tokens", "max_tokens"


class _Message(Wire):
    content: str | None = None
    refusal: str | None = None


class _Choice(Wire):
    message: _Message
    finish_reason: str | None = None


class _Tokens(Wire):
    prompt_tokens: Count = None
    completion_tokens: Count = None
    prompt_tokens_details: Annotated[Details | None, BESIDE] = None


class _Completion(Wire):
    choices: tuple[_Choice, ...] = Field(min_length=1)
    model: Annotated[str | None, BESIDE] = None
    usage: Annotated[_Tokens | None, BESIDE] = None

    def taken(self) -> Usage:
        tokens = self.usage or _Tokens()
        cached = (tokens.prompt_tokens_details or Details()).cached_tokens
        spoke = bool(self.choices[0].message.content)
        return taken(tokens.prompt_tokens, cached, tokens.completion_tokens, spoke=spoke)


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
        self._posting = Posting(client, name, heard=heard)
        self._name = name
        self._most_output = most_output

    @property
    def name(self) -> str:
        return self._name

    async def send(self, call: Call, /) -> Completion:
        response = await self._posting.post(
            "/chat/completions",
            {
                "model": self._name,
                "messages": call.turns,
                "response_format": response_format(call.prompt.answer),
                self._most_output: call.most_output,
            },
        )
        try:
            completion = _Completion.model_validate_json(response.content)
        except ValidationError as err:
            raise self._posting.garbled(response) from err
        usage = completion.taken()
        text = _text(completion.choices[0], usage)
        return Completion(text=text, usage=usage, model=completion.model or self._name)


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
