from __future__ import annotations

from bot.door.handing import handed
from tests.door.door import COMMAND


def test_a_delivery_is_handed_on_as_it_stands_with_what_says_that_it_comes_again() -> None:
    request = handed(dict(COMMAND), {"x-slack-retry-num": "1"})

    assert request is not None
    assert (request.body, request.mode) == (COMMAND, "socket_mode")
    assert request.headers == {"x-slack-retry-num": ["1"]}
    assert not request.lazy_only


def test_what_bolt_would_break_on_is_not_handed_on() -> None:
    assert handed({"type": "event_callback", "event": {"type": "x", "user": 5}}, {}) is None
