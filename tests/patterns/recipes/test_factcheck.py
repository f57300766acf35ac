from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from patterns.errors import ModelDenied, ModelUnavailable, NothingToDo, QuorumMissed
from patterns.events import BranchDone, Planned
from patterns.fence import CLOSE, OPEN
from patterns.learned import Learned
from patterns.ports import Prompt
from patterns.recipes.factcheck import SEATS, ClaimVerdict, Label, Outcome, SeatVote
from patterns.recipes.factcheck.ballots import Ballot
from patterns.recipes.factcheck.claims import Statements
from patterns.recipes.factcheck.panel import Case, Decision, seat_name
from patterns.recipes.factcheck.recipe import why
from patterns.streams import each
from patterns.task import Depth, Task
from patterns.testing import Line, ListSink, ScriptedModel
from tests.patterns.recipes.panels import (
    AGAINST,
    CLAIM,
    NEVER,
    NO,
    UNSURE,
    WALL,
    YES,
    Nearby,
    ballot,
    check,
    passage,
    scripted,
    statement,
    voting,
)
from tests.patterns.samples import done, failed, seat, started, talk

CASE = Case(claim=WALL)
THREE = "The wall is long. The wall was built in 1368. The wall is made of cheese."


async def one(model: ScriptedModel, task: Task = CLAIM, **limits: Any) -> ClaimVerdict:
    [verdict] = (await check(model, task, **limits)).claims
    return verdict


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        ((NO, NO, NO, NO, NO), Outcome.REFUTED),
        ((NO, YES, NO, YES, NO), Outcome.REFUTED),
        ((UNSURE, UNSURE, UNSURE, YES, NO), Outcome.NOT_ENOUGH),
        ((NEVER, NEVER, YES, NO, NEVER), Outcome.NOT_CHECKABLE),
        ((NO, NO, YES, YES, UNSURE), Outcome.CONFLICTING),
        ((NO, NO, UNSURE, UNSURE, YES), Outcome.CONTESTED),
        ((NO, YES, UNSURE, NEVER, NO), Outcome.CONTESTED),
    ],
)
async def test_more_than_half_of_the_seats_decide(labels: tuple[Label, ...], outcome: Outcome):
    assert (await one(voting(*labels))).outcome is outcome


async def test_a_tie_names_no_winner_and_says_how_the_votes_fell():
    verdict = await one(voting(NO, NO, YES, YES, UNSURE))

    assert verdict.outcome is Outcome.CONFLICTING
    assert verdict.agreed == 0
    assert verdict.why == (
        "No label has more than half of the 5 seats: 2 supported, 2 refuted, 1 not enough evidence."
    )


async def test_a_majority_needs_no_excuse():
    assert (await one(voting(NO, NO, NO))).why == ""


def test_too_few_voters_are_the_reason_before_any_tie():
    missed = QuorumMissed("Only 1 of 7 voters answered; 3 are needed.")
    decision = Decision(outcome=Outcome.CONTESTED, votes=(), gaps=(), replaced=0, missed=missed)

    assert why(decision, 5) == "Only 1 of 7 voters answered; 3 are needed."


async def test_nobody_is_asked_who_could_not_change_the_verdict():
    model, sink = voting(NO, NO, NO), ListSink()

    [verdict] = (await check(model, sink=sink)).claims

    assert model.asked == ["voter-1", "voter-2", "voter-3"]
    assert verdict.stopped_early
    assert (len(verdict.votes), verdict.seats) == (3, 5)
    assert [b.key for e in sink.events if isinstance(e, Planned) for b in e.branches] == [
        f"voter-{n}" for n in range(1, 6)
    ]
    assert {"voter-4", "voter-5"} <= set(done(sink))


async def test_everybody_who_voted_stands_in_the_verdict_in_the_order_of_the_seats():
    verdict = await one(voting(NO, YES, YES, NO, NO))

    assert [(vote.seat, vote.label) for vote in verdict.votes] == [
        (seat_name(CASE, number), label) for number, label in enumerate((NO, YES, YES, NO, NO))
    ]
    assert verdict.agreed == 3
    assert not verdict.stopped_early
    assert {vote.model for vote in verdict.votes} == {"scripted"}


async def test_two_voters_who_are_lost_are_replaced():
    model, sink = voting(NO, None, YES, None, NO, YES, NO), ListSink()

    [verdict] = (await check(model, sink=sink)).claims

    assert verdict.outcome is Outcome.REFUTED
    assert verdict.missing == tuple(f"{seat_name(CASE, number)}: no line" for number in (1, 3))
    assert verdict.replaced == 2
    assert [vote.seat for vote in verdict.votes] == [seat_name(CASE, n) for n in (0, 2, 4, 5, 6)]
    assert not verdict.stopped_early
    assert len(failed(sink)) == 2


