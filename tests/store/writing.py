"""A program that writes until it is killed, and names each answer that it was promised."""

from __future__ import annotations

import asyncio
import sys

from bot.store.database import connect
from bot.store.runs import SqlRunStore
from patterns.events import BranchStarted
from tests.store.requests import answer


async def write(url: str, run_id: str) -> None:
    async with connect(url) as database, asyncio.TaskGroup() as group:
        store = SqlRunStore(database)
        for number in range(20):
            group.create_task(_branch(store, run_id, number))


async def _branch(store: SqlRunStore, run_id: str, number: int) -> None:
    turn = 0
    while True:
        turn += 1
        key = f"v{number}-{turn}"
        store.append(run_id, BranchStarted(branch=key))
        await store.remember(run_id, answer(key))
        print(key, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:]))
