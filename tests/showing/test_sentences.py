from __future__ import annotations

import pytest

from bot.runs.model import Status
from bot.showing.sentences import INVITE, outcome, why
from bot.slack.errors import NoEntry, NotAllowed
from tests.showing.stage import DONE, FAILED, a_run, card


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
def test_who_could_invite_us_is_told_so(code: str) -> None:
    assert why(NotAllowed("chat.postMessage", code)) == INVITE


def test_a_token_that_is_not_taken_is_a_matter_for_the_admin() -> None:
    assert "admin" in why(NoEntry("chat.postMessage", "invalid_auth"))


def test_an_outcome_is_the_result_the_error_or_the_cancellation() -> None:
    shown = [card("Refuted", final=True)]

    assert outcome(a_run(**DONE), shown) == "Refuted"
    assert outcome(a_run(**DONE), []) == "This run could not be shown."
    assert outcome(a_run(**FAILED), shown) == "The &lt;model&gt; did not answer."
    assert outcome(a_run(status=Status.CANCELLED), shown) == "Cancelled."
