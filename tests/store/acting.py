"""A program that opens, ends, shares and votes until it is killed, and names what was promised."""

from __future__ import annotations

import asyncio
import sys

from bot.runs.model import Opinion, Status
from bot.store.database import connect
from bot.store.people import SqlPolls
from bot.store.runs import SqlRunStore
from tests.store.requests import VERDICT, request


async def act(url: str) -> None:
    async with connect(url) as database, asyncio.TaskGroup() as group:
        store, polls = SqlRunStore(database), SqlPolls(database)
        for number in range(8):
            group.create_task(_person(store, polls, f"q{number}"))


async def _person(store: SqlRunStore, polls: SqlPolls, question: str) -> None:
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
        await polls.cast(run.id, 4, 0, "U1", Opinion.AGREE)
        _tell("voted", run.id, 4)
        if turn % 2:
            await polls.end(run.id, 4)
            _tell("counted", run.id, 4)


def _tell(what: str, run_id: str, attempt: int) -> None:
    sys.stdout.write(f"{what} {run_id} {attempt}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(act(*sys.argv[1:]))
