from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from patterns.similar import SAME, alike, groups, near, words

_TEXTS = st.lists(st.text(alphabet="abcd ", max_size=12), max_size=8)


def same(one: str, other: str) -> bool:
    union = words(one) | words(other)
    return bool(union) and len(words(one) & words(other)) / len(union) >= SAME


def test_the_same_words_in_another_order_are_one_idea():
    texts = ["A shared kitchen garden", "garden in the KITCHEN, shared!", "Free bus tickets"]

    assert groups(texts) == [[0, 1], [2]]


def test_clear_groups_are_the_same_in_every_order():
    texts = ["cheap bus pass", "bus pass, cheap", "rooftop garden", "a garden on the rooftop"]

    found = {
        frozenset(frozenset(order[i] for i in group) for group in groups(order))
        for order in permutations(texts)
    }

    assert found == {frozenset({frozenset(texts[:2]), frozenset(texts[2:])})}


def test_a_chain_of_small_steps_does_not_melt_into_one_idea():
    """Complete link: the first and the last of a chain have too little in common."""
    chain = ["one two three four", "two three four five", "three four five six"]

    assert groups(chain) == [[0, 1], [2]]


def test_texts_without_any_word_stay_apart():
    assert groups(["🎉", "🚀", ""]) == [[0], [1], [2]]


def test_a_text_of_small_words_only_keeps_them():
    assert words("To be in it") == {"to", "be", "in", "it"}
    assert words("The bus is late") == {"bus", "late"}


@settings(derandomize=True)
@given(_TEXTS)
def test_groups_share_out_all_texts_and_every_two_of_a_group_are_alike(texts: list[str]):
    found = groups(texts)

    assert sorted(i for group in found for i in group) == list(range(len(texts)))
    assert [group[0] for group in found] == sorted(group[0] for group in found)
    assert all(same(texts[i], texts[j]) for group in found for i in group for j in group if i < j)


@given(
    st.lists(
        st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta"]), max_size=6), max_size=12
    )
)
def test_near_pairs_are_those_that_comparing_all_would_find(bags: list[list[str]]) -> None:
    texts = [" ".join(bag) for bag in bags]

    every = [
        (n, m) for m in range(len(texts)) for n in range(m) if alike(texts[n], texts[m]) >= SAME
    ]

    assert near(texts) == sorted(every, key=lambda pair: (pair[1], pair[0]))


def test_copies_chain_however_many_they_are():
    """Not every two of them are compared."""
    pairs = near(["the disk is full"] * 200)

    assert {(n, n + 1) for n in range(199)} <= set(pairs)
    assert len(pairs) < 200 * 25
