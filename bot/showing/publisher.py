"""Keeps what Slack shows of every run up to date. The way out: store, view, limiter, Slack."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.showing.lane import Lane
from bot.showing.means import Means


class Publisher:
    """`poke` it after every change of a run, and let `run` go on as long as the process lives."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._lanes: dict[str, Lane] = {}
        self._busy: set[str] = set()
        self._idle: set[str] = set()
        self._woken = asyncio.Event()
        self._rested = asyncio.Event()

    def poke(self, run_id: str) -> None:
        """The run changed. Returns at once; many pokes become one look at the latest state."""
        lane = self._lanes.get(run_id)
        if lane is None:
            lane = self._lanes[run_id] = Lane(run_id, self._means)
        lane.poke()
        if run_id not in self._busy:
            self._idle.add(run_id)
            self._woken.set()

    async def run(self) -> None:
        """Forever; what an earlier process did not get shown comes first."""
        for run_id in await self._means.outbox.undelivered():
            self.poke(run_id)
        async with asyncio.TaskGroup() as group:
            while True:
                await self._woken.wait()
                self._woken.clear()
                while self._idle:
                    run_id = self._idle.pop()
                    self._busy.add(run_id)
                    group.create_task(self._settle(run_id), name=f"show {run_id}")

    async def settled(self, seconds: float) -> None:
        """Until all that changed is shown; after *seconds* the next process goes on with it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._busy or self._idle:
                    self._rested.clear()
                    await self._rested.wait()

    async def _settle(self, run_id: str) -> None:
        lane = self._lanes[run_id]
        try:
            await lane.settle()
        finally:
            self._busy.discard(run_id)
        # nothing is awaited between the lane's last look and here: no poke is lost
        if lane.over:
            del self._lanes[run_id]
        self._rested.set()
