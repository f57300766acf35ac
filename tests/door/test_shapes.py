from __future__ import annotations

from typing import Any

import pytest

from bot.door.shapes import is_known
from tests.door.door import CLICK
from tests.door.hostile import GOOD

USER = {"id": "U1"}
VIEW = {"type": "modal", "callback_id": "a"}


@pytest.mark.parametrize(
    "body",
    [
        *GOOD,
        CLICK,
        {**CLICK, "team": None, "channel": {"id": "C1", "name": "general"}, "is_new": 1},
        {"type": "event_callback", "event": {"type": "app_mention", "user": "U1"}},
        {"type": "event_callback", "event": {"type": "x"}, "authorizations": [{"team_id": "T1"}]},
        {"type": "message_action", "user": USER, "callback_id": "a", "message": {}},
        {"type": "shortcut", "user": USER, "callback_id": "a", "team": {"id": "T1"}},
        {"type": "view_submission", "user": USER, "view": {"type": "modal", "callback_id": "a"}},
        {
            "type": "view_closed",
            "user": USER,
            "view": {"type": "modal", "callback_id": "a"},
            "enterprise": None,
        },
        {"type": "block_suggestion", "user": USER, "action_id": "a", "block_id": "b"},
        {"type": "url_verification", "challenge": "a"},
    ],
)
def test_what_slack_sends_is_known(body: dict[str, Any]) -> None:
    assert is_known(body)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": 5},
        {"type": "unheard_of"},
        {"type": "event_callback"},
        {"type": "event_callback", "event": []},
        {"type": "event_callback", "event": {"type": 5}},
        {"type": "event_callback", "event": {"type": "x"}, "authorizations": ["T1"]},
        {**CLICK, "user": "U1"},
        {**CLICK, "actions": []},
        {**CLICK, "actions": [{}]},
        {**CLICK, "team": []},
        {"type": "view_closed", "user": USER, "view": None},
        {"type": "view_submission", "user": USER, "view": VIEW | {"state": {"values": []}}},
        {"type": "view_submission", "user": USER, "view": {"callback_id": "a"}},
        {
            "type": "view_submission",
            "user": USER,
            "view": VIEW | {"state": {"values": {"b": {"a": 5}}}},
        },
        {"type": "message_action", "user": USER, "callback_id": "a"},
        {**CLICK, "actions": [{"action_id": "a", "value": 5}]},
    ],
)
def test_what_bolt_would_stumble_over_is_not(body: dict[str, Any]) -> None:
    assert not is_known(body)
