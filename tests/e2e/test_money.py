"""Runs at their caps, with every ring in place: what they spend, and what they say."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from bot.llm.build import Bounds, open_model
from bot.runs.executor import Executor
from bot.runs.model import OneMessage, Run, Status
from bot.runs.money import NO_CAP, Cap, Caps
from bot.runs.purse import Budget
from bot.store.database import Database
from bot.store.ledger import SqlLedger
from bot.store.runs import SqlRunStore
from patterns.fanout import Limits
from patterns.recipes import Summary
from patterns.task import Message
from tests.runs.fakes import FakeSources, request

SOURCE = OneMessage(channel="C1", ts="1.1")
#: Enough for twenty parts.
TALK = tuple(
    Message(
        id=f"{n}.1",
        thread=f"{n}.1",
        author="Ada",
        text=f"We ship part {n} on Friday. " * 300,
        permalink=f"https://acme.slack.com/archives/C1/p{n}",
    )
    for n in range(1, 91)
)


async def carried_out(database: Database, caps: Caps, *asked: dict[str, Any]) -> list[Run]:
    """What came of all that was *asked* at once."""
    store = SqlRunStore(database)
    budget = Budget(SqlLedger(database, caps), caps)
    bounds = Bounds(most_output=1_000)
    async with open_model(
        name="simulated",
        api_key=None,
        base_url=None,
        attempt_seconds=10,
        simulated_pace=0,
        bounds=bounds,
    ) as model_for:
        executor = Executor(
            store,
            FakeSources(messages=TALK),
            model_for,
            budget=budget,
            limits=Limits(width=8, seconds=30),
        )
        runs = [await store.add(request(uuid4().hex, **one)) for one in asked]
        async with asyncio.TaskGroup() as group:
            for run in runs:
                assert run
                group.create_task(executor.execute(run.id))
    return [await store.get(run.id) for run in runs if run]


async def test_runs_at_once_stay_below_the_cap_of_their_person(database: Database) -> None:
    caps = Caps(person_day=Cap(tokens=12_000))

    runs = await carried_out(database, caps, *[{"text": f"claim {n}"} for n in range(8)])

    assert 0 < sum(run.usage.tokens for run in runs) <= 12_000
    done = [run for run in runs if run.status is Status.DONE]
    assert 0 < len(done) < 8
    reasons = {run.error for run in runs if run.status is Status.FAILED}
    assert all("budget for today (12,000 tokens)" in (each or "") for each in reasons)


async def test_at_its_cap_a_summary_ends_with_what_it_has_and_says_why(database: Database) -> None:
    free, capped = Caps(run=NO_CAP), Caps(run=Cap(tokens=100_000))
    asked = {"recipe": "summarize", "text": "", "source": SOURCE}
    [whole] = await carried_out(database, free, asked)
    assert whole.usage.tokens > 100_000

    [run] = await carried_out(database, capped, asked)

    assert run.usage.tokens <= 100_000
    assert run.status is Status.DONE, run.error
    assert isinstance(run.result, Summary)
    assert 0 < run.result.read < len(TALK)
    assert {part.reason for part in run.result.unread} == {
        "the budget of this run (100,000 tokens) has no room for another answer"
    }
