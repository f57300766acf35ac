"""A program that opens, ends and shares runs until it is killed, and names what it was promised."""

from __future__ import annotations

import asyncio
import sys

from bot.runs.model import Status
from bot.store.database import connect
from bot.store.runs import SqlRunStore
from tests.store.requests import VERDICT, request


async def act(url: str) -> None:
    async with connect(url) as database, asyncio.TaskGroup() as group:
        store = SqlRunStore(database)
        for number in range(8):
            group.create_task(_person(store, f"q{number}"))


async def _person(store: SqlRunStore, question: str) -> None:
    """Every promise is named after it was made; each is *what* of *run* at which *attempt*."""
    turn = 0
    while True:
        turn += 1
        run = await store.add(request(f"{question} {turn}", question=question))
        assert run
        _tell("opened", run.id, 1)
        for attempt in range(1, 4):
            await store.close(run.id, Status.FAILED, error="late")
            _tell("failed", run.id, attempt)
            await store.reopen(run.id, attempt)
            _tell("opened", run.id, attempt + 1)
        await store.close(run.id, Status.DONE, result=VERDICT)
        _tell("done", run.id, 4)
        await store.share(run.id, "U1")
        _tell("shared", run.id, 4)


def _tell(what: str, run_id: str, attempt: int) -> None:
    sys.stdout.write(f"{what} {run_id} {attempt}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(act(*sys.argv[1:]))
