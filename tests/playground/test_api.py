"""The Web API answers Slack's own client the way Slack does."""

from __future__ import annotations

import json

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.values import Channel, Message
from tests.playground.conftest import refused


async def test_auth_test_names_the_playgrounds_own_address(stage):
    said = await stage.slack.auth_test()

    assert said["url"] == f"{stage.url}/"
    assert (said["team_id"], said["user_id"]) == (stage.workspace.team, stage.workspace.bot)


async def test_a_call_without_token_or_with_a_wrong_one_is_refused(stage):
    async with stage.http.post(f"{stage.url}/api/auth.test") as reply:
        assert await reply.json() == {"ok": False, "error": "not_authed"}
    wrong = AsyncWebClient("xoxb-other", base_url=f"{stage.url}/api/")

    assert await refused(wrong.auth_test()) == "invalid_auth"


async def test_the_token_may_be_a_form_field(stage):
    async with stage.http.post(f"{stage.url}/api/auth.test", data={"token": "xoxb-tests"}) as reply:
        assert (await reply.json())["ok"] is True


async def test_api_test_needs_no_token(stage):
    async with stage.http.post(f"{stage.url}/api/api.test", data={"a": "b"}) as reply:
        assert await reply.json() == {"ok": True, "args": {"a": "b"}}


@pytest.mark.parametrize("method", ["chat.startStream", "nonsense"])
async def test_what_is_not_there_is_an_unknown_method(stage, method):
    assert await refused(stage.slack.api_call(method)) == "unknown_method"


async def test_a_posted_message_comes_back_from_history(stage):
    posted = await stage.slack.chat_postMessage(
        channel="C0GENERAL", text="hello", metadata={"event_type": "run", "event_payload": {"a": 1}}
    )

    history = await stage.slack.conversations_history(channel="C0GENERAL", limit=1)
    told = await stage.slack.conversations_history(
        channel="C0GENERAL", limit=1, include_all_metadata=True
    )
    assert history["messages"][0]["ts"] == posted["ts"]
    assert "metadata" not in history["messages"][0]
    assert told["messages"][0]["metadata"]["event_payload"] == {"a": 1}


async def test_form_arguments_work_like_json(stage):
    blocks = json.dumps([{"type": "divider"}])
    said = await stage.slack.api_call(
        "chat.postMessage", data={"channel": "C0GENERAL", "text": "x", "blocks": blocks}
    )

    assert said["message"]["blocks"][0]["type"] == "divider"
    assert said["message"]["blocks"][0]["block_id"]


async def test_posting_is_refused_in_slacks_words(stage):
    add = stage.workspace.add_channel
    add(Channel(id="C0ELSE", name="else"))
    add(Channel(id="C0SECRET", name="secret", kind="private"))
    add(Channel(id="C0OLD", name="old", archived=True, members=(stage.workspace.bot,)))
    post = stage.slack.chat_postMessage

    assert await refused(post(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert await refused(post(channel="C0SECRET", text="x")) == "channel_not_found"
    assert await refused(post(channel="C0ELSE", text="x")) == "not_in_channel"
    assert await refused(post(channel="C0OLD", text="x")) == "is_archived"
    empty = stage.slack.api_call("chat.postMessage", json={"channel": "C0GENERAL", "text": " "})
    assert await refused(empty) == "no_text"
    assert await refused(post(channel="C0GENERAL", text="x" * 40_001)) == "msg_too_long"
    lost = post(channel="C0GENERAL", text="x", thread_ts="1700000000.000100")
    assert await refused(lost) == "thread_not_found"


async def test_a_message_to_a_person_goes_to_their_direct_message(stage):
    posted = await stage.slack.chat_postMessage(channel="U0ANN", text="psst")
    opened = await stage.slack.conversations_open(users="U0ANN")

    assert posted["channel"] == opened["channel"]["id"]
    assert posted["channel"].startswith("D")


async def test_an_update_changes_the_text_keeps_the_blocks_and_marks_the_edit(stage):
    drawn = [{"type": "divider"}]
    posted = await stage.slack.chat_postMessage(channel="C0GENERAL", text="a", blocks=drawn)
    await stage.slack.chat_update(channel="C0GENERAL", ts=posted["ts"], text="b")

    message = (await stage.slack.conversations_history(channel="C0GENERAL", limit=1))["messages"][0]
    assert (message["text"], message["blocks"][0]["type"]) == ("b", "divider")
    assert message["edited"]["user"] == stage.workspace.bot


async def test_an_update_is_refused_in_slacks_words(stage):
    anns = stage.workspace.post("C0GENERAL", Message(ts="", user="U0ANN", text="mine"))
    own = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="a"))["ts"]
    update = stage.slack.chat_update

    lost = update(channel="C0GENERAL", ts="1700000000.000100", text="x")
    assert await refused(lost) == "message_not_found"
    assert await refused(update(channel="C0GENERAL", ts=anns.ts, text="x")) == "cant_update_message"
    assert await refused(update(channel="C0GENERAL", ts=own, text="x" * 4_001)) == "msg_too_long"
    empty = stage.slack.api_call("chat.update", json={"channel": "C0GENERAL", "ts": own})
    assert await refused(empty) == "no_text"


