"""Seats differ in role and order and know nothing of each other; people's verdicts weigh them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.errors import ModelUnavailable
from patterns.learned import Learned
from patterns.ports import Prompt
from patterns.recipes.factcheck import SEATS, Label, Outcome
from patterns.recipes.factcheck.panel import (
    PROBABLE,
    SURE,
    Case,
    ballot_prompt,
    rule_for,
    seat_name,
    size_of,
)
from patterns.stopping import posterior, settled, waves
from patterns.task import Depth, Task
from patterns.testing import Line, ScriptedModel
from tests.patterns.recipes.panels import (
    AGAINST,
    CLAIM,
    FOR,
    NO,
    UNSURE,
    WALL,
    YES,
    Nearby,
    ballot,
    check,
    passage,
    voting,
)
from tests.patterns.samples import seat

CASE = Case(claim=WALL, passages=(passage(AGAINST), passage(FOR, 2), passage("It is long.", 3)))


def labels_of(prompt: Prompt[Any]) -> list[str]:
    return prompt.text.partition("Labels: ")[2].partition(".\n")[0].split(", ")


def order_of(prompt: Prompt[Any]) -> list[int]:
    lines = prompt.text.partition("Passages:\n")[2].splitlines()
    return [int(line.lstrip("⟦")[1]) for line in lines if line.lstrip("⟦").startswith("[")]


def test_four_seats_in_a_row_make_a_latin_square_of_the_labels():
    square = [labels_of(ballot_prompt(CASE, number)) for number in range(4)]

    for line in (*square, *zip(*square, strict=True)):
        assert sorted(line) == sorted(Label)


def test_every_label_and_every_passage_stands_first_for_somebody():
    prompts = [ballot_prompt(CASE, number) for number in range(5)]

    assert {labels_of(prompt)[0] for prompt in prompts} == set(Label)
    assert {order_of(prompt)[0] for prompt in prompts} == {1, 2, 3}
    assert all(sorted(order_of(prompt)) == [1, 2, 3] for prompt in prompts)


def test_seats_differ_in_their_role_and_share_what_comes_first():
    prompts = [ballot_prompt(CASE, number) for number in range(11)]

    assert len({prompt.fingerprint for prompt in prompts}) == 11
    assert len({prompt.system for prompt in prompts}) == 1
    assert len({prompt.title for prompt in prompts}) == 11
    assert [prompt.seat for prompt in prompts] == list(range(11))
    assert len({prompt.text.partition("Passages:")[0] for prompt in prompts}) == 1


def test_five_roles_name_the_seats_and_come_again_with_a_number():
    names = [seat_name(CASE, number) for number in range(7)]

    assert sorted(names[:5]) == sorted(SEATS)
    assert names[5:] == [f"{name} 2" for name in names[:2]]
    assert len(set(SEATS)) == 5


def test_every_role_is_in_the_first_wave_of_as_many_claims():
    """The last seats are asked of what is disputed alone: no role is always among them."""
    first = Counter(
        seat_name(Case(claim=f"The wall has {n} towers"), number)
        for n in range(1_000)
        for number in range(3)
    )

    assert set(first) == set(SEATS)
    assert max(first.values()) < 1.2 * min(first.values())


@given(st.text(), st.integers(0, 16))
def test_who_sits_where_is_the_same_whenever_a_claim_comes_back(claim: str, number: int):
    again = Case(claim=claim, passages=CASE.passages, prefix="claim-2-", title="2. ")

    assert seat_name(Case(claim=claim), number) == seat_name(again, number)
    assert seat_name(again, number) in ballot_prompt(again, number).title


async def test_voters_are_blind_to_each_other():
    prompts: list[Prompt[Any]] = []

    def script(prompt: Prompt[Any]) -> Line:
        prompts.append(prompt)
        told = {"label": list(Label)[seat(prompt) % 4], "reason": f"canary {prompt.key}"}
        return {"evidence": [], "quote": "", "confidence": 1, **told}

    await check(ScriptedModel(script))

    assert len(prompts) > 3
    assert not any("canary" in prompt.text for prompt in prompts)


counted = st.dictionaries(st.sampled_from(Label), st.integers(0, 9))


@settings(derandomize=True, max_examples=300)
@given(counted, st.integers(1, 15))
def test_a_label_wins_with_more_than_half_of_all_seats_and_never_with_less(
    counts: dict[Label, int], size: int
):
    while sum(counts.values()) > size:
        counts = {label: count // 2 for label, count in counts.items()}

    outcome = Outcome(str(rule_for(size)(counts, size)))

    ahead = [label for label, count in counts.items() if 2 * count > size]
    probable = size <= 5 or posterior([counts.get(label, 0) for label in Label]) >= PROBABLE
    if ahead and probable:
        assert outcome.value == ahead[0].value
    elif min(counts.get(YES, 0), counts.get(NO, 0)) >= 2:
        assert outcome is Outcome.CONFLICTING
    else:
        assert outcome is Outcome.CONTESTED


@pytest.mark.parametrize("third", [label for label in Label if label not in {YES, NO}])
def test_two_two_and_one_never_names_a_winner(third: Label):
    assert rule_for(5)({YES: 2, NO: 2, third: 1}, 5) == Outcome.CONFLICTING
    assert rule_for(5)({YES: 2, third: 2, NO: 1}, 5) == Outcome.CONTESTED


async def test_who_answers_first_changes_nothing():
    """The verdict of a panel is that of all its seats, whatever the order and however few came."""
    dice = random.Random(7)
    for _ in range(200):
        labels = [dice.choices(list(Label), [5, 3, 2, 1])[0] for _ in range(7)]
        delays = [dice.random() * 0.002 for _ in range(7)]
        model = ScriptedModel(
            lambda prompt, labels=labels: ballot(labels[seat(prompt)]),
            delay=lambda prompt, delays=delays: delays[seat(prompt)],
        )

        [claim] = (await check(model)).claims

        assert claim.outcome == rule_for(5)(Counter(labels[:5]), 5)


LEARNED = Learned(rated=80, weights=dict.fromkeys(SEATS, 0.5) | {seat_name(CASE, 0): 3.0})


async def test_a_seat_that_people_trust_outweighs_the_others():
    model = voting(NO, YES, YES, YES, YES, UNSURE, UNSURE)

    [claim] = (await check(model, replace(CLAIM, learned=LEARNED))).claims

    assert claim.outcome is Outcome.REFUTED
    assert len(claim.votes) == 5, "once votes weigh, all are asked"


@pytest.mark.parametrize("slow", [0, 2])
async def test_who_fails_first_changes_nothing_where_votes_weigh(slow: int):
    """The first two outweigh the rest, but not with the reserve that sits in for the third."""
    weights = {seat_name(CASE, n): w for n, w in enumerate((3.0, 1.0, 0.3, 0.7, 0.7))}
    labels = (YES, YES, None, NO, NO, NO, NO)

    def script(prompt: Prompt[Any]) -> Line:
        label = labels[seat(prompt)]
        return ballot(label) if label else ModelUnavailable("no line")

    model = ScriptedModel(script, delay=lambda prompt: 0.02 if seat(prompt) == slow else 0)

    [claim] = (await check(model, replace(CLAIM, learned=Learned(weights=weights)))).claims

    assert claim.outcome is Outcome.REFUTED
    assert claim.replaced == 1


#: Wrong votes are shared by two labels of the four.
_VOTES = (YES, NO, UNSURE)


class Asked(NamedTuple):
    outcome: Outcome
    calls: int
    rounds: int


def asked(labels: Sequence[Label]) -> Asked:
    """Wave by wave with the panel's own rule."""
    size = len(labels)
    decisions = (
        (rounds, goal, decided(labels, goal)) for rounds, goal in enumerate(waves(size), 1)
    )
    return next(Asked(said, goal, rounds) for rounds, goal, said in decisions if said)


