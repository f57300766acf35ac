"""
A model server for tests and benchmarks: it speaks OpenAI's chat completions, by script.

In process: `ModelServer(script).app()` under any aiohttp runner. As a program:
`python -m tests.fakes.model_server --port 0 --latency 0.2 --log calls.jsonl` prints its URL.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.schema_filler import fill

Body = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call as it arrived: *number* counts from 1, *prompt* is the hash of its messages."""

    number: int
    model: str
    messages: tuple[Mapping[str, str], ...]
    schema: Mapping[str, Any]
    prompt: str
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


class ModelServer:
    """
    *latency* is seconds from arrival to answer: one number, or a function of the call.

    *asked* holds every call in the order of arrival, *at_once* how many are not over yet,
    *most_at_once* the largest crowd.
    With *log*, a JSON line is appended at the arrival and at the end of each call.
    """

    def __init__(
        self,
        script: Script = good,
        *,
        latency: float | Callable[[Asked], float] = 0,
        log: Path | None = None,
        keep: bool = True,
    ) -> None:
        self.asked: list[Asked] = []
        self.calls = 0
        self.most_at_once = 0
        self.at_once = 0
        self._script = script
        self._latency = latency
        self._log = log.open("a", buffering=1, encoding="utf-8") if log else None
        self._keep = keep

    def app(self) -> web.Application:
        """Serves `/v1`; may be served once."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        app.on_cleanup.append(self._close)
        return app

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        asked = self._arrived(json.loads(await request.read()))
        self._note("asked", asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        latency = self._latency(asked) if callable(self._latency) else self._latency
        try:
            if latency:
                await asyncio.sleep(latency)
            turn = self._script(asked) or says(asked.answer())
            return await turn(request, asked)
        finally:
            self.at_once -= 1
            gone = request.transport is None or request.transport.is_closing()
            self._note("gone" if gone else "answered", asked)

    def _arrived(self, body: dict[str, Any]) -> Asked:
        self.calls += 1
        messages = tuple(body["messages"])
        words = "\0".join(message["content"] for message in messages)
        asked = Asked(
            number=self.calls,
            model=body["model"],
            messages=messages,
            schema=body.get("response_format", {}).get("json_schema", {}).get("schema", {}),
            prompt=hashlib.sha256(words.encode(errors="replace")).hexdigest()[:16],
        )
        if self._keep:
            self.asked.append(asked)
        return asked

    def _note(self, event: str, asked: Asked) -> None:
        if self._log:
            line = {"event": event, "call": asked.number, "prompt": asked.prompt}
            line |= {"model": asked.model, "at": time.time()}
            self._log.write(json.dumps(line) + "\n")

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "served", "object": "model"}]})

    async def _close(self, _: web.Application) -> None:
        if self._log:
            self._log.close()


def completion(asked: Asked, content: str | None, **message: Any) -> dict[str, Any]:
    """A whole response body; *finish_reason* and *refusal* may be given."""
    finish = message.pop("finish_reason", "stop")
    said = {"role": "assistant", "content": content, **message}
    tokens = {"prompt_tokens": len(asked.text) // 4, "completion_tokens": len(content or "") // 4}
    return {
        "id": f"chatcmpl-{asked.number}",
        "object": "chat.completion",
        "created": 0,
        "model": f"{asked.model}-served",
        "choices": [{"index": 0, "message": said, "finish_reason": finish}],
        "usage": {**tokens, "total_tokens": sum(tokens.values())},
    }


def says(content: str | None, **message: Any) -> Turn:
    """Answers with *content*, whatever it is."""

    async def turn(_: web.Request, asked: Asked) -> web.Response:
        return web.json_response(completion(asked, content, **message))

    return turn


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


async def _serve(options: argparse.Namespace) -> None:
    def script(asked: Asked) -> Turn | None:
        busy = options.busy_every and asked.number % options.busy_every == 0
        return fails(429, "rate_limit_exceeded", retry_after="0.1") if busy else None

    server = ModelServer(script, latency=options.latency, log=options.log, keep=False)
    runner = web.AppRunner(server.app(), access_log=None, shutdown_timeout=1, handle_signals=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.port, backlog=2048).start()
    host, port = runner.addresses[0][:2]
    sys.stdout.write(f"http://{host}:{port}/v1\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a call takes")
    parser.add_argument("--log", type=Path, help="appends a JSON line per arrival and per end")
    parser.add_argument("--busy-every", type=int, default=0, help="every nth call answers 429")
    try:
        asyncio.run(_serve(parser.parse_args()))
    except (KeyboardInterrupt, web.GracefulExit):
        return


if __name__ == "__main__":
    main()
