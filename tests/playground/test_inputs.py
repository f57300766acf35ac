"""Fields and choices obey Block Kit; what Slack would refuse is refused with a pointer."""

from __future__ import annotations

import pytest

from playground.blocks import CHECKS, problems
from playground.inputs import FIELDS
from tests.playground.forms import DEPTH, NUMBER, ONLY_ME, PLACE, WORDS, asked, option, plain, row

OPTION = option("a")
GOOD = [
    WORDS,
    NUMBER,
    DEPTH,
    PLACE,
    ONLY_ME,
    row({"type": "overflow", "options": [OPTION], "action_id": "more"}),
    row({"type": "checkboxes", "options": [OPTION], "initial_options": [OPTION]}),
]
BAD = [
    (asked("x", {"type": "datepicker"}), "/element/type"),
    (asked("x", {"type": "plain_text_input", "max_length": 3_001}), "/max_length"),
    (asked("x", {"type": "plain_text_input", "placeholder": plain("x" * 151)}), "/placeholder"),
    (asked("x", {"type": "number_input"}), "/is_decimal_allowed"),
    (asked("x", {"type": "static_select", "options": []}), "/options"),
    (asked("x", {"type": "static_select", "options": [option("x" * 151)]}), "/options/0/value"),
    (
        asked("x", {"type": "radio_buttons", "options": [OPTION], "initial_option": option("b")}),
        "/initial_option",
    ),
    (asked("x", {"type": "checkboxes", "options": [OPTION] * 11}), "/options"),
    (asked("x", {"type": "checkboxes", "options": ["a"]}), "/options/0"),
    (asked("x", {"type": "plain_text_input"}, label={"type": "mrkdwn", "text": "x"}), "/label"),
    (asked("x", {"type": "plain_text_input"}, hint=plain("")), "/hint"),
    (row({"type": "plain_text_input"}), "/elements/0/type"),
    (row({"type": "overflow", "options": [OPTION] * 6}), "/elements/0/options"),
]


@pytest.mark.parametrize("block", GOOD)
def test_what_slack_draws_is_taken(block):
    assert list(problems([block])) == []


@pytest.mark.parametrize(("block", "where"), BAD)
def test_what_slack_refuses_is_refused_where_it_stands(block, where):
    assert any(where in found for found in problems([block]))


def test_every_field_may_stand_in_a_message_too():
    assert "input" in CHECKS
    assert set(FIELDS) >= {"plain_text_input", "number_input", "static_select"}