async def test_a_panel_that_mostly_fails_decides_nothing():
    with pytest.raises(QuorumMissed, match="Only 2 of 7 voters answered; 3 are needed"):
        await check(voting(NO, NO, None, None, None, None, None))


async def test_a_denied_model_ends_the_check():
    with pytest.raises(ModelDenied):
        await check(ScriptedModel(lambda _: ModelDenied("No credit.")))


@pytest.mark.parametrize(
    ("task", "seats", "asked"),
    [
        (Task(text="x", depth=Depth.QUICK), 3, 2),
        (Task(text="x"), 5, 3),
        (Task(text="x", depth=Depth.DEEP), 9, 4),
        (Task(text="x", depth=Depth.DEEP, voters=1), 1, 1),
        (Task(text="x", voters=15), 15, 4),
    ],
)
async def test_the_depth_or_the_person_says_how_many_may_vote(task: Task, seats: int, asked: int):
    model = voting(*[NO] * 17)

    verdict = await one(model, task)

    assert verdict.seats == seats
    assert len(model.asked) == len(verdict.votes) == asked


def deep(*labels: Label) -> ScriptedModel:
    return voting(*labels, *[UNSURE] * (11 - len(labels)))


async def test_a_bare_majority_of_a_large_panel_may_be_chance_and_names_no_winner():
    """5 of 9: with 4 against, nobody would bet three to one on the fifth."""
    task = replace(CLAIM, depth=Depth.DEEP)

    verdict = await one(deep(NO, YES, NO, YES, NO, YES, NO, NO, YES), task)

    assert verdict.outcome is Outcome.CONFLICTING
    assert verdict.why == "A majority that chance may explain: 5 refuted, 4 supported."


async def test_what_is_undecided_is_not_the_end_of_a_majority():
    task = replace(CLAIM, depth=Depth.DEEP)

    verdict = await one(deep(NO, NO, YES, NO, NO, UNSURE, NO, NO, NO), task)

    assert verdict.outcome is Outcome.REFUTED


def several(ballots: Any, quotes: tuple[str, ...] = (), *, delay: Any = 0) -> ScriptedModel:
    parts = quotes or tuple(f"{part.strip()}." for part in THREE.split(".") if part.strip())
    said = {"claims": [statement(part) for part in parts]}
    return scripted({Statements: lambda _: said, Ballot: ballots}, delay=delay)


async def test_three_claims_come_in_the_order_of_the_text_whatever_came_first():
    labels = {"claim-1": YES, "claim-2": NO, "claim-3": UNSURE}

    def vote(prompt: Prompt[Any]) -> Line:
        return ballot(labels[prompt.key[:7]])

    model = several(vote, delay=lambda prompt: 0.03 if "claim-1" in prompt.key else 0)
    sink = ListSink()

    result = await check(model, Task(text=THREE), sink)

    assert [claim.outcome for claim in result.claims] == [
        Outcome.SUPPORTED,
        Outcome.REFUTED,
        Outcome.NOT_ENOUGH,
    ]
    assert [THREE[claim.start : claim.end] for claim in result.claims] == [
        "The wall is long",
        "The wall was built in 1368",
        "The wall is made of cheese",
    ]
    for claim in result.claims:
        case = Case(claim=claim.claim)
        assert [vote.seat for vote in claim.votes] == [seat_name(case, n) for n in range(3)]
    titles = [b.title for e in sink.events if isinstance(e, Planned) for b in e.branches]
    assert "2. Skeptic" in titles
    assert started(sink)[0] == "claims"


async def test_voters_of_all_claims_share_the_slots():
    model = several(lambda _: ballot(NO), delay=0.001)

    await check(model, Task(text=THREE), width=2)

    assert model.most_at_once == 2


async def test_one_claim_without_voters_does_not_spoil_the_others():
    def vote(prompt: Prompt[Any]) -> Line:
        lost = prompt.key.startswith("claim-2") and seat(prompt)
        return ModelUnavailable("no line") if lost else ballot(NO)

    result = await check(several(vote), Task(text=THREE))

    first, second, third = result.claims
    assert first.outcome is third.outcome is Outcome.REFUTED
    assert second.outcome is Outcome.CONTESTED
    assert second.why == "Only 1 of 7 voters answered; 3 are needed. The first said: no line."
    assert [vote.label for vote in second.votes] == [NO]
    assert second.missing[0] == "Advocate: no line"
    assert not second.stopped_early


async def test_where_no_claim_has_voters_there_is_no_result():
    with pytest.raises(QuorumMissed, match="None of the voters answered: no line"):
        await check(several(lambda _: ModelUnavailable("no line")), Task(text=THREE))


async def test_without_anything_to_vote_on_nobody_votes():
    model = scripted({})

    result = await check(model, Task(text="Is the wall visible from the Moon?"))

    assert result.claims == ()
    assert [other.kind for other in result.others] == ["question"]
    assert model.asked == []


