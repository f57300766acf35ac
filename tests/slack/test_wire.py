from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.slack.wire import Channel, Page, RawMessage, User, order


def test_null_is_as_good_as_nothing() -> None:
    nulls = dict.fromkeys(["text", "files", "attachments", "reply_users", "reply_count", "user"])

    assert RawMessage.model_validate({"ts": "1.1", **nulls}) == RawMessage(ts="1.1")


@pytest.mark.parametrize("ts", ["", "1", "a.b", "1.1 ", "../1.1", "1.1?x=1", None])
def test_a_message_without_a_time_is_none(ts: str | None) -> None:
    with pytest.raises(ValidationError):
        RawMessage.model_validate({"ts": ts})


def test_the_last_page_has_no_cursor() -> None:
    assert Page.model_validate({}).cursor == ""
    assert Page.model_validate({"response_metadata": {"next_cursor": None}}).cursor == ""
    assert Page.model_validate({"response_metadata": {"next_cursor": "x"}}).cursor == "x"


@pytest.mark.parametrize("kind", ["is_private", "is_im", "is_mpim", "is_group"])
def test_only_what_is_nothing_else_is_public(kind: str) -> None:
    assert Channel(id="C1").is_public
    assert not Channel.model_validate({"id": "C1", kind: True}).is_public


def test_a_user_of_no_known_team_is_no_member() -> None:
    assert not User(id="U1").is_full_member("T1")
    assert User(id="U1", team_id="T1").is_full_member("T1")


def test_times_are_ordered_as_numbers() -> None:
    assert sorted(["10.000001", "9.9", "10.000000"], key=order) == ["9.9", "10.000000", "10.000001"]


def test_an_admin_of_one_workspace_is_none_of_another_of_the_organisation() -> None:
    told = {
        "id": "U1",
        "team_id": "T1",
        "is_admin": True,
        "enterprise_user": {"teams": ["T1", "T2"]},
    }
    of_one = User.model_validate(told)
    assert of_one.is_admin_of("T1")
    assert not of_one.is_admin_of("T2")

    of_all = User.model_validate(told | {"enterprise_user": {"teams": ["T2"], "is_owner": True}})
    assert of_all.is_admin_of("T2")


def test_people_who_react_twice_are_one() -> None:
    told = {
        "ts": "1.1",
        "reactions": [
            {"name": "+1", "users": ["U1", "U2"], "count": 2},
            {"name": "eyes", "users": ["U2"], "count": 1},
        ],
    }
    assert RawMessage.model_validate(told).reacted == 2
    assert RawMessage(ts="1.1").reacted == 0


def test_where_slack_names_some_of_many_its_count_holds() -> None:
    told = {"ts": "1.1", "reactions": [{"name": "+1", "users": ["U1"], "count": 50}]}
    assert RawMessage.model_validate(told).reacted == 50
