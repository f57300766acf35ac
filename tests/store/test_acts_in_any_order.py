"""Whatever people do, in whatever order: one open run a question, one outcome an attempt."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.runs.model import Place, Status
from bot.store.database import connect
from bot.store.runs import SqlRunStore
from tests.store.requests import VERDICT, request

_TEAMS = count()
#: What is done, and to which of the runs or questions there are.
Acts = list[tuple[str, int]]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("add", "redeliver", "reopen", "stale", "done", "failed", "share")),
        st.integers(0, 3),
    ),
    max_size=25,
)


@dataclass
class Known:
    """A run as it should be."""

    id: str
    question: str
    dedupe: str
    open: bool = True
    attempt: int = 1
    outcome: Status = Status.OPEN
    shared: bool = False


@dataclass
class Model:
    """The same promises, kept in a list; each act is done to both and has to answer alike."""

    store: SqlRunStore
    team: str
    runs: list[Known] = field(default_factory=list[Known])
    deliveries: dict[str, Known] = field(default_factory=dict[str, Known])

    async def do(self, act: str, which: int) -> None:
        if act == "add":
            await self._add(f"{self.team} d{len(self.deliveries)}", f"{self.team} q{which % 2}")
        elif act == "redeliver" and self.deliveries:
            dedupe = list(self.deliveries)[which % len(self.deliveries)]
            await self._add(dedupe, f"{self.team} q{which % 2}")
        elif self.runs and act != "redeliver":
            await self._to(self.runs[which % len(self.runs)], act)

    async def _add(self, dedupe: str, question: str) -> None:
        asked = request(
            dedupe, question=question, place=Place(team=self.team, channel="C1"), asked_by="U1"
        )
        stands = self.deliveries.get(dedupe) or self._open(question)
        run = await self.store.add(asked)
        assert (run is None) == (stands is not None)
        if run is not None:
            stands = Known(run.id, question, dedupe)
            self.runs.append(stands)
        assert stands
        self.deliveries.setdefault(dedupe, stands)
        known = await self.store.known(asked)
        assert known
        assert known.id == self.deliveries[dedupe].id

    async def _to(self, run: Known, act: str) -> None:
        match act:
            case "reopen" | "stale":
                seen = run.attempt - (act == "stale")
                may = not run.open and act == "reopen" and self._open(run.question) is None
                assert await self.store.reopen(run.id, seen) == may
                if may:
                    run.open, run.attempt, run.outcome = True, run.attempt + 1, Status.OPEN
            case "share":
                may = run.outcome is Status.DONE and not run.shared
                assert await self.store.share(run.id, "U1") == may
                run.shared |= may
            case _:
                status = Status(act)
                result = VERDICT if status is Status.DONE else None
                assert await self.store.close(run.id, status, result=result) == run.open
                if run.open:
                    run.open, run.outcome = False, status

    def _open(self, question: str) -> Known | None:
        found = [run for run in self.runs if run.open and run.question == question]
        assert len(found) <= 1
        return found[0] if found else None

    async def check(self) -> None:
        for known in self.runs:
            run = await self.store.get(known.id)
            assert (run.status, run.attempt) == (known.outcome, known.attempt)
            assert bool(run.shared_by) == known.shared
            assert (run.result is not None) == (run.status is Status.DONE)


@pytest.fixture
def play(database_url: str) -> Callable[[Acts], None]:
    """One database for all; each game has a workspace of its own."""

    async def game(acts: Acts) -> None:
        async with connect(database_url) as database:
            model = Model(SqlRunStore(database), team=f"T{next(_TEAMS)}")
            for act, which in acts:
                await model.do(act, which)
            await model.check()

    return lambda acts: asyncio.run(game(acts))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_every_act_does_what_was_promised(play: Callable[[Acts], None], acts: Acts):
    play(acts)
