from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.runs.pseudonyms import Pseudonyms, broken, named

KEY = b"secret"


@settings(derandomize=True)
@given(st.sets(st.text(max_size=12), max_size=30), st.text(max_size=5))
def test_everybody_has_one_of_their_own_in_the_same_form(people: set[str], team: str):
    found = Pseudonyms(KEY).of(team, people)

    assert set(found) == people
    assert len(set(found.values())) == len(people)
    assert all(re.fullmatch("Person_[b-df-hj-np-tv-xz]{6}", each) for each in found.values())


def test_it_depends_on_the_secret_the_team_and_the_person_and_on_nobody_else():
    mine = Pseudonyms(KEY).of("T1", ["U1"])["U1"]

    assert Pseudonyms(KEY).of("T1", ["U2", "U1"])["U1"] == mine
    assert Pseudonyms(KEY).of("T2", ["U1"])["U1"] != mine
    assert Pseudonyms(b"other").of("T1", ["U1"])["U1"] != mine


def test_two_who_would_share_one_are_told_apart_whoever_speaks_first():
    """Only 64 million are there; here, a few."""

    class Few(Pseudonyms):
        def _made(self, of: str) -> str:
            return super()._made(of)[:8]

    people = [f"U{number}" for number in range(15)]

    found = Few(KEY).of("T1", people)

    assert len(set(found.values())) == 15
    assert Few(KEY).of("T1", reversed(people)) == found


def test_names_come_back_however_a_model_writes_them():
    people = {"Person_bcdfgh": "Ann", "Person_bcdfgj": "Ben"}

    assert (
        named(r"@Person_bcdfgh's plan, person_bcdfgj (PERSON_BCDFGH), Person\_bcdfgh.", people)
        == "@Ann's plan, Ben (Ann), Ann."
    )


def test_a_person_that_the_model_made_up_is_nobody():
    people = {"Person_bcdfgh": "Ann"}

    assert named("Person_zzzzzz agreed", people) == "someone agreed"
    assert named("Person_zzzzzz agreed", {}) == "Person_zzzzzz agreed"


def test_a_name_is_put_in_once_whatever_it_looks_like():
    people = {"Person_bcdfgh": "Person_bcdfgj", "Person_bcdfgj": r"\1 Ben"}

    assert named("Person_bcdfgh, Person_bcdfgj", people) == r"Person_bcdfgj, \1 Ben"


@settings(derandomize=True)
@given(st.lists(st.sampled_from(["Person_", "PERSON", "\\", "_", "bcdfgh", "x", "ſ", "-"])))
def test_what_was_broken_names_nobody(parts: list[str]):
    text = broken("".join(parts))

    assert named(text, {"Person_nobody": "x"}) == text
    assert broken(text) == text
