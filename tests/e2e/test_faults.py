"""
Whatever goes wrong at whichever call: one card, one result, none twice, none missing.

Every call that a run makes to Slack goes wrong in each way, one at a time; and the process dies
before and after every one of them, in the middle of going on after the last death, too.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from itertools import product
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TypeVar

import pytest

from bot.runs.model import Audience, Place, Run
from bot.store.database import connect
from bot.store.outbox import SqlOutbox
from bot.store.runs import SqlRunStore
from bot.views.message import File
from tests.conftest import Serve
from tests.e2e.forked import fork
from tests.e2e.shown import DONE, WORKING, Shown, publish, publishing
from tests.e2e.town import until
from tests.fakes.slack_api import BOT, TEAM, Call, FakeSlack, Fault, Refused, Room
from tests.showing.stage import DONE as OVER
from tests.showing.stage import Stage, asked_in, card, reply, staged

T = TypeVar("T")
#: The address of a new database of that name.
Copied = Callable[[str], str]

# --- each call goes wrong ------------------------------------------------------------------

Life = Callable[[Stage], Awaitable[None]]
PLACE = Place(team=TEAM, channel="C1")
RESULT = [
    card("Refuted", final=True),
    reply("result", "conclusion", final=True, broadcast=True),
    reply("branch:a", "vote"),
    reply("file", "All of it", final=True, file=File(name="a.md", title="a", text="x")),
]
ALL_OF_IT = ["All of it", "Refuted", "conclusion", "vote"]


async def shown(stage: Stage) -> None:
    await stage.until(lambda: "r1" in stage.memory.shown)


async def grow(stage: Stage, run: Run) -> None:
    stage.change(run, card("working"), reply("branch:a", "thinking"))
    await stage.settled()
    stage.change(run, card("still working"), reply("branch:a", "vote"))
    await stage.settled()


async def in_the_channel(stage: Stage) -> None:
    await grow(stage, asked_in(PLACE))
    stage.change(asked_in(PLACE, **OVER), *RESULT)
    await shown(stage)
    assert sorted(stage.texts()) == ALL_OF_IT


async def in_a_thread(stage: Stage) -> None:
    root = stage.slack.said("C1", "?")
    place = Place(team=TEAM, channel="C1", thread_ts=root)
    await grow(stage, asked_in(place))
    stage.change(asked_in(place, **OVER), *RESULT)
    await shown(stage)
    assert sorted(stage.texts()) == ["?", *ALL_OF_IT]


async def privately_then_shared(stage: Stage) -> None:
    """What only points to the direct messages may be lost, but is never said twice."""
    private = {"audience": Audience.REQUESTER}
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    await grow(stage, asked_in(PLACE, **private))
    shared = reply("shared", "Shared by U1", final=True, home=False)
    stage.change(asked_in(PLACE, **private, **OVER), *RESULT, shared)
    await shown(stage)
    assert sorted(stage.texts("DU1")) == ALL_OF_IT
    assert stage.texts("C1") == ["Shared by U1"]


async def thrown_out_in_the_middle(stage: Stage) -> None:
    await grow(stage, asked_in(PLACE))
    stage.slack.rooms["C1"].members.remove(BOT)
    stage.change(asked_in(PLACE, **OVER), *RESULT)
    await shown(stage)
    assert stage.texts("DU1") == ["conclusion"]


async def never_let_in(stage: Stage) -> None:
    """Who asked is told once, where they typed it or in a direct message."""
    stage.slack.rooms["C1"] = Room("public", ["U1"])
    stage.replies.remember("r1", stage.url.replace("/api/", "/response"))
    stage.change(asked_in(PLACE), card("working"))
    await shown(stage)
    sentence = stage.abandoned[0][1]
    directly = stage.texts("DU1") if "DU1" in stage.slack.rooms else []
    assert {sentence} == {*directly, *(said["text"] for said in stage.slack.responses)}
    assert len(directly) <= 1


async def never_let_in_and_known_by_no_response_url(stage: Stage) -> None:
    stage.slack.rooms["C1"].archived = True
    stage.change(asked_in(PLACE), card("working"))
    await shown(stage)
    directly = stage.texts("DU1") if "DU1" in stage.slack.rooms else []
    told = [*directly, *(said["text"] for said in stage.slack.ephemerals)]
    assert set(told) == {stage.abandoned[0][1]}
    assert len(directly) <= 1


LIVES: list[Life] = [
    in_the_channel,
    in_a_thread,
    privately_then_shared,
    thrown_out_in_the_middle,
    never_let_in,
    never_let_in_and_known_by_no_response_url,
]
#: Of a calm life, and of the questions that are asked after an unsure end of a call.
ASKED_AFTERWARDS = ("conversations.history", "conversations.replies")


async def calls_of(life: Life, stage: Stage) -> int:
    async with stage.running():
        await life(stage)
    return len(stage.slack.calls)


def goes_wrong(stage: Stage, number: int, fault: Fault) -> None:
    async def watch(call: Call, done: bool) -> None:
        if not done and len(stage.slack.calls) == number:
            stage.slack.faults[call.method].appendleft(fault)

    stage.slack.watch = watch


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
async def test_any_call_may_go_wrong_in_any_way(life: Life, serve: Serve) -> None:
    async with staged(serve) as calm:
        calls = await calls_of(life, calm)
    assert calls >= 2

    for number, fault in product(range(1, calls + 1), Fault):
        async with staged(serve, breath=0.0005) as stage:
            goes_wrong(stage, number, fault)
            await calls_of(life, stage)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("method", ASKED_AFTERWARDS)
async def test_the_question_what_stands_may_go_wrong_too(
    method: str, fault: Fault, serve: Serve
) -> None:
    async with staged(serve, breath=0.0005) as stage:
        stage.slack.faults["chat.postMessage"].extend([Fault.DROP_AFTER] * 3)
        stage.slack.faults[method].extend([fault, fault])
        await calls_of(in_the_channel, stage)


# --- the process dies ----------------------------------------------------------------------


class Mortal:
    """
    A run's life over several lives of its publisher.

    *deaths* says for each of these at which of its calls it dies, and whether after Slack
    carried it out. The last one is left alone.
    """

    def __init__(self, slack: FakeSlack, deaths: Sequence[tuple[int, bool]]) -> None:
        slack.rooms = {"C1": Room()}
        slack.files, slack.calls = {}, []
        slack.watch = self.watch
        self.slack = slack
        self.died = 0
        self._deaths = list(deaths)
        self._calls = 0
        self._fatal: Callable[[], Awaitable[None]] | None = None

    def texts(self) -> list[str]:
        return sorted(message["text"] for message in self.slack.rooms["C1"].messages)

    def born(self, fatal: Callable[[], Awaitable[None]]) -> None:
        self._calls, self._fatal = 0, fatal

    async def watch(self, call: Call, done: bool) -> None:
        if call.method == "auth.test":
            return
        self._calls += not done
        if self._fatal and self._deaths and self._deaths[0] == (self._calls, done):
            self._deaths.pop(0)
            self.died += 1
            fatal, self._fatal = self._fatal, None
            await fatal()
            if not done:
                raise Refused("it never got here")


class Here(Mortal):
    """Dies in this process: all that it did is cancelled, all that it knew forgotten."""

    def __init__(
        self,
        slack: FakeSlack,
        deaths: Sequence[tuple[int, bool]],
        database_url: str,
        api_url: str,
    ) -> None:
        super().__init__(slack, deaths)
        self._where = (database_url, api_url)
        self._stack = AsyncExitStack()
        self._dying = asyncio.Event()
        self._dead = asyncio.Event()

    async def live(self) -> None:
        me = await self._born()
        run_id = await me.begin()
        me = await self._see(me, lambda: self.texts() == ["working"])
        me.plan(run_id)
        me = await self._see(me, lambda: self.texts() == WORKING)
        await me.end(run_id)
        me = await self._see(me, lambda: self.texts() == DONE)
        async with asyncio.timeout(8):
            while await me.outbox.undelivered():
                me = await self._see(me, lambda: True)
                await asyncio.sleep(0.005)
        await self._stack.aclose()

    async def _born(self) -> Shown:
        self._stack = AsyncExitStack()
        self._dying, self._dead = asyncio.Event(), asyncio.Event()
        self.born(self._die)
        return await self._stack.enter_async_context(publishing(*self._where))

    async def _die(self) -> None:
        """In the server's task: Slack goes on when nobody is there to hear its answer."""
        self._dying.set()
        await self._dead.wait()

    async def _see(self, me: Shown, state: Callable[[], bool]) -> Shown:
        async with asyncio.timeout(8):
            while self._dying.is_set() or not state():
                if self._dying.is_set():
                    await self._stack.aclose()
                    self._dead.set()
                    me = await self._born()
                await asyncio.sleep(0.005)
        return me


