from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.showing.replies import Replies
from bot.slack.client import UPDATE_CHARS_MOST, SlackClient, connect
from bot.slack.errors import Invalid, NotAllowed, RateLimited, Unavailable
from bot.views.blocks import plan, task
from bot.views.message import SlackMessage
from tests.conftest import Serve
from tests.fakes.slack_api import FakeSlack, Fault
from tests.showing.stage import card
from tests.slack.virtual import VirtualClock


@pytest.fixture
def slack() -> FakeSlack:
    return FakeSlack()


@pytest.fixture
async def url(serve: Serve, slack: FakeSlack) -> str:
    return await serve(slack.app())


@pytest.fixture
async def client(url: str) -> AsyncIterator[SlackClient]:
    async with connect("xoxb-1", api_url=f"{url}/api/", seconds=1) as client:
        yield client


@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.RATE])
async def test_the_sdk_never_repeats_a_post(
    slack: FakeSlack, client: SlackClient, fault: Fault
) -> None:
    slack.faults["chat.postMessage"].append(fault)

    with pytest.raises(Unavailable):
        await client.post("C1", card("x"), run_id="r1")

    assert len(slack.of("chat.postMessage")) == 1


async def test_a_rate_limit_says_how_long(slack: FakeSlack, client: SlackClient) -> None:
    slack.faults["chat.postMessage"].append(Fault.RATE)

    with pytest.raises(RateLimited) as caught:
        await client.post("C1", card("x"), run_id="r1")

    assert (caught.value.method, caught.value.retry_after) == ("chat.postMessage", 2)


async def test_a_slack_that_hangs_is_not_waited_for(serve: Serve) -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    app = web.Application()
    app.router.add_post("/api/{method}", hang)
    async with connect("xoxb-1", api_url=await serve(app) + "/api/", seconds=0.1) as client:
        with pytest.raises(Unavailable, match="TimeoutError"):
            await client.post("C1", card("x"), run_id="r1")


async def test_the_same_message_has_the_same_id_and_others_have_others(
    slack: FakeSlack, client: SlackClient
) -> None:
    for run_id in ("r1", "r1", "r2"):
        await client.post("C1", card("x"), run_id=run_id)

    ids = [call.args["client_msg_id"] for call in slack.of("chat.postMessage")]
    assert ids[0] == ids[1] != ids[2]


async def test_text_too_long_for_an_edit_is_cut_between_words(
    slack: FakeSlack, client: SlackClient
) -> None:
    ts = await client.post("C1", card("x"), run_id="r1")

    await client.update("C1", ts, card("word &amp; " * 600), run_id="r1")

    text = slack.rooms["C1"].messages[0]["text"]
    assert len(text) <= UPDATE_CHARS_MOST
    assert text.endswith(("word…", "&amp;…"))


async def test_refused_twice_is_refused(slack: FakeSlack, client: SlackClient) -> None:
    slack.faults["chat.postMessage"].extend(["invalid_blocks", "no_text"])

    with pytest.raises(Invalid, match="no_text"):
        await client.post("C1", card("x"), run_id="r1")


async def test_an_error_does_not_carry_what_slack_answered(client: SlackClient) -> None:
    with pytest.raises(NotAllowed) as caught:
        await client.ask("conversations.info", channel="C404")

    assert str(caught.value) == "conversations.info: channel_not_found"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_replies_go_to_the_person_as_often_as_slack_takes_them(
    slack: FakeSlack, client: SlackClient, url: str
) -> None:
    replies = Replies(client, api_url=f"{url}/api/")
    replies.remember("r1", f"{url}/response")

    assert [await replies.tell("r1", "hello") for _ in range(6)] == [True] * 5 + [False]
    assert not await replies.tell("r2", "hello")

    hello = {"response_type": "ephemeral", "replace_original": False, "text": "hello"}
    assert slack.responses == [hello] * 5


async def test_an_answer_goes_to_who_clicked(
    slack: FakeSlack, client: SlackClient, url: str
) -> None:
    replies = Replies(client, api_url=f"{url}/api/")

    assert await replies.answer(f"{url}/response", "no")
    assert not await replies.answer(f"{url}/nowhere", "no")

    assert [said["text"] for said in slack.responses] == ["no"]


