"""What merges say is united; what they leave out is still there."""

from __future__ import annotations

from typing import Any

import pytest

from patterns.items import Sentence
from patterns.merging import Digest, Node, Told, identity, joined, shown
from tests.patterns.points import (
    KEPT,
    Careless,
    channel,
    leaves,
    listed,
    merged,
    point,
)

SHIP, WAIT = point("We ship on Friday", "1"), point("We ship on Monday", "2")


def digest(**changes: Any) -> Digest:
    plain = Digest(overview=[], same=[], conflicts=[])
    return plain.model_copy(update=changes)


@pytest.mark.parametrize("seed", range(20))
def test_a_model_that_leaves_out_fifteen_of_a_hundred_loses_nothing(seed: int) -> None:
    said = channel(seed)

    top = merged(leaves(said), 8, Careless(seed))

    assert {identity(each) for each in top.points} == {identity(each) for each in said}
    sources = {source for each in listed(top) for source in each.sources}
    assert sources == {source for each in said for source in each.sources}
    kept = {each.text for each in said if each.kind in KEPT}
    assert kept <= {each.text for each in listed(top)}


def test_a_sentence_rests_on_points_and_leads_where_they_do() -> None:
    both = Sentence(text="The date moved.", items=[1, 2, 2, 9])
    bare = Sentence(text="All is well.", items=[])
    strange = Sentence(text="All is well.", items=[7])
    empty = Sentence(text=" ", items=[1])

    node = joined(
        [Node(1, 1, (SHIP, WAIT))], [SHIP, WAIT], digest(overview=[both, bare, strange, empty])
    )

    assert node.overview == (Told(text="The date moved.", links=(*SHIP.links, *WAIT.links)),)


def test_a_sentence_with_a_number_that_no_point_holds_is_not_told() -> None:
    wrong = Sentence(text="It costs 25 euros.", items=[1])

    assert joined([Node(1, 1, (SHIP,))], [SHIP], digest(overview=[wrong])).overview == ()


def test_without_an_answer_what_was_said_before_stays() -> None:
    one = Node(1, 1, (SHIP,), overview=(Told(text="First."),))
    other = Node(2, 2, (WAIT,), overview=(Told(text="Then."),))

    node = joined([one, other], [SHIP, WAIT], None)

    assert node.overview == (Told(text="First."), Told(text="Then."))
    assert (node.first, node.last, node.points) == (1, 2, (SHIP, WAIT))


def test_the_same_point_from_two_parts_is_there_once() -> None:
    assert joined([Node(1, 1, (SHIP,)), Node(2, 2, (SHIP,))], [], None).points == (SHIP,)


def test_of_the_same_point_told_twice_the_surest_stays_whichever_came_first() -> None:
    sure = SHIP.model_copy(update={"confidence": 5, "quote": "Friday it is"})

    for order in ((SHIP, sure), (sure, SHIP)):
        assert joined(
            [Node(n, n, (each,)) for n, each in enumerate(order, 1)], [], None
        ).points == (sure,)


def test_one_message_can_give_two_people_the_same_task() -> None:
    tasks = tuple(point("Read it", "1", kind="action", owner=who) for who in ("Ann", "Ben"))

    assert joined([Node(1, 1, tasks)], [], None).points == tasks


def test_of_a_long_overview_of_many_parts_each_part_keeps_its_first_sentence() -> None:
    nodes = [
        Node(n, n, (), overview=(Told(text=f"{n}, first."), Told(text=f"{n}, second.")))
        for n in range(1, 7)
    ]

    told = joined(nodes, [], None).overview

    assert [each.text for each in told] == [
        "1, first.", "1, second.", "2, first.", "2, second.",
        "3, first.", "4, first.", "5, first.", "6, first.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SHIP, point("We ship on Friday", "3", kind="fact")),
        (SHIP, point("Nobody has seen the cat", "3")),
        (SHIP, point("We do not ship on Friday", "3")),
        (point("It costs 25", "1"), point("It costs 30", "1")),
        (
            point("Write the docs", "1", kind="action", owner="Ann"),
            point("Write the docs", "2", kind="action", owner="Ben"),
        ),
    ],
)
def test_what_cannot_be_the_same_is_not_put_together(one: Any, other: Any) -> None:
    node = joined([Node(1, 1, (one, other))], [one, other], digest(same=[[1, 2]]))

    assert node.same == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SHIP, point("On Friday we will ship", "3")),
        (SHIP, point("Shipping happens then", "1")),
        (point("It costs 25", "1"), point("It costs 25 euros, 5 of them tax", "2")),
    ],
)
def test_one_may_say_more_than_the_other(one: Any, other: Any) -> None:
    node = joined([Node(1, 1, (one, other))], [one, other], digest(same=[[1, 2], [1, 1]]))

    assert node.same == {tuple(sorted((identity(one), identity(other))))}


def test_only_decisions_and_actions_of_one_kind_can_be_at_odds() -> None:
    fact, question = point("It is red", "3", kind="fact"), point("It is blue", "4", kind="fact")
    said = [SHIP, WAIT, fact, question]

    node = joined([Node(1, 1, tuple(said))], said, digest(conflicts=[[1, 2], [3, 4], [1, 3]]))

    assert node.conflicts == {tuple(sorted((identity(SHIP), identity(WAIT))))}


def test_a_question_is_shown_what_must_be_kept_first_and_the_surest() -> None:
    said = [
        point("a fact that is sure", "1", kind="fact", confidence=5),
        point("a doubtful decision", "2", confidence=1),
        point("a sure decision here", "3", confidence=5),
    ]

    assert shown(said, {"decision"}, 1_000) == said
    assert shown(said, {"decision"}, 30) == said[1:]
    assert shown(said, {"decision"}, 15) == said[2:]
    assert shown(said, {"decision"}, 0) == []


def test_a_question_lists_a_few_hundred_points_at_most() -> None:
    said = [point(f"p{n}", str(n)) for n in range(900)]

    assert len(shown(said, KEPT, 1_000_000)) == 400
