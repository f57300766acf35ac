"""The page shows a person what that person may see, and stays true by the live stream."""

from __future__ import annotations

import asyncio
import json

import pytest

from playground.importing import Import
from playground.live import Live
from playground.values import Message
from playground.workspace import EVENTS_QUEUED


def stream(stage, person: str):
    """The live stream of *person*; once it is entered, the playground listens for them."""
    return stage.http.get(f"{stage.url}/playground/events", params={"as": person})


async def next_event(opened) -> dict:
    async with asyncio.timeout(5):
        while not (line := await opened.content.readline()).startswith(b"data: "):
            assert line, "the stream ended"
    return json.loads(line[6:])


async def test_a_guest_sees_the_channels_of_a_guest(stage):
    _, anns = await stage.ask("state", **{"as": "U0ANN"})
    _, devs = await stage.ask("state", **{"as": "U0DEV"})
    _, finns = await stage.ask("state", **{"as": "U0FINN"})

    assert [c["name"] for c in anns["channels"]] == ["general", "falcon", "leads", "kitchen"]
    assert [c["name"] for c in devs["channels"]] == ["general", "falcon", "kitchen"]
    assert [c["name"] for c in finns["channels"]] == ["general"]


@pytest.mark.parametrize("path", ["messages", "thread"])
async def test_what_a_person_may_not_read_does_not_exist(stage, path):
    ts = stage.workspace.logs["C0LEADS"].newest() or ""

    refused = await stage.ask(path, **{"as": "U0DEV", "channel": "C0LEADS", "ts": ts})
    nowhere = await stage.ask(path, **{"as": "U0DEV", "channel": "C0NOWHERE", "ts": ts})
    assert refused == nowhere == (400, {"ok": False, "error": "channel_not_found"})


async def test_nobody_writes_where_they_are_no_member(stage):
    assert await stage.say("hello", who="Dev", where="leads") == 400
    assert await stage.say("/factcheck x", who="Finn", where="falcon") == 400
    assert stage.bot.received == []


async def test_what_a_person_types_is_stored_escaped_with_tokens(stage):
    await stage.say("<b>1 & 2</b> @ann, see #falcon and https://x.example/a?b=1&c=2. @nobody @here")

    said = stage.workspace.logs["C0GENERAL"].between(None, None)[-1].text
    link = "<https://x.example/a?b=1&amp;c=2>"
    assert said.startswith("&lt;b&gt;1 &amp; 2&lt;/b&gt; <@U0ANN>, see <#C0FALCON|falcon> and ")
    assert said.endswith(f"{link}. @nobody <!here>")


async def test_windows_meet_without_gap_or_overlap(stage):
    place = {"as": "U0ANN", "channel": "C0GENERAL", "limit": "5"}
    _, newest = await stage.ask("messages", **place)
    _, before = await stage.ask("messages", **place, before=newest["messages"][0]["ts"])
    _, after = await stage.ask("messages", **place, after=before["messages"][-1]["ts"])

    told = [m.ts for m in stage.workspace.logs["C0GENERAL"].between(None, None)]
    assert [m["ts"] for m in before["messages"] + newest["messages"]] == told[-10:]
    assert after["messages"] == newest["messages"]
    assert (newest["newer"], newest["older"], before["newer"]) == (False, True, True)


async def test_a_link_to_a_reply_opens_its_thread(stage):
    log = stage.workspace.logs["C0FALCON"]
    root = max(log.between(None, None), key=lambda message: len(log.replies(message.ts)))
    reply = log.replies(root.ts)[3]
    _, page = await stage.ask("messages", **{"as": "U0ANN", "channel": "C0FALCON"}, around=reply.ts)

    assert (page["target"], page["thread"]) == (root.ts, root.ts)
    assert root.ts in [message["ts"] for message in page["messages"]]


async def test_an_archive_link_serves_the_page(stage):
    async with stage.http.get(f"{stage.url}/archives/C0GENERAL/p1700000000000100") as reply:
        assert reply.status == 200
        assert reply.content_type == "text/html"


async def test_a_reply_tells_readers_about_itself_and_its_root(stage):
    root = stage.workspace.logs["C0LEADS"].newest()
    async with stream(stage, "U0BEN") as opened:
        await stage.say("me too", where="leads", thread_ts=root)
        event = await next_event(opened)

    assert (event["kind"], event["channel"]) == ("message", "C0LEADS")
    assert (event["message"]["text"], event["root"]["reply_count"]) == ("me too", 1)


async def test_a_stream_carries_nothing_that_its_person_may_not_read(stage):
    async with stream(stage, "U0FINN") as opened:
        await stage.say("secret", where="leads")
        stage.workspace.whisper("C0GENERAL", Message(ts="", user="U0ANN", only_for="U0ANN"))
        await stage.say("for all")
        event = await next_event(opened)

    assert event["message"]["text"] == "for all"


def test_a_page_too_slow_to_follow_is_told_to_read_anew(workspace):
    with workspace.listen("U0ANN") as listener:
        for _ in range(EVENTS_QUEUED + 1):
            workspace.post("C0GENERAL", Message(ts="", user="U0BEN", text="x"))

        assert listener.queue.qsize() == 1
        assert listener.queue.get_nowait() == {"kind": "resync"}


async def test_open_streams_end_when_the_server_does(stage):
    async with stream(stage, "U0ANN") as opened:
        await Live(stage.workspace).end(stage.app)
        async with asyncio.timeout(2):
            assert b"retry" in await opened.read()


async def test_starting_over_brings_the_sample_back(stage):
    await stage.say("soon gone")
    await stage.tell("reset")

    told = stage.workspace.logs["C0GENERAL"].between(None, None)
    assert "soon gone" not in [message.text for message in told]


async def test_a_person_can_join_a_public_channel_and_no_private_one(stage):
    stage.workspace.channels.pop("C0FALCON")
    found = Import("x")
    found.channel("C0FALCON", "falcon", "", [])
    stage.workspace.add_channel(found.workspace.channels["C0FALCON"])
    joined, _ = await stage.tell("join", **{"as": "U0ANN", "channel": "C0FALCON"})
    refused, _ = await stage.tell("join", **{"as": "U0DEV", "channel": "C0LEADS"})

    assert (joined, refused) == (200, 400)
    assert "U0ANN" in stage.workspace.channels["C0FALCON"].members


async def test_the_calls_of_the_bot_can_be_read(stage):
    await stage.slack.auth_test()

    _, calls = await stage.ask("calls")
    assert [call["method"] for call in calls] == ["auth.test"]


@pytest.mark.parametrize(
    "body", ["", "[]", "{", b"\xff", '{"text":' + "[" * 100_000, "[" * 150 + "]" * 150]
)
async def test_a_broken_body_is_a_refusal(stage, body):
    url, headers = f"{stage.url}/playground/say", {"X-Playground": "1"}
    async with stage.http.post(url, data=body, headers=headers) as reply:
        assert reply.status == 400