def decided(labels: Sequence[Label], goal: int) -> Outcome | None:
    return _decided(len(labels), tuple(labels[:goal].count(label) for label in Label))


@cache
def _decided(size: int, votes: tuple[int, ...]) -> Outcome | None:
    counts = dict(zip(Label, votes, strict=True))
    rule, left = rule_for(size), [1.0] * (size - sum(votes))
    if settled(rule, counts, left, list(Label), size):
        return Outcome(str(rule(counts, size)))
    sure = posterior(votes) >= SURE
    return Outcome(max(counts, key=counts.__getitem__).value) if sure else None


def drawn(size: int, p: float, panels: int = 10_000) -> list[list[Label]]:
    dice = random.Random(5)
    rest = (1 - p) / 2
    return [dice.choices(_VOTES, (p, rest, rest), k=size) for _ in range(panels)]


def test_seven_voters_that_may_abstain_are_right_when_they_speak():
    told = [asked(labels).outcome for labels in drawn(7, 0.7)]
    named = [outcome for outcome in told if outcome.value in set(Label)]

    assert len(named) / len(told) >= 0.72
    assert named.count(Outcome.SUPPORTED) / len(named) >= 0.975


@pytest.mark.parametrize(("p", "calls", "rounds"), [(0.8, 6.0, 2.05), (0.95, 4.6, 1.3)])
def test_nine_voters_are_asked_six_times_in_two_rounds_and_err_no_more(
    p: float, calls: float, rounds: float
):
    panels = drawn(9, p)
    told = [asked(labels) for labels in panels]
    fixed = [decided(labels, 9) for labels in panels]

    assert sum(each.calls for each in told) / len(panels) <= calls
    assert sum(each.rounds for each in told) / len(panels) <= rounds
    right = sum(each.outcome is Outcome.SUPPORTED for each in told)
    assert right / len(panels) >= fixed.count(Outcome.SUPPORTED) / len(panels) - 0.003


async def test_confidence_counts_only_behind_its_gate():
    def script(prompt: Prompt[Any]) -> Line:
        sure = seat(prompt) < 2
        return ballot(NO if sure else YES, confidence=1.0 if sure else 0.2)

    plain = (await check(ScriptedModel(script))).claims[0]
    opened = (
        await check(ScriptedModel(script), replace(CLAIM, learned=Learned(by_confidence=True)))
    ).claims[0]

    assert plain.outcome is Outcome.SUPPORTED
    assert opened.outcome is Outcome.REFUTED


@pytest.mark.parametrize(
    ("task", "size"),
    [(Task(depth=Depth.QUICK), 3), (Task(), 5), (Task(depth=Depth.DEEP), 9), (Task(voters=2), 2)],
)
def test_a_panel_is_as_large_as_its_depth_says_or_the_person(task: Task, size: int):
    assert size_of(task) == size


async def test_what_nobody_could_support_by_a_passage_is_no_verdict_either_way():
    """A misconception that all voters share: five of five, and not one true quote."""
    nearby = Nearby(passage(AGAINST))
    model = voting(*[YES] * 7, quote="The wall can be seen from the Moon with ease", evidence=(1,))

    [claim] = (await check(model, replace(CLAIM, evidence=nearby))).claims

    assert claim.outcome is Outcome.NOT_ENOUGH
    assert claim.counts[YES] == 0
