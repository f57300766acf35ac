"""Names of buttons and forms, and the ticket that a button carries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.actions import COMMANDS, SHORTCUTS, Ticket, read_ticket, ticket
from patterns.recipes import RECIPES
from tests.views.samples import run


@given(st.text("0123456789abcdef-_Z", min_size=1, max_size=64), st.integers(1, 999_999))
def test_a_ticket_comes_back_as_it_went(run_id: str, attempt: int) -> None:
    assert read_ticket(str(Ticket(run_id, attempt))) == Ticket(run_id, attempt)


def test_a_ticket_names_the_attempt_that_is_seen() -> None:
    assert str(ticket(run(attempt=3))) == "run-1:3"


def test_the_button_of_an_older_card_is_of_its_first_attempt() -> None:
    assert read_ticket("run-1") == Ticket("run-1", 1)


@pytest.mark.parametrize("value", ["", ":1", "run-1:", "run-1:x", "a b", "x" * 65, "run-1:1\n"])
def test_what_no_button_of_ours_carries_is_no_ticket(value: str) -> None:
    assert read_ticket(value) is None


def test_every_command_and_every_shortcut_starts_a_recipe_that_there_is() -> None:
    assert set(SHORTCUTS.values()) == set(COMMANDS) <= set(RECIPES)
