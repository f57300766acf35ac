"""Whatever a cancelled run is doing, it ends in that moment. Time is virtual."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from bot.calls.answering import Answering
from bot.calls.estimates import Estimates
from bot.calls.gate import RateGate
from bot.calls.hedging import Hedging
from bot.calls.sending import Sending
from bot.calls.trying import Trying
from bot.engine.tasks import TaskEngine
from bot.runs.desk import Desk, Did
from bot.runs.errors import StorageFailed
from bot.runs.executor import Executor
from bot.runs.meter import NoMeter
from bot.runs.model import Actor, Status
from bot.runs.ports import Errand
from bot.runs.storage import Remembered
from patterns.errors import ModelBusy, ModelUnavailable
from patterns.ports import Model
from tests.calls.road import FakeSender, Fate
from tests.fakes.virtual_time import in_virtual_time
from tests.runs.fakes import FakeSources, request
from tests.runs.memory import MemoryStore

VOTERS = 5
SOON, MUCH_LATER = 3.0, 3600.0


@dataclass(frozen=True)
class _Calling:
    """The whole way from a question to the *sender*."""

    sender: FakeSender
    gate: RateGate
    name: str = "fake"

    def __call__(self, errand: Errand, /) -> Model:
        meter = NoMeter()
        sending = Sending(
            self.sender, cost=lambda usage: 0, estimates=Estimates(), meter=meter, seconds=45
        )
        trying = Trying(Hedging(sending, self.gate, meter=meter, on=True), self.gate)
        return Answering(trying, sending, errand, most_output=1000)


class _Away(MemoryStore):
    """Reads, and takes no answer."""

    async def remember(self, run_id: str, answer: Remembered, /) -> None:
        raise StorageFailed("the database is locked")


async def _cancelled(sender: FakeSender, gate: RateGate, store: MemoryStore) -> None:
    """Fails where anything goes on after the moment in which a run was cancelled."""
    clock = asyncio.get_running_loop().time
    executor = Executor(store, FakeSources(), _Calling(sender, gate))
    async with TaskEngine(executor.execute, _none) as engine:
        desk = Desk(store, engine)
        before = asyncio.all_tasks()
        run = (await desk.submit(request())).run
        await asyncio.sleep(SOON)
        assert asyncio.all_tasks() > before, "it was to be cancelled, and it had ended"
        sent = len(sender.calls)
        assert sent

        assert await desk.cancel(run.id, by=Actor(user="U1", team="T1")) is Did.YES
        while asyncio.all_tasks() != before:
            await asyncio.sleep(0)

        assert clock() == SOON
        assert sender.at_once == 0, "who was asked has seen it"
        await asyncio.sleep(MUCH_LATER)
        assert len(sender.calls) == sent, "nothing is asked later"
        assert store.runs[run.id].status is Status.CANCELLED


async def _none() -> list[str]:
    return []


@pytest.mark.parametrize(
    ("fate", "slots"),
    [
        (MUCH_LATER, 32),
        (MUCH_LATER, 2),
        (ModelUnavailable("down", retry_after=20), 32),
        (ModelBusy("busy", retry_after=20), 32),
    ],
    ids=["in flight", "waiting for a turn", "between attempts", "in a cool-down"],
)
def test_a_cancelled_run_ends_at_once_whatever_it_waits_for(fate: Fate, slots: int) -> None:
    in_virtual_time(
        _cancelled(
            FakeSender(fate=lambda number: fate), RateGate("fake", slots=slots), MemoryStore()
        )
    )


def test_a_cancelled_run_does_not_wait_for_the_database() -> None:
    sender = FakeSender(fate=lambda number: '{"findings": []}')
    in_virtual_time(_cancelled(sender, RateGate("fake"), _Away()))
