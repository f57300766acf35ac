"""Keeps what Slack shows of every run up to date. The way out: store, view, limiter, Slack."""

from __future__ import annotations

import asyncio

from bot.runs.ports import Abandon, Outbox, RunStore
from bot.slack.asking import Asking
from bot.slack.client import SlackClient
from bot.slack.delivery import Delivery
from bot.slack.lane import Lane, Render
from bot.slack.limiter import Limiter
from bot.slack.replies import Replies


class Publisher:
    """
    *render* is the view of a run; *abandon* ends one that can't be shown where it was asked.

    `poke` it after every change of a run, and let `run` go on as long as the process lives.
    """

    def __init__(
        self,
        store: RunStore,
        outbox: Outbox,
        client: SlackClient,
        limiter: Limiter,
        *,
        asking: Asking,
        render: Render,
        abandon: Abandon,
        replies: Replies,
    ) -> None:
        self._store = store
        self._outbox = outbox
        self._limiter = limiter
        self._delivery = Delivery(outbox, client, limiter, asking=asking, replies=replies)
        self._render = render
        self._abandon = abandon
        self._lanes: dict[str, Lane] = {}
        self._busy: set[str] = set()
        self._idle: set[str] = set()
        self._woken = asyncio.Event()

    def poke(self, run_id: str) -> None:
        """The run changed. Returns at once; many pokes become one look at the latest state."""
        lane = self._lanes.get(run_id)
        if lane is None:
            lane = self._lanes[run_id] = self._lane(run_id)
        lane.poke()
        if run_id not in self._busy:
            self._idle.add(run_id)
            self._woken.set()

    async def run(self) -> None:
        """Forever; what an earlier process did not get shown comes first."""
        for run_id in await self._outbox.undelivered():
            self.poke(run_id)
        async with asyncio.TaskGroup() as group:
            while True:
                await self._woken.wait()
                self._woken.clear()
                while self._idle:
                    run_id = self._idle.pop()
                    self._busy.add(run_id)
                    group.create_task(self._settle(run_id), name=f"show {run_id}")

    async def _settle(self, run_id: str) -> None:
        lane = self._lanes[run_id]
        try:
            await lane.settle()
        finally:
            self._busy.discard(run_id)
        # nothing is awaited between the lane's last look and here: no poke is lost
        if lane.over:
            self._delivery.forget(run_id)
            del self._lanes[run_id]

    def _lane(self, run_id: str) -> Lane:
        return Lane(
            run_id,
            self._store,
            self._outbox,
            self._delivery,
            self._limiter,
            render=self._render,
            abandon=self._abandon,
        )
