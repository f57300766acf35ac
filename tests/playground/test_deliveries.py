"""What people do on the page reaches the bot signed, and the bot's silence is shown to them."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from playground.server import DELIVERIES
from playground.values import Channel, Message
from tests.playground.conftest import SECRET

BUTTON = {
    "type": "button",
    "text": {"type": "plain_text", "text": "Cancel"},
    "action_id": "cancel",
    "value": "run-1",
}
BLOCKS = ({"type": "actions", "block_id": "b1", "elements": [BUTTON]},)


async def press(stage, ts: str, *, who: str = "U0ANN", action: str = "cancel"):
    where = {"channel": "C0GENERAL", "ts": ts, "block_id": "b1", "action_id": action}
    return await stage.tell("press", **{"as": who, **where})


async def test_a_command_is_delivered_with_a_valid_signature(stage):
    await stage.say("/factcheck the Moon & <cheese>, says @ben in #falcon")

    headers, body = stage.bot.received[0]
    form = stage.bot.form
    assert SignatureVerifier(SECRET).is_valid_request(body, headers)
    assert form["command"] == "/factcheck"
    mentions = "says <@U0BEN|ben.okafor> in <#C0FALCON|falcon>"
    assert form["text"] == f"the Moon &amp; &lt;cheese&gt;, {mentions}"
    assert (form["user_id"], form["channel_id"]) == ("U0ANN", "C0GENERAL")
    assert (form["channel_name"], form["is_enterprise_install"]) == ("general", "false")
    assert form["response_url"].startswith(f"{stage.url}/response/")
    assert form["trigger_id"]


async def test_a_link_in_a_command_is_wrapped_as_slack_does(stage):
    await stage.say(f"/summarize {stage.url}/archives/C0GENERAL/p1700000000000100?a=1&b=2.")

    link = f"{stage.url}/archives/C0GENERAL/p1700000000000100?a=1&amp;b=2"
    assert stage.bot.form["text"] == f"<{link}>."


async def test_a_channel_that_the_person_cannot_see_stays_a_word(stage):
    await stage.say("/summarize #leads", who="Finn")

    assert stage.bot.form["text"] == "#leads"


async def test_the_channel_of_a_direct_message_has_slacks_word_for_a_name(stage):
    _, opened = await stage.tell("direct", **{"as": "U0ANN", "with": stage.workspace.bot})
    await stage.tell("say", **{"as": "U0ANN", "channel": opened["channel"], "text": "/factcheck x"})

    assert stage.bot.form["channel_name"] == "directmessage"


@pytest.mark.parametrize(
    ("text", "thread", "shown"),
    [
        ("/nonsense x", None, "/nonsense is not a valid command."),
        ("/factcheck x", "1.1", "/factcheck is not supported in threads. Sorry!"),
    ],
)
async def test_slack_itself_answers_commands_that_cannot_be(stage, text, thread, shown):
    await stage.say(text, thread_ts=thread)

    assert [message.text for message in stage.whispers()] == [shown]
    assert stage.bot.received == []


async def test_an_invitation_adds_the_app_to_a_channel(stage):
    stage.workspace.add_channel(Channel(id="C0NEW", name="new", members=("U0ANN",)))
    said = {"as": "U0ANN", "channel": "C0NEW"}

    await stage.tell("say", **said, text="@Quorum summarize")
    await stage.tell("say", **said, text="/invite nobody")
    before = stage.workspace.channels["C0NEW"].members
    await stage.tell("say", **said, text="/invite @Quorum")

    missing, wrong = (message.text for message in stage.whispers())
    assert missing == "Quorum is not in this channel: type /invite @Quorum to add it."
    assert wrong == "Say whom to invite, for example /invite @Quorum."
    assert stage.workspace.bot not in before
    assert stage.workspace.bot in stage.workspace.channels["C0NEW"].members


async def test_the_body_of_the_200_is_shown_to_the_person_alone(stage):
    stage.bot.reply = web.json_response({"text": "On it."})
    await stage.say("/factcheck x")

    (message,) = stage.whispers()
    assert (message.text, message.only_for) == ("On it.", "U0ANN")


async def test_an_answer_in_the_channel_shows_the_command_too(stage):
    stage.bot.reply = web.json_response({"response_type": "in_channel", "text": "Here."})
    await stage.say("/factcheck x")

    told = stage.workspace.logs["C0GENERAL"].between(None, None)[-2:]
    assert [message.text for message in told] == ["/factcheck x", "Here."]


async def test_an_answer_in_three_seconds_or_the_person_is_told(stage):
    stage.be_impatient()
    stage.bot.wait_for = asyncio.Event()
    await stage.say("/factcheck x")
    stage.bot.wait_for.set()

    (message,) = stage.whispers()
    assert message.text == '/factcheck failed with the error "operation_timeout".'


async def test_an_error_of_the_bot_is_a_failed_dispatch(stage):
    stage.bot.reply = web.Response(status=500)
    await stage.say("/factcheck x")

    assert stage.whispers()[0].text == '/factcheck failed with the error "dispatch_failed".'


async def test_a_bot_that_is_not_there_is_suspected(stage, unused_tcp_port):
    stage.app[DELIVERIES].bot_url = f"http://127.0.0.1:{unused_tcp_port}/slack/events"
    await stage.say("/factcheck x")

    assert stage.whispers()[0].text.endswith("Is the bot running?")
    _, bot = await stage.ask("bot")
    assert bot["online"] is False


async def test_a_button_is_delivered_with_its_message(stage):
    said = stage.workspace.post(
        "C0GENERAL", Message(ts="", user=stage.workspace.bot, text="card", blocks=BLOCKS)
    )
    status, _ = await press(stage, said.ts)

    headers, body = stage.bot.received[0]
    payload = json.loads(stage.bot.form["payload"])
    (action,) = payload["actions"]
    assert status == 200
    assert SignatureVerifier(SECRET).is_valid_request(body, headers)
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == "U0ANN"
    assert payload["message"]["ts"] == payload["container"]["message_ts"] == said.ts
    assert (action["action_id"], action["block_id"], action["value"]) == ("cancel", "b1", "run-1")


async def test_a_button_that_is_not_there_cannot_be_pressed(stage):
    said = stage.workspace.post(
        "C0GENERAL", Message(ts="", user=stage.workspace.bot, text="card", blocks=BLOCKS)
    )

    assert await press(stage, said.ts, action="other") == (
        400,
        {"ok": False, "error": "action_not_found"},
    )
    assert stage.bot.received == []


async def test_a_button_that_an_edit_moved_is_still_pressed(stage):
    """The person read the confirm dialog while the bot edited the message."""
    here = {"channel": "C0GENERAL", "text": "card"}
    (block,) = BLOCKS
    posted = await stage.slack.chat_postMessage(**here, blocks=[block])
    moved = [{"type": "divider"}, {**block, "block_id": "b2"}]
    await stage.slack.chat_update(**here, ts=posted["ts"], blocks=moved)
    status, _ = await press(stage, posted["ts"])

    (action,) = json.loads(stage.bot.form["payload"])["actions"]
    assert status == 200
    assert (action["block_id"], action["action_id"], action["value"]) == ("b2", "cancel", "run-1")


async def test_of_two_buttons_that_may_be_meant_none_is_pressed(stage):
    blocks = tuple({**BLOCKS[0], "block_id": name} for name in ("b2", "b3"))
    said = stage.workspace.post(
        "C0GENERAL", Message(ts="", user=stage.workspace.bot, text="card", blocks=blocks)
    )

    assert (await press(stage, said.ts))[0] == 400
    assert stage.bot.received == []


async def test_half_a_surrogate_pair_in_a_command_is_delivered_as_a_question_mark(stage):
    assert await stage.say("/factcheck half \ud83d of it") == 200
    assert stage.bot.form["text"] == "half ? of it"


async def test_a_whisper_is_pressed_by_its_own_person_only(stage):
    said = stage.workspace.whisper(
        "C0GENERAL",
        Message(ts="", user=stage.workspace.bot, text="x", blocks=BLOCKS, only_for="U0ANN"),
    )

    assert (await press(stage, said.ts, who="U0BEN"))[0] == 400
    assert (await press(stage, said.ts))[0] == 200


async def test_the_same_delivery_can_come_twice_newly_signed(stage):
    await stage.say("/factcheck x")
    await stage.tell("redeliver")

    (_, first), (headers, second) = stage.bot.received
    assert first == second
    assert headers["X-Slack-Retry-Num"] == "1"
    assert SignatureVerifier(SECRET).is_valid_request(second, headers)


async def test_with_nothing_delivered_there_is_nothing_to_deliver_again(stage):
    assert await stage.tell("redeliver") == (200, {"ok": False, "error": "nothing_to_redeliver"})


async def test_a_button_that_the_bot_does_not_take_is_explained(stage):
    stage.bot.reply = web.Response(status=500)
    said = stage.workspace.post(
        "C0GENERAL", Message(ts="", user=stage.workspace.bot, text="card", blocks=BLOCKS)
    )
    await press(stage, said.ts)

    assert stage.whispers()[0].text == 'The button failed with the error "dispatch_failed".'


async def test_an_answer_that_slack_would_refuse_is_explained(stage):
    stage.bot.reply = web.json_response({"blocks": [{"type": "nonsense"}]})
    await stage.say("/factcheck x")

    assert stage.whispers()[0].text == "The app's answer was refused: invalid_blocks"


async def test_a_plain_answer_is_shown_as_text_and_an_empty_one_not_at_all(stage):
    stage.bot.reply = web.Response(text="plain")
    await stage.say("/factcheck x")
    stage.bot.reply = web.json_response({})
    await stage.say("/factcheck x")

    assert [message.text for message in stage.whispers()] == ["plain"]


@pytest.mark.parametrize("text", ["", "   ", "x" * 12_001])
async def test_nothing_and_too_much_are_not_sent(stage, text):
    assert await stage.say(text) == 400
