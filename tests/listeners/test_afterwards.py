"""What is left for after an ack never takes it back."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest

from bot.listeners.afterwards import Afterwards
from bot.runs.model import Actor, Place
from tests.listeners.house import Seen, Urls, Wire

ANN, PLACE = Actor(user="U1", team="T1"), Place(team="T1", channel="C1")


class Desk:
    """One listener's works, done when the test says so."""

    def __init__(self) -> None:
        self.works: list[Coroutine[Any, Any, object]] = []
        self.wire = Wire()
        self.urls, self.seen = Urls(self.wire), Seen(self.wire)
        self.after = Afterwards(self.works.append, replies=self.urls, screens=self.seen)

    async def done(self) -> None:
        while self.works:
            await self.works.pop(0)


async def test_nothing_is_done_before_its_turn() -> None:
    desk = Desk()
    desk.after.answer("https://x.example", "a")
    desk.after.tell(ANN, PLACE, "b")
    desk.after.open(ANN, "1.1", {"type": "modal"})
    assert desk.wire.calls == []

    await desk.done()
    assert desk.wire.calls == ["response_url", "chat.postEphemeral", "views.open"]


async def test_where_there_is_no_sentence_nothing_is_said() -> None:
    desk = Desk()
    desk.after.answer("https://x.example", "")
    desk.after.tell(ANN, PLACE, "")

    assert desk.works == []


@pytest.mark.parametrize("trigger", ["", "1.1"])
async def test_a_form_that_can_not_be_opened_is_a_sentence_instead(trigger: str) -> None:
    desk = Desk()
    desk.seen.refuses = True
    desk.after.open(ANN, trigger, {"type": "modal"}, url="https://x.example", otherwise="a")
    desk.after.open(ANN, trigger, {"type": "modal"}, url="https://x.example")
    await desk.done()

    assert desk.urls.said == [("https://x.example", "a")]


async def test_a_sentence_without_a_way_is_logged_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    desk.after.answer("", "a private matter")
    await desk.done()

    assert "could not be shown" in caplog.text
    assert "private matter" not in caplog.text
