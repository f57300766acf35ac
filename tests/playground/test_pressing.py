"""What is pressed, chosen and filled in reaches the app as Slack would tell it."""

from __future__ import annotations

import pytest

from playground.pressing import REQUIRED, filled, pressed
from playground.values import SlackError
from tests.playground.forms import NUMBER, WORDS, button, modal, option, plain, row

FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "rate",
    "positive_button": {"text": plain("Good"), "value": "up"},
    "negative_button": {"text": plain("Bad"), "value": "down"},
}
MORE = {"type": "overflow", "action_id": "more", "options": [option("a"), option("b")]}


def test_a_choice_tells_the_option_that_was_chosen():
    action = pressed([row(MORE)], {"block_id": "row", "action_id": "more", "value": "b"})

    assert action == {
        "type": "overflow",
        "selected_option": option("b"),
        "block_id": "row",
        "action_id": "more",
    }


def test_an_opinion_tells_its_value():
    blocks = [{"type": "context_actions", "block_id": "f", "elements": [FEEDBACK]}]
    where = {"block_id": "f", "action_id": "rate", "value": "down"}

    assert pressed(blocks, where)["value"] == "down"
    with pytest.raises(SlackError, match="action_not_found"):
        pressed(blocks, where | {"value": "sideways"})


def test_a_button_that_moved_to_another_block_is_still_the_same():
    where = {"block_id": "gone", "action_id": "it"}

    assert pressed([row(button("it"))], where)["block_id"] == "row"
    with pytest.raises(SlackError, match="action_not_found"):
        pressed([row(button("it")), row(button("it"), name="second")], where)


def test_a_form_tells_every_field_also_the_empty_ones():
    given = {
        "words": {"it": "the Moon"},
        "number": {"it": "7"},
        "depth": {"it": "deep"},
        "private": {"it": ["yes", "no"]},
    }
    values, errors = filled(modal(), given)

    assert errors == {}
    assert values == {
        "words": {"it": {"type": "plain_text_input", "value": "the Moon"}},
        "number": {"it": {"type": "number_input", "value": "7"}},
        "depth": {"it": {"type": "radio_buttons", "selected_option": option("deep")}},
        "place": {"it": {"type": "static_select", "selected_option": None}},
        "private": {"it": {"type": "checkboxes", "selected_options": [option("yes")]}},
    }


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        (WORDS, "", REQUIRED),
        (WORDS, None, REQUIRED),
        (WORDS, "x", "Please use at least 2 characters."),
        (WORDS, "x" * 21, "Please use at most 20 characters."),
        (NUMBER, "many", "Please enter a number."),
        (NUMBER, "9" * 400, "Please enter a whole number."),
        (NUMBER, "1.5", "Please enter a whole number."),
        (NUMBER, "0", "Please enter 1 or more."),
        (NUMBER, "16", "Please enter 15 or less."),
    ],
)
def test_what_slack_does_not_let_a_person_send_is_said_at_its_field(field, value, complaint):
    name = field["block_id"]

    assert filled(modal(field), {name: {"it": value}})[1] == {name: complaint}


@pytest.mark.parametrize("given", [{}, {"words": None}, {"words": {"other": "x"}}])
def test_what_is_not_given_is_empty(given):
    assert filled(modal(WORDS), given)[1] == {"words": REQUIRED}
