"""One request over the client library, and its failures in the words of `patterns`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import httpx2
import openai

from bot.llm.ceiling import BodyTooLong
from bot.llm.faults import GARBLED, translated
from patterns.errors import ModelDenied, ModelError, ModelUnavailable

log = logging.getLogger(__name__)

Headers = Mapping[str, str]
Translate = Callable[[openai.OpenAIError], ModelError | ModelDenied]


class Posting:
    """*name* is the model's; *heard* is given the headers of every response."""

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        name: str,
        *,
        heard: Callable[[Headers], None] = lambda headers: None,
        translate: Translate = translated,
        seconds: float | None = None,
    ) -> None:
        self._client = client
        self._name = name
        self._heard = heard
        self._translate = translate
        self._seconds = seconds

    async def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        """Within *seconds*, or the client's own; raises `ModelError` or `ModelDenied`."""
        try:
            response = await self._posted(path, body)
        except openai.OpenAIError as err:
            if isinstance(err, openai.APIStatusError):
                self._heard(err.response.headers)
            ours = self._translate(err)
            log.info("%s: %s (request %s)", type(err).__name__, ours, _request_id(err))
            raise ours from err
        except (aiohttp.ClientError, OSError, BodyTooLong) as err:  # which the client lets through
            log.info("%s from %s", type(err).__name__, self._name)
            raise ModelUnavailable(GARBLED) from err
        self._heard(response.headers)
        return response

    async def _posted(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        """
        What the library's own methods send, without their two walks through the types.

        They cost half of a call's processor time, and would let broken bodies pass as answers.
        """
        options: openai.RequestOptions = {"security": {"bearer_auth": True}}
        if self._seconds is not None:
            options["timeout"] = self._seconds
        return await self._client.post(path, body=body, cast_to=httpx2.Response, options=options)

    def garbled(self, response: httpx2.Response) -> ModelUnavailable:
        """To be raised where *response* is none that anybody can read."""
        request = response.headers.get("x-request-id")
        log.warning("no answer came from %s (request %s)", self._name, request)
        return ModelUnavailable(GARBLED)


def _request_id(err: openai.OpenAIError) -> str | None:
    return err.request_id if isinstance(err, openai.APIStatusError) else None
