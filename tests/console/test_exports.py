"""Slack's JSON: all that a summary weighs is there, whatever else the JSON holds."""

from __future__ import annotations

from typing import Any

import pytest

from bot.console.exports import messages
from patterns.task import Message


def read(**fields: Any) -> Message:
    value = {"user": "U1", "ts": "1.0", "text": "hi", **fields}
    [message] = messages([(1, value)], "f", {"U1": "Ann", "U2": "Ben"}, lambda number: None)
    return message


def test_a_message_says_when_by_whom_and_for_whom_it_was_written() -> None:
    message = read(
        ts="1546231961.387200",
        text="<@U2> and <@U2|ben> and <@U9>: done",
        reply_count=4,
        reactions=[{"name": "+1", "users": ["U1", "U2"], "count": 2}, {"users": ["U2", "U3"]}],
        edited={"user": "U1", "ts": "2.0"},
    )

    assert message.at == 1546231961.3872
    assert message.text == "@Ben and @Ben and @U9: done"
    assert message.mentions == ("Ben", "U9")
    assert (message.replies, message.reactions) == (4, 3)
    assert (message.edited, message.bot, message.context) == (True, False, False)


def test_a_plain_message_has_nothing_of_it() -> None:
    message = read()

    assert (message.at, message.mentions, message.reactions, message.replies) == (1.0, (), 0, 0)
    assert (message.edited, message.bot) == (False, False)


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({"bot_id": "B1"}, "Ann"),
        ({"user": None, "username": "CI"}, "CI"),
        ({"user": None}, "somebody"),
    ],
)
def test_what_an_app_wrote_is_told_from_what_people_did(
    fields: dict[str, Any], author: str
) -> None:
    message = read(**fields)

    assert (message.bot, message.author) == (True, author)


def test_of_more_people_than_slack_names_the_count_holds() -> None:
    assert read(reactions=[{"users": ["U1"], "count": 40}]).reactions == 40


@pytest.mark.parametrize(
    "fields",
    [
        {"ts": "soon"},
        {"ts": "nan"},
        {"ts": "-1"},
        {"ts": "1e999"},
        {"reactions": 7, "reply_count": "many", "edited": True, "bot_id": None},
        {"reactions": [7, {}, {"users": 7, "count": -1}, {"users": [None, {}]}]},
    ],
)
def test_what_is_odd_is_passed_over(fields: dict[str, Any]) -> None:
    message = read(**fields)

    assert message.text == "hi"
    assert message.at in {1.0, None}
    assert message.replies == 0
    assert not message.bot


def test_what_was_not_said_is_left_out_and_what_is_no_message_is_counted() -> None:
    skipped: list[int] = []
    records: list[tuple[int, Any]] = [
        (1, {"ts": "1.0", "text": "joined", "subtype": "channel_join"}),
        (2, {"ts": "2.0", "text": "  "}),
        (3, {"ts": 3, "text": "hi"}),
        (4, []),
    ]

    assert not [*messages(records, "f", {}, skipped.append)]
    assert skipped == [3, 4]