@pytest.fixture
async def slack(serve: Serve) -> AsyncIterator[tuple[FakeSlack, str]]:
    slack = FakeSlack(began=time.time())
    yield slack, await serve(slack.app()) + "/api/"


@pytest.fixture
def copied(migrated: Path, tmp_path: Path) -> Copied:
    return lambda name: f"sqlite+aiosqlite:///{shutil.copy(migrated, tmp_path / f'{name}.db')}"


#: What a calm life takes: card, branch, card, result, branch, and three for the file.
CALLS = 8


async def test_a_calm_life_takes_so_many_calls(
    slack: tuple[FakeSlack, str], copied: Copied
) -> None:
    fake, api_url = slack

    await Here(fake, [], copied("calm"), api_url).live()

    assert len([call for call in fake.calls if call.method != "auth.test"]) == CALLS


@pytest.mark.parametrize("second", [1, 2, 3, 4, 5, 6])
async def test_dying_before_and_after_every_call_and_again_while_going_on(
    second: int, slack: tuple[FakeSlack, str], copied: Copied
) -> None:
    fake, api_url = slack
    died = 0
    for first, done in product(range(1, CALLS + 1), [False, True]):
        deaths = [(first, done), (second, (first + second) % 2 == 0)]
        name = f"{second}-{first}-{done}"
        life = Here(fake, deaths, copied(name), api_url)
        await life.live()
        assert life.texts() == DONE, deaths
        died += life.died

    assert died > 2 * CALLS  # the first death is certain, the second may come too late