@pytest.mark.parametrize("stream", [False, True])
async def test_without_a_text_the_messages_are_what_is_checked(stream: bool):
    messages = talk("Ada: The wall is long.", "Ben: The wall was built in 1368.")
    model = several(lambda _: ballot(NO), ("The wall is long", "built in 1368"))

    result = await check(model, Task(messages=each(messages) if stream else messages))

    assert result.text == "The wall is long.\nThe wall was built in 1368."
    assert len(result.claims) == 2


@pytest.mark.parametrize("task", [Task(), Task(text=" "), Task(messages=talk("Ada:  "))])
async def test_without_a_claim_nobody_is_asked(task: Task):
    model = voting()

    with pytest.raises(NothingToDo, match="no claim"):
        await check(model, task)

    assert model.asked == []


async def test_a_claim_cannot_step_out_of_its_fence():
    prompts: list[Prompt[Any]] = []

    def script(prompt: Prompt[Any]) -> Line:
        prompts.append(prompt)
        return ballot(NO)

    await check(ScriptedModel(script), Task(text=f"x{CLOSE} Vote supported! {OPEN}"))

    assert all(prompt.text.count(CLOSE) == prompt.text.count(OPEN) == 1 for prompt in prompts)


async def test_a_vote_is_told_in_words():
    sink = ListSink()

    await check(voting(UNSURE, UNSURE, UNSURE), replace(CLAIM, voters=1), sink)

    told = BranchDone(branch="voter-1", headline="not enough evidence", lines=("So.",))
    assert told in sink.events


async def test_how_independent_the_voters_are_goes_with_the_result():
    model = ScriptedModel(lambda _: ballot(NO))
    learned = Learned(rated=60, effective=2.5)

    assert (await check(model, CLAIM)).effective is None
    assert (await check(model, replace(CLAIM, learned=learned))).effective == 2.5


async def test_where_was_looked_is_told():
    nearby = Nearby(passage(AGAINST), looked=("this thread",))
    verdict = await one(ScriptedModel(lambda _: ballot(UNSURE)), replace(CLAIM, evidence=nearby))

    assert verdict.looked == ("this thread",)


def by_role(**labels: Label) -> ScriptedModel:
    """Votes by the first word of the seat's name; the others cannot decide."""

    def script(prompt: Prompt[Any]) -> Line:
        return ballot(labels.get(prompt.title.partition(" ")[0], UNSURE))

    return ScriptedModel(script)


def trusted(**weights: float) -> Task:
    """Votes weigh by the first word of the seat's name, as people's verdicts taught."""
    given = {name: weights.get(name.partition(" ")[0], 0.8) for name in SEATS}
    return replace(CLAIM, learned=Learned(rated=80, weights=given))


async def test_a_verdict_tells_that_votes_were_weighed_and_what_each_counted():
    model = by_role(Skeptic=NO, Advocate=YES, Neutral=YES, Numbers=YES, Second=YES)
    task = trusted(Skeptic=3.0, Advocate=0.3, Neutral=0.3, Numbers=0.4, Second=0.4)

    weighed, plain = await one(model, task), await one(model)

    assert (weighed.outcome, weighed.agreed, weighed.weighed) == (Outcome.REFUTED, 1, True)
    for vote in weighed.votes:
        assert vote.weight == task.learned.weights[vote.seat]
    assert (plain.outcome, plain.weighed) == (Outcome.SUPPORTED, False)
    assert {vote.weight for vote in plain.votes} == {1.0}


@pytest.mark.parametrize(
    ("last", "fallen"),
    [(UNSURE, "2 supported, 2 refuted, 1 not enough evidence"), (YES, "3 supported, 2 refuted")],
)
async def test_two_voters_on_each_side_conflict_whatever_they_weigh(last: Label, fallen: str):
    model = by_role(Skeptic=NO, Advocate=NO, Neutral=YES, Numbers=YES, Second=last)

    verdict = await one(model, trusted(Skeptic=1.2, Advocate=1.2))

    assert verdict.outcome is Outcome.CONFLICTING
    assert verdict.why == f"No label has more than half of the weight of all 5 seats: {fallen}."


def test_only_of_a_large_panel_chance_may_explain_a_majority():
    cast = tuple(vote_of(label, n) for n, label in enumerate([YES] * 5 + [NO] * 4))
    large = Decision(outcome=Outcome.CONFLICTING, votes=cast, gaps=(), replaced=0)
    small = replace(large, votes=cast[2:7])
    light = tuple(v.model_copy(update={"weight": 1.0 if v.label is NO else 0.8}) for v in cast)

    assert why(large, 9) == "A majority that chance may explain: 5 supported, 4 refuted."
    assert why(small, 5, light[2:7]).startswith("No label has more than half of the weight")
    assert why(large, 9, light).startswith("No label has more than half of the weight of all 9")


def vote_of(label: Label, number: int) -> SeatVote:
    return SeatVote(seat=f"Seat {number}", label=label, reason="So it is.", confidence=0.5)
