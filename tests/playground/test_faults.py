"""Faults on demand: a call goes wrong as often as was asked for, and the way real ones do."""

from __future__ import annotations

import pytest
from aiohttp import ClientConnectionError
from slack_sdk.errors import SlackApiError

BEARER = {"Authorization": "Bearer xoxb-tests"}


async def post(stage, text: str = "hello"):
    url, body = f"{stage.url}/api/chat.postMessage", {"channel": "C0GENERAL", "text": text}
    async with stage.http.post(url, json=body, headers=BEARER) as reply:
        return reply.status, dict(reply.headers), await reply.text()


def said(stage) -> list[str]:
    return [m.text for m in stage.workspace.logs["C0GENERAL"].all() if m.text.startswith("hello")]


async def plan(stage, fault: str, **more) -> None:
    wish = {"method": "chat.postMessage", "fault": fault, **more}
    assert (await stage.tell("faults", **wish))[0] == 200


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ("500", 500, "Internal Server Error"),
        ("503", 503, "Service Unavailable"),
        ("html", 200, "<html>"),
        ("broken_json", 200, '{"ok": tru'),
        ("is_archived", 200, '"is_archived"'),
        ("unknown_method", 200, '"unknown_method"'),
    ],
)
async def test_a_fault_hits_one_call_and_nothing_is_done(stage, fault, status, text):
    await plan(stage, fault)
    found, _, body = await post(stage)

    assert found == status
    assert text in body
    assert said(stage) == []
    assert (await post(stage))[0] == 200
    assert said(stage) == ["hello"]


async def test_a_429_says_when_to_come_back(stage):
    await plan(stage, "429", retry_after="1.5")
    status, headers, _ = await post(stage)

    assert (status, headers["Retry-After"]) == (429, "1.5")


@pytest.mark.parametrize(("fault", "done"), [("drop_before", []), ("drop_after", ["hello"])])
async def test_a_connection_drops_before_or_after_the_deed(stage, fault, done):
    await plan(stage, fault)
    with pytest.raises(ClientConnectionError):
        await post(stage)

    assert said(stage) == done


async def test_a_fault_can_hit_several_calls_or_any_method_or_be_taken_back(stage):
    await plan(stage, "500", times=2)
    assert [(await post(stage))[0] for _ in range(3)] == [500, 500, 200]

    _, planned = await stage.tell("faults", fault="fatal_error")
    assert planned == {"*": {"fault": "fatal_error", "times": 1}}
    with pytest.raises(SlackApiError, match="fatal_error"):
        await stage.slack.auth_test()

    await plan(stage, "500")
    await plan(stage, "")
    assert await stage.ask("faults") == (200, {})
    assert (await post(stage))[0] == 200


async def test_a_wish_that_makes_no_sense_is_refused(stage):
    assert (await stage.tell("faults", method="x", fault="500", times="often"))[0] == 400