@pytest.mark.parametrize("seed", range(4))
async def test_killed_by_the_system_again_and_again(
    seed: int, slack: tuple[FakeSlack, str], copied: Copied
) -> None:
    """SIGKILL at calls drawn by lot: nothing is said goodbye to, nothing is flushed."""
    fake, api_url = slack
    chance = random.Random(seed)
    deaths = [(chance.choice([1, 1, 1, 2, 3]), chance.random() < 0.5) for _ in range(12)]
    life = Mortal(fake, deaths)
    database_url = copied(f"killed-{seed}")

    run_id = await _written(database_url, _begun)
    await _shown_by_mortals(life, database_url, api_url, lambda: life.texts() == WORKING)
    await _written(database_url, lambda me: me.end(run_id))
    await _shown_by_mortals(life, database_url, api_url, lambda: life.texts() == DONE)

    assert life.died == len(deaths)


async def _begun(me: Shown) -> str:
    run_id = await me.begin()
    me.plan(run_id)
    return run_id


async def _written(database_url: str, write: Callable[[Shown], Awaitable[T]]) -> T:
    """By a process that is over before the next one begins."""
    async with connect(database_url) as database:
        return await write(Shown(SqlRunStore(database), SqlOutbox(database)))


async def _shown_by_mortals(
    life: Mortal, database_url: str, api_url: str, state: Callable[[], bool]
) -> None:
    while not state():
        process = fork(publish, database_url, api_url)
        life.born(lambda process=process: _killed(process))
        await until(lambda process=process: state() or process.exitcode is not None)
        await _killed(process)


async def _killed(process: ForkServerProcess) -> None:
    process.kill()
    await until(lambda: process.exitcode is not None)
    assert process.exitcode == -signal.SIGKILL
