"""Seats differ in role and order and know nothing of each other; people's verdicts weigh them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.learned import Learned
from patterns.ports import Prompt
from patterns.recipes.factcheck import SEATS, Label, Outcome
from patterns.recipes.factcheck.panel import Case, ballot_prompt, rule_for, seat_name, size_of
from patterns.stopping import posterior
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
    assert [seat_name(number) for number in range(7)] == [*SEATS, "Skeptic 2", "Advocate 2"]
    assert len(set(SEATS)) == 5


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
    probable = size <= 5 or posterior([counts.get(label, 0) for label in Label]) >= 0.75
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


LEARNED = Learned(
    rated=80,
    weights={
        "Skeptic": 3.0,
        "Advocate": 0.5,
        "Neutral reader": 0.5,
        "Numbers and dates": 0.5,
        "Second neutral reader": 0.5,
    },
)


async def test_a_seat_that_people_trust_outweighs_the_others():
    model = voting(NO, YES, YES, YES, YES, UNSURE, UNSURE)

    [claim] = (await check(model, replace(CLAIM, learned=LEARNED))).claims

    assert claim.outcome is Outcome.REFUTED
    assert len(claim.votes) >= 1


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
