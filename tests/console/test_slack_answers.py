"""What an answer of Slack is taken for."""

from __future__ import annotations

import pytest

from bot.console.findings import State
from bot.console.slack_answers import Heard, of_app, of_bot, of_clock, silent


def test_without_an_answer_the_address_is_named() -> None:
    finding = silent("https://slack.example/api/", "auth.test")

    assert finding.state is State.PROBLEM
    assert "https://slack.example/api/" in finding.note


@pytest.mark.parametrize("body", [{}, {"ok": "yes"}, {"ok": False, "error": "x"}])
def test_only_a_yes_is_a_yes(body: dict[str, object]) -> None:
    heard = Heard(body, {}, 0)

    assert heard.error
    assert [finding.state for finding in of_bot(heard)] == [State.PROBLEM]
    assert of_app(heard).state is State.PROBLEM


def test_the_clock_of_a_server_without_one_is_not_judged() -> None:
    assert list(of_clock(Heard({"ok": True}, {}, 0))) == []