async def test_a_reply_is_not_tried_when_slack_would_not_take_it(
    slack: FakeSlack, client: SlackClient, url: str
) -> None:
    clock = VirtualClock()
    replies = Replies(client, api_url=f"{url}/api/", clock=clock.now)
    replies.remember("r1", f"{url}/response")
    await clock.sleep(30 * 60)

    assert not await replies.tell("r1", "hello")
    assert slack.responses == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://hooks.slack.com/x",
        "https://hooks.slack.com.evil.example/x",
        "https://hooks.slack.com@127.0.0.1/x",
        "https://slack.com/x",
        "http://127.0.0.1:1/x",
        "//hooks.slack.com/x",
        "https://[::1",
        "",
    ],
)
async def test_no_other_host_is_ever_called(client: SlackClient, elsewhere: str) -> None:
    replies = Replies(client, api_url="https://slack.com/api/")
    replies.remember("r1", elsewhere)

    assert not await replies.tell("r1", "hello")
    assert not await replies.answer(elsewhere, "hello")


async def test_only_so_many_replies_are_kept(client: SlackClient, url: str) -> None:
    replies = Replies(client, api_url=f"{url}/api/")
    for number in range(10_001):
        replies.remember(f"r{number}", f"{url}/response")

    assert not await replies.tell("r0", "hello")
    assert await replies.tell("r1", "hello")


async def test_an_attempt_is_a_yes_or_a_no(slack: FakeSlack, client: SlackClient) -> None:
    slack.faults["views.open"].extend([Fault.HTML, "expired_trigger_id"])
    asked = {"trigger_id": "1.2.3", "view": {}}

    tried = [await client.attempt("views.open", **asked) for _ in range(3)]

    assert tried == [False, False, True]


@pytest.mark.parametrize("code", ["unknown_method", "missing_scope", "not_authorized"])
async def test_what_slack_refused_as_such_is_not_attempted_again(
    slack: FakeSlack, client: SlackClient, code: str
) -> None:
    slack.faults["views.publish"].append(code)

    assert [await client.attempt("views.publish", user_id="U1") for _ in range(3)] == [False] * 3

    assert len(slack.of("views.publish")) == 1
    assert not client.can("views.publish")
    assert client.can("views.open")


async def test_an_attempt_that_comes_too_soon_says_so(
    slack: FakeSlack, client: SlackClient
) -> None:
    slack.faults["views.publish"].append(Fault.RATE)

    with pytest.raises(RateLimited):
        await client.attempt("views.publish", user_id="U1")


async def test_what_one_workspace_refuses_another_may_take(
    slack: FakeSlack, client: SlackClient
) -> None:
    async def token() -> str:
        return "xoxb-2"

    other = client.bearing(token)
    slack.faults["views.publish"].append("unknown_method")
    await client.attempt("views.publish", user_id="U1")

    assert await other.attempt("views.publish", user_id="U1")
    assert [call.token for call in slack.calls] == ["xoxb-1", "xoxb-2"]


async def test_a_slack_without_newer_blocks_is_shown_old_ones_from_then_on(
    slack: FakeSlack, client: SlackClient
) -> None:
    slack.unknown_blocks.add("plan")
    working = SlackMessage(
        slot="card",
        text="working",
        blocks=(plan("Starting", [task("1", "Skeptic", "pending")]), *card("x").blocks),
        in_thread=False,
    )

    ts = await client.post("C1", working, run_id="r1")
    await client.update("C1", ts, working, run_id="r1")

    sent = [[block["type"] for block in call.args["blocks"]] for call in slack.calls]
    assert sent == [["plan", "section"], ["section", "section"], ["section", "section"]]


async def test_of_what_is_too_long_however_it_is_shown_the_text_is_left(
    slack: FakeSlack, client: SlackClient
) -> None:
    slack.faults["chat.postMessage"].append("msg_blocks_too_long")

    await client.post("C1", card("x"), run_id="r1")

    assert [len(call.args["blocks"]) for call in slack.calls] == [1, 0]


@pytest.mark.parametrize("code", ["invalid_blocks", "unsupported_block_type", "block_mismatch"])
async def test_whatever_another_slack_calls_it_blocks_at_fault_are_left_out(
    slack: FakeSlack, client: SlackClient, code: str
) -> None:
    slack.faults["chat.postMessage"].append(code)

    await client.post("C1", card("x"), run_id="r1")

    assert slack.rooms["C1"].messages[0]["blocks"] == []


async def test_a_file_is_asked_for_with_the_token_and_sent_without_it(
    slack: FakeSlack, client: SlackClient
) -> None:
    """The address is secret enough; whoever it belongs to must not learn the token."""
    told = await client.form("files.getUploadURLExternal", filename="a.md", length="1")
    await client.send(told["upload_url"], b"x")

    assert [call.token for call in slack.calls] == ["xoxb-1", ""]
    assert "token" not in slack.calls[0].args
