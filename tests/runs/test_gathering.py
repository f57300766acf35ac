"""Evidence on its way to a recipe: nothing of it is lost, and nothing of it is told too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.runs.errors import StorageFailed
from bot.runs.gathering import Gathering, NoChecks, NoLearnings, recalled
from bot.runs.model import RunRequest
from bot.runs.vetting import REMOVED, Vetting
from patterns.evidence import Earlier, Found, Origin, Passage
from patterns.learned import UNLEARNED
from patterns.recipes.brainstorm import IdeaList
from patterns.recipes.factcheck.verdict import ClaimVerdict, FactCheck, Outcome
from patterns.usage import Usage
from tests.runs.fakes import FakeSources, request
from tests.runs.memory import MemoryStore

ASKED = request()
CLAIM = "Person_bcdfgh ships on Friday"
BEFORE = Earlier(
    claim="Ann ships on Friday", outcome="refuted", agreed=4, voters=5, date="2026-11-02"
)
PASSAGE = Passage(
    origin=Origin.FILE,
    text="It stands in https://wiki.example/plan",
    title="plan.txt",
    link="https://team.slack.com/files/U1/F1/plan.txt",
)


class Known:
    """What came of claims before; *asked* tells which."""

    def __init__(self, *known: Earlier, broken: bool = False) -> None:
        self.asked: list[str] = []
        self._known = known
        self._broken = broken

    async def of(self, claim: str, request: RunRequest, /) -> Sequence[Earlier]:
        self.asked.append(claim)
        if self._broken:
            raise StorageFailed("it does not answer")
        return self._known


def checked(*claims: str) -> FactCheck:
    return FactCheck(
        text=CLAIM,
        claims=tuple(
            ClaimVerdict(claim=claim, start=0, end=1, outcome=Outcome.NOT_ENOUGH, votes=(), seats=5)
            for claim in claims
        ),
    )


class Kept:
    """A run whose evidence is kept."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.sources = FakeSources(
            found=Found(passages=(PASSAGE,), looked=("this thread",)),
            people={"Person_bcdfgh": "Ann"},
        )

    async def near(self, vetting: Vetting, *claims: str) -> Sequence[Found]:
        run = await self.store.known(ASKED) or await self.store.add(ASKED)
        assert run
        return await Gathering(run, self.store, self.sources, vetting).nearby(claims)


async def near(vetting: Vetting, *claims: str) -> Sequence[Found]:
    return await Kept().near(vetting, *claims)


async def test_links_that_stand_in_evidence_may_be_shown() -> None:
    vetting = Vetting()

    found = await near(vetting, "We ship", "Ann ships")

    assert [each.passages for each in found] == [(PASSAGE,), (PASSAGE,)]
    assert vetting.text("see https://wiki.example/plan") == "see https://wiki.example/plan"
    assert vetting.text(f"see {PASSAGE.link}") == f"see {PASSAGE.link}"
    assert vetting.text("see https://evil.example") == f"see {REMOVED}"


async def test_who_is_met_in_evidence_has_a_name_in_what_is_shown() -> None:
    vetting = Vetting()
    vetting.met({"Person_ccdfgh": "Ben"})

    await near(vetting, "We ship")

    assert vetting.text("Person_bcdfgh and Person_ccdfgh") == "Ann and Ben"


async def test_evidence_is_looked_for_once_and_comes_with_its_names_and_links_again() -> None:
    kept, again = Kept(), Vetting()
    first = await kept.near(Vetting(), "We ship")
    kept.sources = FakeSources(found=Found(looked=("nothing could be read",)))

    assert await kept.near(again, "We ship") == first
    assert kept.sources.calls == []
    assert again.text("Person_bcdfgh, https://wiki.example/plan") == (
        "Ann, https://wiki.example/plan"
    )


async def test_that_nothing_was_found_stays_so() -> None:
    kept = Kept()
    kept.sources = FakeSources()
    await kept.near(Vetting(), "We ship")
    kept.sources = FakeSources(found=Found(passages=(PASSAGE,)))

    assert await kept.near(Vetting(), "We ship") == (Found(),)


async def test_other_claims_have_other_evidence() -> None:
    kept = Kept()
    await kept.near(Vetting(), "We ship")
    kept.sources = FakeSources()

    assert await kept.near(Vetting(), "We ship", "Ann ships") == (Found(), Found())


async def test_evidence_that_another_version_kept_is_looked_for_anew() -> None:
    kept = Kept()
    first = await kept.near(Vetting(), "We ship")
    [(run_id, answers)] = kept.store.kept.items()
    for answer in list(answers.values()):
        await kept.store.remember(run_id, replace(answer, body='{"of": "old"}'))

    assert await kept.near(Vetting(), "We ship") == first


async def test_kept_evidence_is_for_nobody_else() -> None:
    kept = Kept()
    await kept.near(Vetting(), "We ship")

    [(_, answers)] = kept.store.kept.items()
    assert {answer.scope for answer in answers.values()} == {""}
    assert {answer.usage for answer in answers.values()} == {Usage()}


async def test_a_result_is_told_with_what_came_of_each_claim_before() -> None:
    checks, vetting = Known(BEFORE), Vetting()
    vetting.met({"Person_bcdfgh": "Ann"})

    result = await recalled(checked(CLAIM, "Bees fly"), checks, ASKED, vetting)

    assert checks.asked == ["Ann ships on Friday", "Bees fly"]
    assert [claim.earlier for claim in result.claims] == [(BEFORE,), (BEFORE,)]
    assert result.claims[0].claim == CLAIM


async def test_without_the_database_there_is_no_earlier_outcome_and_no_error() -> None:
    result = checked(CLAIM)

    assert await recalled(result, Known(broken=True), ASKED, Vetting()) == result


async def test_other_results_have_no_claims() -> None:
    checks, ideas = Known(BEFORE), IdeaList(problem="x", ideas=())

    assert await recalled(ideas, checks, ASKED, Vetting()) is ideas
    assert checks.asked == []


async def test_who_keeps_nothing_knows_nothing() -> None:
    assert await NoChecks().of("We ship", ASKED) == ()
    assert await NoLearnings().of("T1") is UNLEARNED
