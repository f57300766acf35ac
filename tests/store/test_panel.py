"""What is learned of what people settled: of one workspace's newest claims, when they change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert

from bot.store import panel
from bot.store.database import Database
from bot.store.panel import SqlLearnings
from bot.store.runs import SqlRunStore
from bot.store.tables import OutcomeRow
from patterns.learned import UNLEARNED, RatedClaim
from tests.store.requests import added

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def outcomes(
    run_id: str, count: int, *, team: str = "T1", first: int = 0, truth: str = "disagree"
) -> list[dict[str, Any]]:
    """The skeptic is always right, the advocate every other time."""
    rows: list[dict[str, Any]] = []
    for number in range(first, first + count):
        labels = {"Skeptic": "refuted", "Advocate": ("refuted", "supported")[number % 2]}
        votes = [{"seat": s, "label": said, "confidence": 0.5} for s, said in labels.items()]
        rows.append(
            {
                "run_id": run_id,
                "claim": number,
                "team": team,
                "votes": json.dumps(votes),
                "seats": 5,
                "named": "refuted",
                "truth": truth,
                "at": NOW + timedelta(seconds=number),
            }
        )
    return rows


async def keep(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    def work(connection: Connection) -> bool:
        connection.execute(insert(OutcomeRow), rows)
        return True

    await database.writer.write(work)


@pytest.fixture
async def run_id(store: SqlRunStore) -> str:
    return await added(store)


async def test_where_nothing_was_settled_nothing_is_learned(database: Database, run_id: str):
    await keep(database, outcomes(run_id, 3, team="T2"))

    learnings = SqlLearnings(database)

    assert await learnings.of("T1") == UNLEARNED
    assert await learnings.of("") == UNLEARNED
    assert await learnings.teams() == ["T2"]


async def test_every_seat_is_measured_by_what_people_said(database: Database, run_id: str):
    await keep(database, outcomes(run_id, 60))

    learned = await SqlLearnings(database).of("T1")

    assert learned.rated == 60
    assert learned.accuracy == {"Skeptic": 1.0, "Advocate": 0.5}
    assert learned.weights["Skeptic"] > learned.weights["Advocate"]


async def test_where_people_cannot_tell_they_have_said_nothing_of_any_seat(
    database: Database, run_id: str
):
    await keep(database, outcomes(run_id, 60))
    learned = await SqlLearnings(database).of("T1")

    await keep(database, outcomes(run_id, 60, first=60, truth="cannot_tell"))

    assert await SqlLearnings(database).of("T1") == learned


async def test_it_is_learned_again_only_where_something_has_changed(
    database: Database, run_id: str
):
    learned: list[int] = []

    class Counting(SqlLearnings):
        async def rated(self, team: str) -> Sequence[RatedClaim]:
            found = await super().rated(team)
            learned.append(len(found))
            return found

    learnings = Counting(database)
    await keep(database, outcomes(run_id, 3))
    for _ in range(3):
        await learnings.of("T1")
    await keep(database, outcomes(run_id, 1, first=3))
    await learnings.of("T1")
    await database.writer.write(lambda c: c.execute(delete(OutcomeRow)).rowcount > 0)

    assert await learnings.of("T1") == UNLEARNED
    assert learned == [3, 4, 0]


async def test_the_newest_claims_count_the_oldest_of_them_first(
    database: Database, run_id: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(panel, "MOST", 2)
    await keep(database, outcomes(run_id, 5))

    found = await SqlLearnings(database).rated("T1")

    assert [claim.votes[1].choice for claim in found] == ["supported", "refuted"]
