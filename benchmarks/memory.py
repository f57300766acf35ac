"""
Does a run over very much stay small? One summary of a stream of 200,000 chunks.

`python -m benchmarks.memory` carries the run out as the bot does (store, executor, gate, retries,
events, the publisher against a Slack of its own), asking a model that answers at once, and looks
at the resident memory of the process after every 10,000 chunks.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from benchmarks.peak import resident
from benchmarks.servers import slack_api
from benchmarks.ways import ASKER, CHANNEL, TEAM, shown, unbounded
from bot.calls.answering import Answering
from bot.calls.estimates import Estimates
from bot.calls.gate import RateGate
from bot.calls.hedging import Hedging
from bot.calls.port import Call, Completion
from bot.calls.prices import UNPRICED
from bot.calls.sending import Sending
from bot.calls.trying import Trying
from bot.metrics import Metrics
from bot.runs.executor import Executor
from bot.runs.model import Audience, Place, RunRequest, Status, Window
from bot.runs.ports import Errand, Reading, Trip
from bot.runs.sharing import Sharing
from bot.store.database import connect, upgrade
from bot.store.runs import SqlRunStore
from bot.store.shelf import SqlShelf
from patterns.evidence import Evidence
from patterns.fanout import Limits
from patterns.items import Item
from patterns.ports import Model
from patterns.recipes.summarize import Kind, SummaryNotes
from patterns.task import Depth, Message
from patterns.usage import Usage

#: After so many chunks everything that grows once has grown.
SETTLED = 50_000
GROWTH_MOST = 1.10
_EVERY = 10_000
#: No item is lost, so that what is kept grows with them: of so many chunks one holds one.
_TOLD_EVERY = 1_000
#: So long that no two messages share a chunk.
_TEXT = "We keep the door open, and the next word is as dull as the last one was. " * 100
_ITEM = Item[Kind](
    kind=Kind.DECISION,
    text="The door stays open.",
    lines=[1],
    quote="We keep the door open",
    speaker="Ada",
    owner=None,
    due=None,
    confidence=4,
)


class Instant:
    """Implements `bot.calls.port.Sender`: a decision in some chunks, and in the others nothing."""

    name = "instant"

    async def send(self, call: Call, /) -> Completion:
        usage = Usage(calls=1, input_tokens=2000, output_tokens=50)
        return Completion(text=_said(call), usage=usage, model=self.name)


def _said(call: Call) -> str:
    if call.prompt.answer is not SummaryNotes:
        return '{"overview": [], "same": [], "conflicts": []}'
    number = re.search(r"\[1\] Ada: (\d+):", call.prompt.text)
    assert number
    told = [_ITEM] if int(number[1]) % _TOLD_EVERY == 0 else []
    return SummaryNotes(overview=[], items=told).model_dump_json()


class Ringed:
    """Implements `bot.runs.ports.ModelFor`: the instant model within the rings of a real one."""

    name = Instant.name
    searches = False

    def __init__(self, slots: int) -> None:
        meter = Metrics()
        gate = RateGate(self.name, rpm=None, tpm=None, slots=slots, meter=meter)
        self._sending = Sending(
            Instant(), cost=UNPRICED.cost, estimates=Estimates(), meter=meter, seconds=45
        )
        self._trying = Trying(Hedging(self._sending, gate, meter=meter, on=True), gate)

    def __call__(self, errand: Errand, /) -> Model:
        return Answering(self._trying, self._sending, errand, most_output=2000)


class Stream:
    """A conversation without end, of which *chunks* are read; *looks* are (chunks, bytes)."""

    def __init__(self, chunks: int) -> None:
        self._chunks = chunks
        self._began = time.perf_counter()
        self.looks: list[tuple[int, int]] = []

    async def admit(self, request: RunRequest, /) -> Audience:
        return Audience.CHANNEL

    async def read(self, request: RunRequest, trip: Trip = Trip(), /) -> Reading:
        return Reading(self._messages())

    def evidence(
        self, request: RunRequest, met: Callable[[Mapping[str, str]], None], until: datetime, /
    ) -> Evidence:
        raise NotImplementedError("a summary needs none")

    async def _messages(self) -> AsyncIterator[Message]:
        for number in range(self._chunks):
            if number % _EVERY == 0:
                self._look(number)
            ts = f"{number}.1"
            yield Message(id=ts, thread=ts, author="Ada", text=f"{number}: {_TEXT}")
        self._look(self._chunks)

    def _look(self, number: int) -> None:
        self.looks.append((number, resident()))
        passed = time.perf_counter() - self._began
        print(f"{number:>9,} chunks  {resident() / 1e6:>7.1f} MB  {passed:>7.1f} s", flush=True)


async def run(options: argparse.Namespace) -> Stream:
    stream = Stream(options.chunks)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="quorum-bench-"))
        url = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        await upgrade(url)
        database = await stack.enter_async_context(connect(url))
        store = SqlRunStore(database)
        slack = await stack.enter_async_context(slack_api())
        await stack.enter_async_context(shown(store, database, slack))
        asked = await store.add(_request())
        assert asked
        limits = Limits(width=options.width)
        executor = Executor(
            store,
            stream,
            Ringed(options.width),
            budget=unbounded(database),
            sharing=Sharing(SqlShelf(database, days=7)),
            limits=limits,
            seconds=36_000,
        )
        await executor.execute(asked.id)
        ended = await store.get(asked.id, most=0)
        assert ended.status is Status.DONE, ended.error
    return stream


def _request() -> RunRequest:
    return RunRequest(
        recipe="summarize",
        source=Window(channel=CHANNEL),
        depth=Depth.DEEP,
        asked_by=ASKER,
        place=Place(team=TEAM, channel=CHANNEL),
        dedupe="memory",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=200_000)
    parser.add_argument("--width", type=int, default=32, help="calls at once")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    looks = asyncio.run(run(options)).looks
    later = [size for number, size in looks if number >= SETTLED]
    if not later:
        print(f"less than {SETTLED:,} chunks tell nothing about growth")
        return 0
    growth = max(later) / later[0]
    verdict = "kept" if growth <= GROWTH_MOST else "MISSED"
    print(f"from {SETTLED:,} chunks on: {growth:.2f} times, at most {GROWTH_MOST:.2f}: {verdict}")
    return int(growth > GROWTH_MOST)


if __name__ == "__main__":
    sys.exit(main())
