"""Groups by pairs."""

from __future__ import annotations

from patterns.clusters import clusters


def test_who_has_no_pair_is_alone() -> None:
    assert clusters(["b", "a"], []) == [("a",), ("b",)]


def test_pairs_chain() -> None:
    assert clusters("abcd", [("c", "d"), ("a", "c"), ("a", "d")]) == [("a", "c", "d"), ("b",)]


def test_two_that_are_to_stay_apart_are_never_put_together() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "d")]

    assert clusters("abcd", pairs, apart={("a", "c")}) == [("a", "b"), ("c", "d")]


def test_two_whose_claims_contradict_are_never_put_together_not_even_by_a_third() -> None:
    claims = {
        "a": (frozenset({"ann"}),),
        "b": (frozenset[str](),),
        "c": (frozenset({"ben"}),),
        "d": (frozenset({"ann", "ruiz"}),),
    }
    pairs = [("a", "b"), ("b", "c"), ("b", "d")]

    assert clusters("abcd", pairs, claims=claims) == [("a", "b", "d"), ("c",)]


def test_who_is_to_stay_apart_from_somebody_unknown_is_not_hindered() -> None:
    assert clusters("ab", [("a", "b")], apart={("a", "z"), ("z", "b")}) == [("a", "b")]
