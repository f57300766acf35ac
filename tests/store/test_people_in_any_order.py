"""Whatever people click, in whatever order: one vote a person, and nothing after the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.runs.model import Opinion, Place, Run, Status
from bot.store.database import Database, connect
from bot.store.people import SqlPolls
from bot.store.runs import SqlRunStore
from patterns.recipes.factcheck import Label
from tests.results import claim_verdict, fact_check
from tests.runs.polls import MemoryPolls
from tests.store.requests import request

TWO = fact_check(claim_verdict(Label.SUPPORTED), claim_verdict(Label.REFUTED))
_TEAMS = count()
_DAYS = st.sampled_from((0.0, 1.0, 6.9, 7.1))
VOTES = st.tuples(
    st.just("vote"), st.integers(0, 1), st.sampled_from("ABCD"), st.sampled_from(Opinion)
)
Acts = list[tuple[Any, ...]]
ACTS: st.SearchStrategy[Acts] = st.lists(
    st.one_of(
        VOTES,
        VOTES,
        VOTES,
        st.tuples(st.just("stale"), st.integers(0, 1), st.just("A"), st.sampled_from(Opinion)),
        st.tuples(st.just("wait"), _DAYS),
        st.sampled_from([("end",), ("due",), ("again",)]),
    ),
    max_size=25,
)


class Game:
    """Each act is done to the store and to the same promises in memory, and they answer alike."""

    def __init__(self, database: Database, store: SqlRunStore, run: Run) -> None:
        self.store = store
        self.polls = SqlPolls(database, now=lambda: self.now)
        self.runs = {run.id: run}
        self.run_id = run.id
        self.now = run.ended_at or datetime.now(UTC)
        self.model = MemoryPolls(self.runs, now=lambda: self.now)

    @property
    def attempt(self) -> int:
        return self.runs[self.run_id].attempt

    @property
    def due(self) -> datetime:
        ended_at = self.runs[self.run_id].ended_at
        assert ended_at
        return ended_at + timedelta(days=7)

    async def do(self, act: str, *how: Any) -> None:
        match act:
            case "vote":
                await self._vote(self.attempt, *how)
            case "stale":
                await self._vote(self.attempt - 1, *how)
            case "wait":
                self.now += timedelta(days=how[0])
            case "end":
                end = (self.run_id, self.attempt)
                assert await self.polls.end(*end) == await self.model.end(*end)
            case "due":
                await self.polls.end_due()
                if self.now >= self.due:
                    await self.model.end(self.run_id, self.attempt)
            case _:
                assert await self.store.reopen(self.run_id, self.attempt)
                await self.store.close(self.run_id, Status.DONE, result=TWO)
                self.runs[self.run_id] = await self.store.get(self.run_id)
                self.now = self.runs[self.run_id].ended_at or self.now
        await self.check()

    async def _vote(self, attempt: int, claim: int, user: str, opinion: Opinion) -> None:
        vote = (self.run_id, attempt, claim, user, opinion)
        for _ in range(2):  # a double click is one
            assert await self.polls.cast(*vote) == await self.model.cast(*vote)

    async def check(self) -> None:
        run = await self.store.get(self.run_id)
        assert run.people == self.model.people(self.run_id)


@pytest.fixture
def play(database_url: str) -> Callable[[Acts], None]:
    """One database for all; each game has a workspace of its own."""

    async def game(acts: Acts) -> None:
        async with connect(database_url) as database:
            store, team = SqlRunStore(database), f"T{next(_TEAMS)}"
            run = await store.add(request(team, place=Place(team=team, channel="C1")))
            assert run
            await store.close(run.id, Status.DONE, result=TWO)
            played = Game(database, store, await store.get(run.id))
            for act in acts:
                await played.do(*act)

    return lambda acts: asyncio.run(game(acts))


@settings(
    max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_one_vote_a_person_and_nothing_after_the_end(play: Callable[[Acts], None], acts: Acts):
    play(acts)