async def test_deleting_a_root_with_replies_leaves_a_tombstone(stage):
    root = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="a"))["ts"]
    await stage.slack.chat_postMessage(channel="C0GENERAL", text="b", thread_ts=root)
    await stage.slack.chat_delete(channel="C0GENERAL", ts=root)

    thread = (await stage.slack.conversations_replies(channel="C0GENERAL", ts=root))["messages"]
    assert [message.get("subtype") for message in thread] == ["tombstone", None]


async def test_a_whisper_reaches_one_member_and_no_history(stage):
    before = len(stage.workspace.logs["C0FALCON"])
    said = await stage.slack.chat_postEphemeral(channel="C0FALCON", user="U0ANN", text="psst")
    guest = stage.slack.chat_postEphemeral(channel="C0FALCON", user="U0FINN", text="psst")

    assert said["message_ts"] in stage.workspace.whispers
    assert len(stage.workspace.logs["C0FALCON"]) == before
    assert await refused(guest) == "user_not_in_channel"


async def test_replies_stay_out_of_the_channel_unless_they_are_broadcast(stage):
    root = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="root"))["ts"]
    await stage.slack.chat_postMessage(channel="C0GENERAL", text="quiet", thread_ts=root)
    await stage.slack.chat_postMessage(
        channel="C0GENERAL", text="loud", thread_ts=root, reply_broadcast=True
    )

    page = await stage.slack.conversations_history(channel="C0GENERAL", oldest=root, limit=9)
    history = [message["text"] for message in page["messages"]]
    thread = await stage.slack.conversations_replies(channel="C0GENERAL", ts=root)
    assert history == ["loud"]
    assert [message["text"] for message in thread["messages"]] == ["root", "quiet", "loud"]
    assert thread["messages"][0]["reply_count"] == 2


async def test_the_thread_is_found_by_any_of_its_messages(stage):
    log = stage.workspace.logs["C0FALCON"]
    root = max(log.between(None, None), key=lambda message: len(log.replies(message.ts)))
    reply = log.replies(root.ts)[7]

    said = await stage.slack.conversations_replies(channel="C0FALCON", ts=reply.ts)

    assert said["messages"][0]["ts"] == root.ts
    assert len(said["messages"]) == 1 + len(log.replies(root.ts))


async def test_pages_of_history_cover_everything_once_newest_first(stage):
    """What arrives while somebody pages shifts nothing: the cursor names a message."""
    seen: list[str] = []
    async for page in await stage.slack.conversations_history(channel="C0GENERAL", limit=4):
        seen += [message["ts"] for message in page["messages"]]
        await stage.slack.chat_postMessage(channel="C0GENERAL", text="meanwhile")

    told = [m.ts for m in stage.workspace.logs["C0GENERAL"].between(None, None)]
    assert seen == [ts for ts in reversed(told) if ts <= seen[0]]


async def test_pages_of_a_thread_cover_everything_once_oldest_first(stage):
    log = stage.workspace.logs["C0FALCON"]
    root = max(log.between(None, None), key=lambda message: len(log.replies(message.ts)))
    seen: list[str] = []
    replies = stage.slack.conversations_replies
    async for page in await replies(channel="C0FALCON", ts=root.ts, limit=5):
        seen += [message["ts"] for message in page["messages"]]

    assert seen == [root.ts, *(message.ts for message in log.replies(root.ts))]


async def test_a_window_has_open_ends_unless_it_is_inclusive(stage):
    log = stage.workspace.logs["C0GENERAL"].between(None, None)
    ask = stage.slack.conversations_history
    window = {"channel": "C0GENERAL", "oldest": log[2].ts, "latest": log[5].ts}

    between = [m["ts"] for m in (await ask(**window))["messages"]]
    closed = [m["ts"] for m in (await ask(**window, inclusive=True))["messages"]]
    assert between == [log[4].ts, log[3].ts]
    assert closed == [log[5].ts, log[4].ts, log[3].ts, log[2].ts]


@pytest.mark.parametrize("cursor", ["bm9uc2Vuc2U=", "%%%", "bmV4dDoxLjI="])
async def test_a_made_up_cursor_is_refused(stage, cursor):
    ask = stage.slack.conversations_history(channel="C0GENERAL", cursor=cursor)

    assert await refused(ask) == "invalid_cursor"


