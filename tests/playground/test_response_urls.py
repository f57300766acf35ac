"""A `response_url` answers five times in thirty minutes, and only where it was given."""

from __future__ import annotations

from typing import Any

import pytest

from playground.response_urls import SECONDS_MOST, ResponseUrls
from playground.sample import sample
from playground.values import Message, SlackError


async def respond(stage, url: str, **body: Any) -> int:
    async with stage.http.post(url, json=body) as reply:
        return reply.status


async def given(stage) -> str:
    await stage.say("/factcheck x")
    return stage.bot.form["response_url"]


async def test_five_answers_are_shown_and_no_sixth(stage):
    url = await given(stage)
    statuses = [await respond(stage, url, text=str(i)) for i in range(6)]

    assert statuses == [200, 200, 200, 200, 200, 404]
    assert [message.text for message in stage.whispers()] == ["0", "1", "2", "3", "4"]


def test_after_half_an_hour_it_is_expired():
    now = 0.0
    urls = ResponseUrls(sample(), clock=lambda: now)
    secret = urls.mint("C0GENERAL", "U0ANN")
    now = SECONDS_MOST + 1.0

    with pytest.raises(SlackError, match="expired_url"):
        urls.spend(secret)


async def test_an_unknown_secret_opens_nothing(stage):
    assert await respond(stage, f"{stage.url}/response/guess", text="x") == 404


async def test_an_answer_may_go_to_the_channel(stage):
    await respond(stage, await given(stage), text="all", response_type="in_channel")

    assert stage.workspace.logs["C0GENERAL"].between(None, None)[-1].text == "all"


async def test_the_message_with_the_button_can_be_replaced_and_deleted(stage):
    said = stage.workspace.whisper(
        "C0GENERAL",
        Message(
            ts="",
            user=stage.workspace.bot,
            text="sure?",
            only_for="U0ANN",
            blocks=(
                {
                    "type": "actions",
                    "block_id": "b",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": "a",
                            "text": {"type": "plain_text", "text": "y"},
                        }
                    ],
                },
            ),
        ),
    )
    place = {"as": "U0ANN", "channel": "C0GENERAL", "ts": said.ts}
    await stage.tell("press", **place, block_id="b", action_id="a")
    url = stage.bot.form["payload"].split('"response_url": "')[1].split('"')[0]

    await respond(stage, url, text="done", replace_original=True)
    assert [message.text for message in stage.whispers()] == ["done"]
    await respond(stage, url, delete_original=True)
    assert stage.whispers() == []


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"text": ""}', b'{"blocks": [{"type": "no"}]}', b"[" * 5_000]
)
async def test_a_broken_answer_is_refused(stage, body):
    async with stage.http.post(await given(stage), data=body) as reply:
        assert reply.status == 400
    assert stage.whispers() == []
