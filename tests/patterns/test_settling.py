"""The list is the same, whatever order and grouping its points came in."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.merging import Node, identity, joined
from tests.patterns.points import Knowing, channel, leaves, listed, merged, point
from tests.patterns.test_merging import digest


@pytest.mark.parametrize("seed", range(6))
def test_any_grouping_and_order_gives_the_same_list(seed: int) -> None:
    nodes = leaves(channel(seed))
    first = listed(merged(nodes, 8, Knowing()))

    for width in (2, 4, 16):
        Random(seed + width).shuffle(nodes)
        assert listed(merged(nodes, width, Knowing())) == first


@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_points_in_any_order_give_the_same_list(random: Random, seed: int) -> None:
    said = channel(seed, count=30)
    first = listed(Node(1, 1, tuple(said)))
    random.shuffle(said)

    assert listed(Node(1, 1, tuple(said))) == first


def test_what_says_the_same_is_one_with_the_messages_of_all() -> None:
    one = point("Ship the release on Friday", "2", confidence=5, reactions=2)
    other = point("ship the release on Friday", "1", confidence=3, due="Friday", mentions=1)

    [only] = listed(Node(1, 1, (other, one)))

    assert (only.text, only.quote, only.due) == (one.text, one.quote, "Friday")
    assert (only.sources, only.links) == (("2", "1"), one.links + other.links)
    assert (only.reactions, only.mentions) == (2, 1)


@pytest.mark.parametrize(
    "other",
    [
        point("Ship release 5 on Friday to all", "2"),
        point("Ship release 4 on Friday to all", "2", kind="fact"),
        point("Never ship release 4 on Friday to all", "2"),
    ],
)
def test_words_that_are_nearly_the_same_may_say_something_else(other: object) -> None:
    one = point("Ship release 4 on Friday to all", "1")

    assert len(listed(Node(1, 1, (one, other)))) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["owner", "due"])
def test_two_tasks_do_not_become_one_by_a_third_that_says_less(field: str) -> None:
    """Nobody's task is the same as Ann's or as Ben's, and these are two."""
    tasks = [
        point("Read the whole report", str(n), kind="action", **{field: said})
        for n, said in enumerate(("Ann", "", "Ben"))
    ]
    node = joined([Node(1, 1, tuple(tasks))], tasks, digest(same=[[1, 2], [2, 3]]))

    found = listed(node)

    assert sorted(getattr(each, field) for each in found) == ["Ann", "Ben"]
    assert {source for each in found for source in each.sources} == {"0", "1", "2"}


def test_two_numbers_do_not_become_one_by_a_third_without() -> None:
    said = [point(f"The fee is {fee}", str(n)) for n, fee in enumerate(("30", "known", "40"))]
    node = joined([Node(1, 1, tuple(said))], said, digest(same=[[1, 2], [2, 3]]))

    assert len(listed(node)) == 2


def test_a_date_may_be_told_by_more_words_or_fewer() -> None:
    said = [
        point("Read the whole report", str(n), due=due)
        for n, due in enumerate(("by Friday", "Friday noon", ""))
    ]

    assert len(listed(Node(1, 1, tuple(said)))) == 1


def test_what_people_made_of_one_message_is_counted_once() -> None:
    said = [
        point("Ship the release on Friday", "1", reactions=5, replies=2),
        point("Ship the whole release on Friday", "1", reactions=5, replies=2),
        point("Ship the release on Friday", "2", reactions=1),
    ]

    [only] = listed(Node(1, 1, tuple(said)))

    assert (only.reactions, only.replies) == (6, 2)


def test_one_message_supersedes_nothing_of_itself() -> None:
    said = [point("We go in May", "1"), point("No, June it will be", "1")]
    node = joined([Node(1, 1, tuple(said))], said, digest(conflicts=[[1, 2]]))

    assert [each.later for each in listed(node)] == [(), ()]


@pytest.mark.parametrize(("text", "count"), [("the disk {} is full", 1), ("disk {} is full", 800)])
def test_hundreds_of_copies_are_one_and_hundreds_of_likes_stay_apart(text: str, count: int) -> None:
    """In a channel where a bot says the same all day."""
    names = ["alpha"] * 800 if count == 1 else [f"d{n:x}" for n in range(800)]
    said = [point(text.format(name), str(n)) for n, name in enumerate(names)]

    assert len(listed(Node(1, 1, tuple(said)))) == count


def test_two_owners_have_two_tasks() -> None:
    tasks = [
        point("Read the report", str(n), kind="action", owner=who)
        for n, who in enumerate(("Ann", "Ben"))
    ]

    assert len(listed(Node(1, 1, tuple(tasks)))) == 2


def test_what_was_decided_later_holds_and_the_earlier_stands_behind_it() -> None:
    said = [
        point("The launch is in May", "10", reactions=3),
        point("Launching happens during June", "20"),
        point("July it will be for launching", "30"),
        point("Lunch is at noon", "5", reactions=2),
    ]
    node = joined([Node(1, 1, tuple(said))], said, digest(conflicts=[[2, 1], [2, 3]]))

    noon, last, middle, first = listed(node)

    assert [each.text for each in (noon, last, middle, first)] == [
        said[3].text,
        said[2].text,
        said[1].text,
        said[0].text,
    ]
    assert (noon.later, last.later) == ((), ())
    assert (middle.later, first.later) == (said[2].links, said[1].links)


def test_of_several_that_superseded_it_the_last_one_counts() -> None:
    said = [point("May", "10"), point("June", "20"), point("July", "30")]
    node = joined([Node(1, 1, tuple(said))], said, digest(conflicts=[[1, 2], [1, 3]]))

    found = {each.text: each.later for each in listed(node)}

    assert found["May"] == said[2].links


def test_what_is_at_odds_is_never_the_same() -> None:
    said = [point("The launch is in May", "1"), point("The launch in May is it", "2")]
    both = digest(same=[[1, 2]], conflicts=[[1, 2]])

    assert len(listed(joined([Node(1, 1, tuple(said))], said, both))) == 2


def test_where_times_are_not_known_places_order_and_numbers_count_as_numbers() -> None:
    said = [point("May it is", "notes:9"), point("June it is", "notes:10")]
    node = joined([Node(1, 1, tuple(said))], said, digest(conflicts=[[1, 2]]))

    assert [each.text for each in listed(node) if each.later] == ["May it is"]


def test_pairs_of_points_that_are_gone_mean_nothing() -> None:
    here, gone = point("here"), identity(point("gone"))
    pair = (min(gone, identity(here)), max(gone, identity(here)))

    node = Node(1, 1, (here,), same=frozenset({pair}), conflicts=frozenset({pair}))

    assert listed(node) == (here,)


def test_a_chain_of_what_says_the_same_is_one() -> None:
    texts = ("one two three", "two three four", "three four five")
    said = [point(text, str(n)) for n, text in enumerate(texts)]
    groups = [[n, m] for n, m in pairwise(range(1, 4))]

    [only] = listed(joined([Node(1, 1, tuple(said))], said, digest(same=groups)))

    assert set(only.sources) == {"0", "1", "2"}


def test_nothing_is_a_list_of_nothing() -> None:
    assert listed(Node(1, 1, ())) == ()
    assert listed(Node(1, 1, (point("x", "1", sources=()),)))[0].sources == ()
