"""A trigger id is good once, for three seconds."""

from __future__ import annotations

import pytest

from playground.triggers import KEPT, Triggers
from playground.values import SlackError


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def refusal(triggers: Triggers, trigger: str) -> str:
    with pytest.raises(SlackError) as caught:
        triggers.use(trigger)
    return caught.value.code


def test_it_is_good_once_for_who_did_something():
    triggers = Triggers()
    trigger = triggers.issue("U0ANN")

    assert triggers.use(trigger) == "U0ANN"
    assert refusal(triggers, trigger) == "exchanged_trigger_id"


def test_after_three_seconds_it_has_expired():
    clock = Clock()
    triggers = Triggers(clock=clock)
    early, late = triggers.issue("U0ANN"), triggers.issue("U0ANN")
    clock.now = 3.0
    assert triggers.use(early) == "U0ANN"
    clock.now = 3.1

    assert refusal(triggers, late) == "expired_trigger_id"


def test_one_that_was_never_issued_is_none():
    assert refusal(Triggers(), "1.2.3") == "invalid_trigger_id"


def test_the_oldest_are_forgotten():
    triggers = Triggers()
    issued = [triggers.issue("U0ANN") for _ in range(KEPT + 1)]

    assert refusal(triggers, issued[0]) == "invalid_trigger_id"
    assert triggers.use(issued[-1]) == "U0ANN"
