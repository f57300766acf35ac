"""Earlier outcomes of the same claim, for who may see them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runs.model import Audience, Place, Status
from bot.store.checks import SqlChecks, folded
from bot.store.database import Database
from bot.store.erasing import SqlEraser
from bot.store.runs import SqlRunStore
from patterns.evidence import Earlier
from patterns.recipes.factcheck.verdict import ClaimVerdict, FactCheck, Label, Outcome, SeatVote
from tests.store.requests import request

CLAIM = "The moon is cheese."


def verdict(claim: str = CLAIM, outcome: Outcome = Outcome.REFUTED) -> ClaimVerdict:
    votes = tuple(
        SeatVote(seat=f"Seat {number}", label=label, reason="because", confidence=0.9)
        for number, label in enumerate([Label.REFUTED, Label.REFUTED, Label.SUPPORTED])
    )
    return ClaimVerdict(claim=claim, start=0, end=3, outcome=outcome, votes=votes, seats=3)


class Past:
    def __init__(self, database: Database, store: SqlRunStore) -> None:
        self.checks = SqlChecks(database)
        self._store = store
        self._count = 0

    async def checked(
        self,
        *verdicts: ClaimVerdict,
        audience: Audience = Audience.CHANNEL,
        status: Status = Status.DONE,
        **changes: Any,
    ) -> str:
        self._count += 1
        run = await self._store.add(request(f"d{self._count}", **changes))
        assert run
        await self._store.admit(run.id, audience)
        result = FactCheck(text="x", claims=verdicts or (verdict(),))
        await self._store.close(run.id, status, result=result)
        return run.id

    async def told(self, claim: str = CLAIM, **changes: Any) -> list[Earlier]:
        return list(await self.checks.of(claim, request("now", **changes)))


@pytest.fixture
def past(database: Database, store: SqlRunStore) -> Past:
    return Past(database, store)


async def test_the_same_claim_is_known_with_what_came_of_it(past: Past) -> None:
    run = await past.checked(verdict("Bees can fly"), verdict())
    ended = (await past._store.get(run)).ended_at
    assert ended

    assert await past.told("the MOON is cheese") == [
        Earlier(claim=CLAIM, outcome="refuted", agreed=2, voters=3, date=ended.date().isoformat())
    ]
    assert await past.told("The moon is no cheese") == []
    assert await past.told("?!") == []


async def test_the_newest_three_are_told(past: Past) -> None:
    for outcome in (Outcome.SUPPORTED, Outcome.REFUTED, Outcome.CONTESTED, Outcome.CONFLICTING):
        await past.checked(verdict(outcome=outcome))

    told = await past.told()

    assert [each.outcome for each in told] == ["conflicting", "contested", "refuted"]
    assert [each.agreed for each in told] == [0, 0, 2]


async def test_what_another_channel_or_workspace_was_shown_is_not_told(past: Past) -> None:
    await past.checked(place=Place(team="T1", channel="C2"))
    await past.checked(place=Place(team="T2", channel="C1"))

    assert await past.told() == []


async def test_what_one_person_was_shown_is_told_to_them_alone(past: Past) -> None:
    """In what only they see: the same claim in public must not say what came of it in private."""
    await past.checked(
        audience=Audience.REQUESTER, place=Place(team="T1", channel="C9"), private=True
    )

    assert await past.told() == []
    assert await past.told(place=Place(team="T1", channel="C9")) == []
    assert await past.told(asked_by="U2", private=True) == []
    assert len(await past.told(private=True)) == 1


async def test_what_somebody_showed_to_the_channel_afterwards_is_told_there(past: Past) -> None:
    run = await past.checked(audience=Audience.REQUESTER, private=True)
    await past._store.share(run, "U1")

    assert len(await past.told(asked_by="U2")) == 1


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
async def test_what_came_to_no_end_is_not_told(past: Past, status: Status) -> None:
    await past.checked(status=status)

    assert await past.told() == []


async def test_what_is_erased_is_not_told(past: Past, database: Database) -> None:
    await past.checked()
    await SqlEraser(database).person("T1", "U1")

    assert await past.told() == []


async def test_on_the_console_who_sits_there_knows_what_they_asked(past: Past) -> None:
    console = Place(team="", channel="console")
    await past.checked(audience=Audience.REQUESTER, place=console)

    assert len(await past.told(place=console)) == 1
    assert await past.told() == []


async def test_a_claim_with_no_plain_word_is_known_too(past: Past) -> None:
    await past.checked(verdict("Луна сделана из сыра"))

    assert len(await past.told("ЛУНА сделана из сыра!")) == 1


async def test_wildcards_of_the_database_are_letters_here(past: Past) -> None:
    await past.checked(verdict("100% of bees fly"))

    assert len(await past.told("100% of bees fly")) == 1
    assert await past.told("100_ of bees fly") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It is 5 degrees", "It is -5 degrees"),
        ("We grew by 3.5", "We grew by 35"),
        ("We grew by 3.5", "We grew by 3 5"),
        ("5% of them", "5 of them"),
        ("It is true", "It is not true"),
    ],
)
def test_what_changes_a_claim_is_no_mere_mark(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Moon is CHEESE!", "the moon — is “cheese”"),
        ("It is \u22125 degrees", "it is -5 degrees."),
        ("ﬁve ﬁsh", "Five fish"),
        ("A-5 paper", "a 5 paper"),
    ],
)
def test_case_and_marks_change_nothing(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


async def test_voters_are_the_seats_of_the_panel_not_those_that_were_asked(past: Past) -> None:
    await past.checked(verdict().model_copy(update={"seats": 9}))

    assert [(each.agreed, each.voters) for each in await past.told()] == [(2, 9)]


async def test_the_same_outcome_on_one_day_is_told_once(past: Past) -> None:
    for outcome in (Outcome.SUPPORTED, Outcome.REFUTED, Outcome.REFUTED, Outcome.REFUTED):
        await past.checked(verdict(outcome=outcome))

    assert [each.outcome for each in await past.told()] == ["refuted", "supported"]
