"""What of a message is read, and what is not one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reading.said import is_us, readable
from bot.slack.wire import Identity, RawMessage

US = Identity(url="https://team.slack.com/", team_id="T1", user_id="U0BOT", bot_id="B0BOT")


def raw(**told: Any) -> RawMessage:
    return RawMessage.model_validate({"ts": "1.1", "user": "U1", "text": "hello", **told})


@pytest.mark.parametrize(
    "told",
    [
        {"subtype": "channel_join"},
        {"subtype": "tombstone"},
        {"subtype": "bot_add"},
        {"user": "U0BOT"},
        {"bot_id": "B0BOT"},
        {"text": " "},
        {"text": "<@U0BOT> summarize about prices"},
        {"text": " <@U0BOT>  Fact-check the moon is cheese"},
    ],
)
def test_what_nobody_said_is_left_out(told: dict[str, Any]) -> None:
    assert readable([raw(**told)], US) == []


def test_a_message_that_came_twice_is_one_and_the_older_stand_first() -> None:
    found = readable([raw(ts="10.1"), raw(ts="9.1"), raw(ts="10.1")], US)

    assert [said.ts for said in found] == ["9.1", "10.1"]


@pytest.mark.parametrize(
    ("told", "by_app"),
    [({}, False), ({"bot_id": "B1"}, True), ({"user": None, "username": "CI"}, True)],
)
def test_what_an_app_wrote_is_marked(told: dict[str, Any], by_app: bool) -> None:
    [said] = readable([raw(**told)], US)

    assert said.by_app is by_app


def test_other_apps_are_not_us() -> None:
    assert not is_us(raw(bot_id="B1"), US)
    assert not is_us(raw(), US.model_copy(update={"bot_id": None}))


@pytest.mark.parametrize(
    "told",
    [
        {"text": "<@U0BOT> was wrong again"},
        {"text": "let <@U0BOT> summarize it"},
        {"text": "<@U0BOT> summarize", "files": [{"id": "F1", "name": "notes.txt"}]},
    ],
)
def test_what_is_said_of_us_or_brings_a_file_is_no_command(told: dict[str, Any]) -> None:
    assert len(readable([raw(**told)], US)) == 1