async def test_the_private_channel_is_listed_only_on_request_and_only_to_members(stage):
    stage.workspace.add_channel(Channel(id="C0SECRET", name="secret", kind="private"))
    both = "public_channel,private_channel"

    public = await stage.slack.conversations_list()
    all_known = await stage.slack.conversations_list(types=both)
    finns = await stage.slack.users_conversations(user="U0FINN", types=both)
    assert [c["name"] for c in public["channels"]] == ["general", "falcon", "kitchen"]
    assert [c["name"] for c in all_known["channels"]] == ["general", "falcon", "leads", "kitchen"]
    assert [c["name"] for c in finns["channels"]] == ["general"]
    assert await refused(stage.slack.conversations_info(channel="C0SECRET")) == "channel_not_found"


async def test_members_come_in_pages(stage):
    seen: list[str] = []
    async for page in await stage.slack.conversations_members(channel="C0LEADS", limit=2):
        seen += page["members"]

    assert seen == ["U0ANN", "U0BEN", stage.workspace.bot]


async def test_a_guest_is_known_as_one(stage):
    user = (await stage.slack.users_info(user="U0FINN"))["user"]

    assert user["is_restricted"] is True
    assert user["profile"]["display_name"] == "Finn Lund"
    assert await refused(stage.slack.users_info(user="U0NOBODY")) == "user_not_found"


async def test_joining_a_public_channel_opens_it_for_writing(stage):
    stage.workspace.add_channel(Channel(id="C0ELSE", name="else"))
    await stage.slack.conversations_join(channel="C0ELSE")
    await stage.slack.chat_postMessage(channel="C0ELSE", text="hello")

    assert len(stage.workspace.logs["C0ELSE"]) == 1


async def test_a_permalink_of_a_reply_names_its_thread(stage):
    root = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="a"))["ts"]
    reply = await stage.slack.chat_postMessage(channel="C0GENERAL", text="b", thread_ts=root)
    said = await stage.slack.chat_getPermalink(channel="C0GENERAL", message_ts=reply["ts"])

    digits = reply["ts"].replace(".", "")
    link = f"{stage.url}/archives/C0GENERAL/p{digits}?thread_ts={root}&cid=C0GENERAL"
    assert said["permalink"] == link


async def test_a_reaction_counts_once(stage):
    ts = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="a"))["ts"]
    await stage.slack.reactions_add(channel="C0GENERAL", timestamp=ts, name="eyes")
    again = stage.slack.reactions_add(channel="C0GENERAL", timestamp=ts, name="eyes")

    assert await refused(again) == "already_reacted"


async def test_calls_are_recorded_without_the_token(stage):
    await stage.slack.chat_postMessage(channel="C0GENERAL", text="a")
    await refused(stage.slack.api_call("chat.postMessage", json={"channel": "C0GENERAL"}))

    kept = [call for call in stage.workspace.calls if call.method == "chat.postMessage"]
    assert [call.error for call in kept] == [None, "no_text"]
    assert all("token" not in call.args for call in kept)


async def test_timestamps_are_unique_and_rise(stage):
    stamps = [stage.workspace.stamp() for _ in range(2_000)]

    assert stamps == sorted(set(stamps))
    assert {len(stamp) for stamp in stamps} == {17}


async def test_people_come_in_pages(stage):
    seen: list[str] = []
    async for page in await stage.slack.users_list(limit=3):
        seen += [member["id"] for member in page["members"]]

    assert seen == list(stage.workspace.people)


async def test_a_deleted_reply_no_longer_counts(stage):
    root = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="a"))["ts"]
    reply = await stage.slack.chat_postMessage(
        channel="C0GENERAL", text="b", thread_ts=root, reply_broadcast=True
    )
    await stage.slack.chat_delete(channel="C0GENERAL", ts=reply["ts"])

    (message,) = (await stage.slack.conversations_replies(channel="C0GENERAL", ts=root))["messages"]
    assert "reply_count" not in message


async def test_an_update_can_broadcast_a_reply_later(stage):
    root = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="a"))["ts"]
    reply = await stage.slack.chat_postMessage(channel="C0GENERAL", text="b", thread_ts=root)
    await stage.slack.chat_update(
        channel="C0GENERAL", ts=reply["ts"], text="c", reply_broadcast=True
    )

    newest = (await stage.slack.conversations_history(channel="C0GENERAL", limit=1))["messages"][0]
    assert (newest["text"], newest["subtype"]) == ("c", "thread_broadcast")
    assert newest["root"]["text"] == "a"
