"""
A model server for tests and benchmarks: it speaks OpenAI's chat completions, by script, and as
much of its Responses API as searches the web.

In process: `ModelServer(script).app()` under any aiohttp runner. As a program:
`python -m tests.fakes.model_server --port 0 --latency 0.2 --log calls.jsonl` prints its URL;
`--help` tells what else can go wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.model_moods import (
    Chances,
    Latency,
    Metered,
    PromptCache,
    fixed,
    lognormal,
    stragglers,
)
from tests.fakes.model_searches import finds
from tests.fakes.model_turns import (
    Asked,
    Script,
    Turn,
    completion,
    fails,
    fenced,
    good,
    hangs,
    malformed,
    refuses,
    resets,
    says,
    sends,
    trickles,
    truncated,
)

__all__ = [
    "Asked",
    "Chances",
    "Latency",
    "Metered",
    "ModelServer",
    "PromptCache",
    "Script",
    "Turn",
    "completion",
    "fails",
    "fenced",
    "finds",
    "fixed",
    "good",
    "hangs",
    "lognormal",
    "malformed",
    "refuses",
    "resets",
    "says",
    "sends",
    "stragglers",
    "trickles",
    "truncated",
]

#: What may go wrong by chance, on the command line `--fail-rate 0.05` and so on.
_WAYS = {
    "fail": "share of calls that answer 500",
    "reset": "share of calls whose connection breaks",
    "hang": "share of calls that never end",
    "trickle": "share of calls that come byte by byte and never end",
    "malformed": "share of answers that are broken JSON",
    "refuse": "share of questions that the model declines",
    "truncate": "share of answers cut short at the limit of tokens",
}


class ModelServer:
    """
    *latency* is seconds from arrival to answer: one number, or a function of the call.

    *asked* holds every call in the order of arrival, *at_once* how many are not over yet,
    *most_at_once* the largest crowd, *refused* how many were beyond the *limits*.
    Without *responses* it is one of those that only know chats.
    With *log*, a JSON line is appended at the arrival and at the end of each call.
    """

    def __init__(
        self,
        script: Script = good,
        *,
        latency: float | Latency = 0,
        limits: Metered | None = None,
        log: Path | None = None,
        keep: bool = True,
        responses: bool = True,
    ) -> None:
        self.asked: list[Asked] = []
        self.calls = 0
        self.most_at_once = 0
        self.at_once = 0
        self.refused = 0
        self._script = script
        self._latency = latency
        self._limits = limits or Metered(rpm=None, tpm=None)
        self._cache = PromptCache()
        self._log = log.open("a", buffering=1, encoding="utf-8") if log else None
        self._keep = keep
        self._responses = responses

    def app(self) -> web.Application:
        """Serves `/v1`; may be served once."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._complete)
        if self._responses:
            app.router.add_post("/v1/responses", self._complete)
        app.router.add_get("/v1/models", self._models)
        app.on_cleanup.append(self._close)
        return app

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        asked = self._arrived(json.loads(await request.read()))
        self._note("asked", asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            response = await self._turn(asked)(request, asked)
            if not response.prepared:
                response.headers.update(self._limits.headers())
            return response
        finally:
            self.at_once -= 1
            gone = request.transport is None or request.transport.is_closing()
            self._note("gone" if gone else "answered", asked)

    def _turn(self, asked: Asked) -> Turn:
        """Who is over the limits is refused at once; others get their answer in its time."""
        refusal = self._limits.arrives(asked)
        if refusal:
            self.refused += 1
            return refusal
        latency = self._latency(asked) if callable(self._latency) else self._latency

        async def turn(request: web.Request, asked: Asked) -> web.StreamResponse:
            if latency:
                await asyncio.sleep(latency)
            scripted = self._script(asked)
            if scripted:
                return await scripted(request, asked)
            answer = asked.answer()
            self._limits.answered(len(answer) // 4)
            return await says(answer)(request, asked)

        return turn

    def _arrived(self, body: dict[str, Any]) -> Asked:
        self.calls += 1
        searches = "input" in body
        messages = tuple(body["input"] if searches else body["messages"])
        words = "\0".join(message["content"] for message in messages)
        asked = Asked(
            number=self.calls,
            model=body["model"],
            messages=messages,
            schema=_schema(body),
            prompt=hashlib.sha256(words.encode(errors="replace")).hexdigest()[:16],
            tokens=len(words) // 4,
            cached=self._cache.read(words),
            most=_most(body),
            searches=searches,
            body=body,
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


def _schema(body: dict[str, Any]) -> dict[str, Any]:
    """The shape that is asked for, where either way of asking has it."""
    named = body.get("text", {}).get("format", {})
    return (named or body.get("response_format", {}).get("json_schema", {})).get("schema", {})


def _most(body: dict[str, Any]) -> int | None:
    names = ("max_completion_tokens", "max_tokens", "max_output_tokens")
    return next((body[name] for name in names if name in body), None)


def _script(options: argparse.Namespace) -> Script:
    chances = Chances(
        seed=options.seed,
        **{way: getattr(options, f"{way}_rate") for way in _WAYS},
    )

    def script(asked: Asked) -> Turn | None:
        if options.busy_every and asked.number % options.busy_every == 0:
            return fails(429, "rate_limit_exceeded", retry_after="0.1")
        return chances(asked)

    return script


def _latency(options: argparse.Namespace) -> Latency:
    usual = fixed(options.latency)
    if options.lognormal:
        usual = lognormal(options.latency, options.lognormal, seed=options.seed)
    if options.straggler_rate:
        usual = stragglers(usual, options.straggler_rate, seed=options.seed)
    return usual


async def _serve(options: argparse.Namespace) -> None:
    server = ModelServer(
        _script(options),
        latency=_latency(options),
        limits=Metered(rpm=options.rpm, tpm=options.tpm, burst=options.burst),
        log=options.log,
        keep=False,
    )
    runner = web.AppRunner(
        server.app(),
        access_log=None,
        shutdown_timeout=1,
        handle_signals=True,
        handler_cancellation=True,  # a call ends when its client goes away, and the log tells it
    )
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
    parser.add_argument("--seed", type=int, default=0, help="the same by chance, the same again")
    parser.add_argument("--lognormal", type=float, default=0, help="spreads latencies; try 0.5")
    parser.add_argument("--straggler-rate", type=float, default=0, help="takes 8 times as long")
    parser.add_argument("--rpm", type=float, help="requests a minute, beyond them 429")
    parser.add_argument("--tpm", type=float, help="tokens a minute, beyond them 429")
    parser.add_argument("--burst", type=float, default=60, help="seconds of them at once")
    for way, effect in _WAYS.items():
        parser.add_argument(f"--{way}-rate", type=float, default=0, help=effect)
    try:
        asyncio.run(_serve(parser.parse_args()))
    except (KeyboardInterrupt, web.GracefulExit):
        return


if __name__ == "__main__":
    main()
