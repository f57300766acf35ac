from __future__ import annotations

import pytest

from bot.slack.answers import is_ok, is_unthreaded, object_of
from bot.slack.errors import Unavailable


@pytest.mark.parametrize("answer", ["ok", "OK\n", "", '{"ok": true}', "{}"])
def test_a_response_url_that_took_it_says_so_or_nothing(answer: str) -> None:
    assert is_ok(answer)


@pytest.mark.parametrize(
    "answer", ['{"ok": false, "error": "used_url"}', "<html>", '{"ok": tru', "[]", "no_text"]
)
def test_anything_else_is_no_answer(answer: str) -> None:
    assert not is_ok(answer)


@pytest.mark.parametrize(
    ("reply", "unthreaded"),
    [
        ({"message": {"text": "x", "ts": "1.2"}}, True),
        ({"message": {"text": "x", "thread_ts": "1.1"}}, False),
        ({"ts": "1.2"}, False),
        ({"message": "x"}, False),
    ],
)
def test_a_message_that_came_back_without_its_thread_may_have_none(
    reply: dict[str, object], unthreaded: bool
) -> None:
    assert is_unthreaded(reply) is unthreaded


@pytest.mark.parametrize("data", [None, b"bytes", "text", []])
def test_what_is_no_object_may_have_been_done(data: object) -> None:
    with pytest.raises(Unavailable):
        object_of("chat.postMessage", data)
