from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.door.envelopes import Envelope, Notice, opened
from bot.door.payloads import Garbage
from tests.door.door import CLICK, COMMAND
from tests.door.line import envelope, event


def read(said: dict[str, Any]) -> Envelope | Notice | Garbage:
    return opened(json.dumps(said))


def test_a_command_in_its_envelope_is_its_fields() -> None:
    assert read(envelope("e1")) == Envelope(id="e1", body=COMMAND, takes_words=True)


def test_a_click_and_an_event_are_their_payloads() -> None:
    click = read(envelope("e1", type="interactive", payload=CLICK))
    told = read(event("e2", retry_attempt=1, retry_reason="http_error"))

    assert isinstance(click, Envelope)
    assert click.body == CLICK
    assert isinstance(told, Envelope)
    assert told.body["event_id"] == "Ev1"
    assert told.retry == {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_error"}


def test_words_of_slack_on_the_connection_are_notices() -> None:
    assert read({"type": "hello", "num_connections": 1}) == Notice(kind="hello")
    warning = {"type": "disconnect", "reason": "warning", "debug_info": {}}
    assert read(warning) == Notice(kind="disconnect", reason="warning")


@pytest.mark.parametrize(
    "said",
    [
        envelope(""),
        envelope("e", type="events_api"),
        envelope("e", payload={**COMMAND, "text": 5}),
        envelope("e", payload={"text": "x"}),
        envelope("e", type="events_api", payload=CLICK),
        event("e", type="interactive"),
        envelope("e", type="interactive", payload={"type": "url_verification", "challenge": "x"}),
    ],
)
def test_the_wrong_thing_in_an_envelope_is_garbage(said: dict[str, Any]) -> None:
    assert isinstance(read(said), Garbage)


def test_a_reason_of_a_retry_that_is_no_word_is_not_passed_on() -> None:
    told = read(event("e", retry_attempt=1, retry_reason="a\r\nb"))

    assert isinstance(told, Envelope)
    assert told.retry["x-slack-retry-reason"] == "unknown"


VALUES = st.sampled_from([None, True, 0, -1, "", "a", [], ["a"], {}, {"type": []}, {"type": "x"}])
KEYS = st.sampled_from(
    ["type", "envelope_id", "payload", "retry_attempt", "retry_reason", "reason"]
)
TYPES = st.sampled_from(["hello", "disconnect", "slash_commands", "events_api", "interactive"])


@given(st.text() | st.dictionaries(KEYS, VALUES | TYPES).map(json.dumps))
def test_any_text_is_opened_or_garbage(text: str) -> None:
    assert isinstance(opened(text), Envelope | Notice | Garbage)
