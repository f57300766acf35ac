"""Runs that spend as fast as they can, here or as a program of their own."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from uuid import uuid4

from bot.runs.errors import RunError
from bot.runs.model import Run
from bot.runs.money import NO_CAP, Cap, Caps, Cost
from bot.runs.purse import Budget
from bot.store.database import Database, connect
from bot.store.ledger import SqlLedger
from bot.store.runs import SqlRunStore
from patterns.errors import BudgetSpent
from tests.store.requests import request

CAP = 10_000
EACH = Cost(tokens=1_000)


def caps(day: int = CAP) -> Caps:
    return Caps(run=NO_CAP, person_day=Cap(tokens=day), workspace_month=NO_CAP)


async def asked(store: SqlRunStore, dedupe: str = "") -> Run:
    run = await store.add(request(dedupe or uuid4().hex))
    assert run
    return run


async def spend(database: Database, runs: int, most: Cost = EACH, spent: Cost = EACH) -> int:
    """*runs* at once of one request each; how many had the money for it."""
    ledger = SqlLedger(database, caps())
    budget = Budget(ledger, caps())
    store = SqlRunStore(database)
    ran = 0

    async def carry_out() -> None:
        nonlocal ran
        run = await asked(store)
        with suppress(RunError):
            purse = await budget.open(run)
            with suppress(BudgetSpent):
                await purse.reserve(most)
                await asyncio.sleep(0)
                purse.settle(most, spent)
                ran += 1
            await budget.close(purse)

    async with asyncio.TaskGroup() as group:
        for _ in range(runs):
            group.create_task(carry_out())
    return ran


async def _main(url: str, runs: int) -> None:
    async with connect(url) as database:
        sys.stdout.write(f"{await spend(database, runs)}\n")


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
