"""Who and where, from payloads that may lack anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.listeners.bodies import author, clicker, heard_by, is_known, is_stranger, text, typist
from bot.runs.model import Actor


def test_who_typed_a_command() -> None:
    command = {"user_id": "U1", "team_id": "T1", "enterprise_id": "E1"}

    assert typist(command) == Actor(user="U1", team="T1", enterprise="E1")
    assert typist({"user_id": "U1", "team_id": "T1"}) == Actor(user="U1", team="T1")


@pytest.mark.parametrize(
    ("body", "actor"),
    [
        ({"team": {"id": "T1"}, "user": {"id": "U1"}}, Actor(user="U1", team="T1")),
        # installed for a whole organisation: the person's own workspace is named alone
        (
            {"team": None, "enterprise": {"id": "E1"}, "user": {"id": "U1", "team_id": "T2"}},
            Actor(user="U1", team="T2", enterprise="E1"),
        ),
        (
            {"team": {"id": "T1", "enterprise_id": "E1"}, "user": {"id": "U1"}},
            Actor(user="U1", team="T1", enterprise="E1"),
        ),
        # of another company: what they click is known by their workspace, so they find nothing
        (
            {"team": {"id": "T9"}, "user": {"id": "U9", "team_id": "T9"}},
            Actor(user="U9", team="T9"),
        ),
    ],
)
def test_who_clicked(body: dict[str, Any], actor: Actor) -> None:
    assert clicker(body) == actor


US = {"team_id": "T1", "enterprise_id": "E1", "user_id": "UBOT", "is_bot": True}


@pytest.mark.parametrize(
    ("body", "actor"),
    [
        ({"team_id": "T1"}, Actor(user="U1", team="T1")),
        ({"team_id": "T2", "authorizations": [US]}, Actor(user="U1", team="T2", enterprise="E1")),
        ({"authorizations": [US]}, Actor(user="U1", team="T1", enterprise="E1")),
        (
            {
                "team_id": "T9",
                "enterprise_id": "E9",
                "is_ext_shared_channel": True,
                "authorizations": [US],
            },
            Actor(user="U1", team="T1", enterprise="E1"),
        ),
        ({"team_id": "T1", "authorizations": []}, Actor(user="U1", team="T1")),
        ({"team_id": "T1", "authorizations": ["x"]}, Actor(user="U1", team="T1")),
    ],
)
def test_who_made_an_event(body: dict[str, Any], actor: Actor) -> None:
    assert author({"event": {"user": "U1"}, **body}) == actor


@pytest.mark.parametrize(
    ("event", "shared", "stranger"),
    [
        ({"user_team": "T9"}, True, True),
        ({"team": "T9"}, True, True),
        ({"user_team": "T1"}, True, False),
        ({"user_team": "E1"}, True, False),
        ({}, True, False),
        ({"user_team": "T9"}, False, False),
    ],
)
def test_a_stranger_is_of_another_company(
    event: dict[str, str], shared: bool, stranger: bool
) -> None:
    body = {"is_ext_shared_channel": shared, "event": event}

    assert is_stranger(body, Actor(user="U1", team="T1", enterprise="E1")) is stranger


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "user", "team", "team_id", "event", "authorizations"]), inner
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["user", "team", "event", "authorizations"]), anything))
def test_whatever_stands_in_a_payload_nobody_is_invented(body: dict[str, Any]) -> None:
    for actor in (author(body), clicker(body), typist(body)):
        assert is_known(actor) is bool(actor.user and actor.team)
    assert isinstance(text(body, "event", "user"), str)
    heard_by(body)
