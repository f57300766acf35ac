"""
kill -9 in the middle of a run of six branches, at four different points.

Each time the bot is started again: the run ends, no answer that was written down is asked for
again (counted at the model's server), and one result stands in the channel.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.conftest import Serve
from tests.e2e.town import Town, town, until
from tests.fakes.model_server import Asked, ModelServer, Turn, says

COMMAND = "/brainstorm How do trains run on time?"
#: Asked at once; when they have answered, one more question makes the short list.
LENSES = 6
CALLS = LENSES + 1


class Gate:
    """A script for the model's server: lets *left* answers through and holds the others."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._opened = asyncio.Event()

    def __call__(self, asked: Asked) -> Turn:
        async def turn(request: web.Request, asked: Asked) -> web.StreamResponse:
            if self.left:
                self.left -= 1
            else:
                await self._opened.wait()
            return await says(asked.answer())(request, asked)

        return turn

    def open(self) -> None:
        self._opened.set()


def rows(database: Path, query: str) -> list[tuple[str, ...]]:
    """Read what a dead process left, without changing it."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def remembered(town: Town) -> set[str]:
    return {key for (key,) in rows(town.database, "SELECT key FROM answers")}


def results(town: Town) -> list[str]:
    return [said.text for said in town.of_the_bot() if said.broadcast]


async def finished(town: Town) -> None:
    """The outcome is written down and stands in the channel; the thread may still fill up."""
    await until(lambda: rows(town.database, "SELECT 1 FROM runs WHERE status = 'done'"))
    await until(lambda: results(town))


async def all_shown(town: Town) -> None:
    await until(lambda: rows(town.database, "SELECT 1 FROM runs WHERE delivered"))


@pytest.mark.parametrize(
    ("answered", "what"),
    [(0, "all lenses are out"), (1, "one lens is back"), (3, "half are back"), (5, "one is out")],
)
async def test_killed_while_lenses_are_out(answered: int, what: str, tmp_path: Path, serve: Serve):
    gate = Gate(answered)
    model = ModelServer(gate)
    async with town(serve, tmp_path, model=model) as here:
        await here.say(COMMAND)
        await until(lambda: len(remembered(here)) == answered and model.calls >= LENSES, seconds=20)
        here.bot.kill()
        await here.bot.killed()
        kept, asked_before = remembered(here), model.calls
        gate.open()

        await here.bot.start()
        await finished(here)

        assert len(kept) == answered, what
        assert model.calls - asked_before == CALLS - answered
        assert len(results(here)) == 1
        assert len(remembered(here)) == CALLS


async def test_killed_when_the_result_is_known_but_not_shown(tmp_path: Path, serve: Serve):
    """Slack took the broadcast, and the bot died before it heard so."""
    model = ModelServer()
    bot: list[Town] = []

    @web.middleware
    async def kill_at_the_result(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        answer = await handler(request)
        if bot and request.path == "/api/chat.postMessage" and results(bot[0]):
            bot.pop().bot.kill()
        return answer

    async with town(serve, tmp_path, model=model, middleware=kill_at_the_result) as here:
        bot.append(here)
        await here.say(COMMAND)
        await until(lambda: not bot)
        await here.bot.killed()

        await here.bot.start()
        await all_shown(here)

        assert model.calls == CALLS
        assert len(results(here)) == 1
        assert len([said for said in here.of_the_bot() if said.is_reply]) == CALLS + 2


async def test_a_deploy_in_the_middle_loses_nothing(tmp_path: Path, serve: Serve):
    """SIGTERM ends the process at once and cleanly; the run goes on in the next one."""
    gate = Gate(3)
    model = ModelServer(gate)
    async with town(serve, tmp_path, model=model) as here:
        await here.say(COMMAND)
        await until(lambda: len(remembered(here)) == 3)
        assert await here.bot.stop() == 0
        asked_before = model.calls
        gate.open()

        await here.bot.start()
        await finished(here)

        assert model.calls - asked_before == CALLS - 3
        assert len(results(here)) == 1
        assert not re.search(r"Traceback|never retrieved|was destroyed", here.bot.log())


async def test_the_same_delivery_twice_is_one_run(tmp_path: Path, serve: Serve):
    model = ModelServer()
    async with town(serve, tmp_path, model=model) as here:
        await here.say(COMMAND)
        await finished(here)
        await here.redeliver()

        assert Counter(rows(here.database, "SELECT recipe FROM runs")) == {("brainstorm",): 1}
        assert model.calls == CALLS
