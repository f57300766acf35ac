"""What a model's server may do with one call, from a good answer to a bad silence."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.model_searches import response
from tests.fakes.schema_filler import fill


@dataclass(frozen=True, kw_only=True)
class Asked:
    """
    One call as it arrived: *number* counts from 1, *prompt* is the hash of its messages.

    *searches*: it may search the web for it, and is answered as the Responses API answers.

    *tokens* is how long they are, *cached* how much of them was read before; *most* is what the
    answer may be long, if the client said so; *body* is the request as it came.
    """

    number: int
    model: str
    messages: tuple[Mapping[str, str], ...]
    schema: Mapping[str, Any]
    prompt: str
    tokens: int = 0
    cached: int = 0
    most: int | None = None
    searches: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        """What the user said first."""
        return next((m["content"] for m in self.messages if m["role"] == "user"), "")

    @property
    def repairs(self) -> bool:
        """The client came back with an answer that it could not use."""
        return any(m["role"] == "assistant" for m in self.messages)

    def answer(self) -> str:
        """The schema filled in from the text, the same for the same question."""
        return json.dumps(fill(self.schema, self.text), ensure_ascii=False)


#: What a script decides for one call: how to respond, or None for the good answer.
Turn = Callable[[web.Request, Asked], Awaitable[web.StreamResponse]]
Script = Callable[[Asked], Turn | None]


def good(_: Asked) -> Turn | None:
    """The script of a server that always answers."""
    return None


def completion(asked: Asked, content: str | None, **message: Any) -> dict[str, Any]:
    """A whole response body; *finish_reason* and *refusal* may be given."""
    if asked.searches:
        return response(asked, content, **message)
    finish = message.pop("finish_reason", "stop")
    said = {"role": "assistant", "content": content, **message}
    tokens = {"prompt_tokens": asked.tokens, "completion_tokens": len(content or "") // 4}
    return {
        "id": f"chatcmpl-{asked.number}",
        "object": "chat.completion",
        "created": 0,
        "model": f"{asked.model}-served",
        "choices": [{"index": 0, "message": said, "finish_reason": finish}],
        "usage": {
            **tokens,
            "total_tokens": sum(tokens.values()),
            "prompt_tokens_details": {"cached_tokens": asked.cached},
        },
    }


def says(content: str | None, **message: Any) -> Turn:
    """Answers with *content*, whatever it is."""

    async def turn(_: web.Request, asked: Asked) -> web.Response:
        return web.json_response(completion(asked, content, **message))

    return turn


def malformed() -> Turn:
    """Breaks off a good answer in the middle, and thinks that it is whole."""

    async def turn(_: web.Request, asked: Asked) -> web.Response:
        half = asked.answer()[: len(asked.answer()) // 2]
        return web.json_response(completion(asked, half))

    return turn


def refuses() -> Turn:
    """Declines, politely."""
    return says(None, refusal="I would rather not.")


def truncated() -> Turn:
    """Stops in the middle of a good answer, as at a limit of tokens."""

    async def turn(_: web.Request, asked: Asked) -> web.Response:
        half = asked.answer()[: len(asked.answer()) // 2]
        return web.json_response(completion(asked, half, finish_reason="length"))

    return turn


def fenced() -> Turn:
    """A good answer inside a Markdown code fence."""

    async def turn(_: web.Request, asked: Asked) -> web.Response:
        return web.json_response(completion(asked, f"```json\n{asked.answer()}\n```"))

    return turn


def sends(body: bytes | str, *, status: int = 200, kind: str = "application/json") -> Turn:
    """Sends these bytes as they are."""
    raw = body.encode() if isinstance(body, str) else body

    async def turn(_: web.Request, _asked: Asked) -> web.Response:
        return web.Response(body=raw, status=status, content_type=kind)

    return turn


def fails(status: int, code: str | None = None, *, text: str = "", **headers: str) -> Turn:
    """An error as OpenAI words it; *headers* in snake case (`retry_after="2"`)."""
    error = {"message": text or "something about your request", "type": code, "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def turn(_: web.Request, _asked: Asked) -> web.Response:
        return web.json_response({"error": error}, status=status, headers=named)

    return turn


def resets() -> Turn:
    """Drops the connection without an answer."""

    async def turn(request: web.Request, _: Asked) -> web.StreamResponse:
        if request.transport:
            request.transport.abort()
        return web.Response()

    return turn


def hangs() -> Turn:
    """Never answers; ends when the client goes away."""

    async def turn(request: web.Request, _: Asked) -> web.StreamResponse:
        while request.transport and not request.transport.is_closing():
            await asyncio.sleep(0.01)
        return web.Response()

    return turn


def trickles(seconds: float = 0.01) -> Turn:
    """Sends a good answer one byte at a time, *seconds* apart, and never the last one."""

    async def turn(request: web.Request, asked: Asked) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        body = json.dumps(completion(asked, asked.answer())).encode()
        position = 0
        while request.transport and not request.transport.is_closing():
            await response.write(body[position : position + 1] or b" ")
            position = min(position + 1, len(body) - 1)
            await asyncio.sleep(seconds)
        return response

    return turn
