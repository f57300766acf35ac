"""Any run at all gives only messages that Slack takes, and that do nothing to people."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.runs.model import Run, Status
from bot.runs.workspace import ResultShown
from bot.views.card import messages
from tests.views.samples import run, runs
from tests.views.slack_rules import accepted, harmless


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs, st.sampled_from(ResultShown))
def test_any_run_is_shown_in_valid_and_harmless_messages(run: Run, shown: ResultShown) -> None:
    found = messages(run, shown=shown, broadcast_after=20)

    for message in found:
        accepted(message)
        harmless(message)
    assert found[0].slot == "card"
    assert len({message.slot for message in found}) == len(found)
    assert sum(message.slot.startswith("branch:") for message in found) <= 10
    assert sum(message.broadcast for message in found) <= 1


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs)
def test_the_same_run_looks_the_same(run: Run) -> None:
    once = messages(run, shown=ResultShown.BOTH, broadcast_after=20)
    again = messages(run.model_copy(deep=True), shown=ResultShown.BOTH, broadcast_after=20)

    assert [message.digest for message in once] == [message.digest for message in again]


def test_a_message_has_another_digest_when_there_is_something_to_edit() -> None:
    before = messages(run(), shown=ResultShown.BOTH, broadcast_after=20)[0]
    after = messages(run(status=Status.CANCELLED), shown=ResultShown.BOTH, broadcast_after=20)[0]

    assert before.digest != after.digest
    assert replace(before, final=True).digest == before.digest
