"""A deploy while everything hangs: the process ends in time, and the next one loses nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from tests.conftest import Serve
from tests.e2e.test_kill import Gate, finished, remembered, results, rows
from tests.e2e.town import Town, town, until
from tests.fakes.model_server import ModelServer

#: Seconds from SIGTERM to the end.
IN_TIME = 25
LENSES, ANSWERED = 3, 1
#: And the short list.
CALLS = LENSES + 1
COMMAND = "/brainstorm --quick How do trains run on time?"


class Hanging:
    """A Slack that takes what it is told to post or to edit, and never answers."""

    def __init__(self) -> None:
        self.on = False
        self.waiting = 0
        self._over = asyncio.Event()

    @property
    def middleware(self) -> object:
        @web.middleware
        async def hang(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            answer = await handler(request)
            if self.on and request.path.startswith("/api/chat."):
                self.waiting += 1
                await self._over.wait()
            return answer

        return hang

    def end(self) -> None:
        self.on = False
        self._over.set()


async def left(here: Town) -> int:
    """Its exit code, if it comes in time."""
    async with asyncio.timeout(IN_TIME):
        return await here.bot.stop()


async def test_where_model_and_slack_hang_the_process_ends_in_time_and_loses_nothing(
    tmp_path: Path, serve: Serve
):
    gate, slack = Gate(ANSWERED), Hanging()
    model = ModelServer(gate)
    async with town(serve, tmp_path, model=model, middleware=slack.middleware) as here:
        try:
            await here.say(COMMAND)
            await until(lambda: len(remembered(here)) == ANSWERED and model.calls == LENSES)
            slack.on = True
            await here.say(f"{COMMAND} now", person="Ben")
            await until(lambda: slack.waiting)

            assert await left(here) == 0
        finally:
            gate.open()
            slack.end()
        assert rows(here.database, "SELECT count(*) FROM runs WHERE status = 'open'") == [(2,)]
        assert not re.search(r"Traceback|never retrieved|was destroyed", here.bot.log())
        asked_before = model.calls

        await here.bot.start()
        await finished(here)
        await until(lambda: len(rows(here.database, "SELECT 1 FROM runs WHERE delivered")) == 2)

        assert len(results(here)) == 2, "one of each, none twice"
        assert model.calls - asked_before == 2 * CALLS - ANSWERED


async def test_a_run_that_is_nearly_done_is_finished_and_its_result_shown(
    tmp_path: Path, serve: Serve
):
    """SIGTERM comes while the last lens answers."""
    gate = Gate(LENSES - 1)
    model = ModelServer(gate)
    async with town(serve, tmp_path, model=model) as here:
        await here.say(COMMAND)
        await until(lambda: len(remembered(here)) == LENSES - 1)

        async with asyncio.TaskGroup() as group:
            leaving = group.create_task(left(here))
            await until(lambda: "stopping" in here.bot.log())
            gate.open()

        assert leaving.result() == 0
        assert rows(here.database, "SELECT status FROM runs") == [("done",)]
        assert len(results(here)) == 1
