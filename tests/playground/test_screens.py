"""What people do outside of the message field arrives at the app as Slack would send it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from playground.screens import SHORTCUTS, TROUBLE
from tests.playground.forms import WORDS, button, home, modal, plain, row


def payload(stage) -> dict[str, Any]:
    return json.loads(stage.bot.form["payload"])


async def opened(stage, *blocks: dict[str, Any], **more: Any) -> str:
    trigger = stage.workspace.triggers.issue("U0BEN")
    said = await stage.slack.views_open(trigger_id=trigger, view=modal(*blocks, **more))
    return said["view"]["id"]


async def submitted(stage, view: str, words: str = "the Moon") -> tuple[int, dict[str, Any]]:
    values = {"words": {"it": words}}
    return await stage.tell("submit", **{"as": "U0BEN", "view": view, "values": values})


def answers(stage, **body: Any) -> None:
    stage.bot.reply = web.json_response(body)


def test_the_menu_offers_what_the_manifest_declares():
    manifest = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())

    declared = [(one["callback_id"], one["name"]) for one in manifest["features"]["shortcuts"]]
    assert [(one.callback_id, one.name) for one in SHORTCUTS] == declared


async def test_a_shortcut_brings_its_message_also_from_a_channel_without_the_bot(stage):
    message = stage.workspace.logs["C0KITCHEN"].between(None, None)[1]
    where = {"channel": "C0KITCHEN", "ts": message.ts, "callback_id": "summarize_thread"}
    status, _ = await stage.tell("shortcut", **{"as": "U0BEN", **where})

    told = payload(stage)
    assert status == 200
    assert (told["type"], told["callback_id"]) == ("message_action", "summarize_thread")
    assert (told["channel"]["id"], told["user"]["id"]) == ("C0KITCHEN", "U0BEN")
    assert told["message"]["thread_ts"] == told["message_ts"] == message.ts
    async with stage.http.post(told["response_url"], json={"text": "only you"}) as reply:
        assert reply.status == 200
    assert [(said.only_for, said.text) for said in stage.whispers()] == [("U0BEN", "only you")]


@pytest.mark.parametrize(
    ("person", "change", "error"),
    [
        ("U0FINN", {}, "channel_not_found"),
        ("U0BEN", {"ts": "1.000000"}, "message_not_found"),
        ("U0BEN", {"callback_id": "nothing"}, "shortcut_not_found"),
    ],
)
async def test_a_shortcut_on_what_is_not_there_goes_nowhere(stage, person, change, error):
    ts = stage.workspace.logs["C0KITCHEN"].newest()
    where = {"channel": "C0KITCHEN", "ts": ts, "callback_id": "summarize_thread", **change}

    assert (await stage.tell("shortcut", **{"as": person, **where}))[1]["error"] == error
    assert stage.bot.received == []


async def test_a_shortcut_that_fails_is_explained_to_the_person_alone(stage):
    stage.bot.reply = web.Response(status=500)
    ts = stage.workspace.logs["C0GENERAL"].newest()
    where = {"channel": "C0GENERAL", "ts": ts, "callback_id": SHORTCUTS[0].callback_id}
    await stage.tell("shortcut", **{"as": "U0BEN", **where})

    (said,) = stage.whispers()
    assert (said.only_for, "dispatch_failed" in said.text) == ("U0BEN", True)


async def test_a_form_is_sent_with_its_values_and_closes(stage):
    view = await opened(stage, WORDS, private_metadata="kept")
    assert await submitted(stage, view) == (200, {})

    told = payload(stage)
    assert told["type"] == "view_submission"
    assert (told["view"]["id"], told["view"]["private_metadata"]) == (view, "kept")
    assert told["view"]["state"]["values"]["words"]["it"]["value"] == "the Moon"
    assert stage.workspace.modals == {}


async def test_an_incomplete_form_is_not_sent(stage):
    view = await opened(stage, WORDS)
    _, said = await submitted(stage, view, "")

    assert list(said["errors"]) == ["words"]
    assert stage.bot.received == []


async def test_errors_of_the_app_stand_at_their_fields_and_the_form_stays(stage):
    view = await opened(stage, WORDS)
    answers(stage, response_action="errors", errors={"words": "Not a claim."})

    assert await submitted(stage, view) == (200, {"errors": {"words": "Not a claim."}})
    assert view in stage.workspace.modals


async def test_an_answer_may_change_the_form(stage):
    view = await opened(stage, WORDS)
    answers(stage, response_action="update", view=modal(WORDS, title=plain("Next")))
    await submitted(stage, view)

    assert stage.workspace.modals[view].view["title"] == plain("Next")


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=500),
        web.Response(text="thanks", content_type="text/plain"),
        web.json_response({"response_action": "errors", "errors": {"elsewhere": "x"}}),
        web.json_response({"response_action": "errors", "errors": {}}),
        web.json_response({"response_action": "update", "view": {}}),
        web.json_response({"response_action": "dance"}),
    ],
)
async def test_an_answer_that_slack_does_not_understand_is_trouble(stage, answer):
    view = await opened(stage, WORDS)
    stage.bot.reply = answer

    assert await submitted(stage, view) == (200, {"errors": {"": TROUBLE}})
    assert view in stage.workspace.modals


async def test_the_app_hears_of_a_closed_form_only_if_it_asked_to(stage):
    quiet, loud = await opened(stage, WORDS), await opened(stage, WORDS, notify_on_close=True)
    await stage.tell("close", **{"as": "U0BEN", "view": quiet})
    assert stage.bot.received == []
    await stage.tell("close", **{"as": "U0BEN", "view": loud})

    assert payload(stage)["type"] == "view_closed"
    assert stage.workspace.modals == {}


async def test_a_form_is_nobody_else_s(stage):
    view = await opened(stage, WORDS)
    for path in ("submit", "close", "press-view"):
        status, said = await stage.tell(path, **{"as": "U0ANN", "view": view})
        assert (status, said["error"]) == (400, "view_not_found")


async def test_a_button_of_the_home_is_pressed_in_its_view(stage):
    said = await stage.slack.views_publish(user_id="U0BEN", view=home(row(button("start"))))
    view = said["view"]["id"]
    pressed = {"view": view, "block_id": "row", "action_id": "start"}
    status, _ = await stage.tell("press-view", **{"as": "U0BEN", **pressed})

    told = payload(stage)
    assert status == 200
    assert told["container"] == {"type": "view", "view_id": view}
    assert told["actions"][0]["value"] == "v"
    assert "channel" not in told
    form = await stage.slack.views_open(trigger_id=told["trigger_id"], view=modal())
    assert stage.workspace.modals[form["view"]["id"]].person == "U0BEN"


async def test_who_opens_a_tab_is_told_to_the_app(stage):
    _, first = await stage.tell("tab", **{"as": "U0BEN", "tab": "home"})
    await stage.bot.event("app_home_opened")
    await stage.slack.views_publish(user_id="U0BEN", view=home())
    _, second = await stage.tell("tab", **{"as": "U0BEN", "tab": "home"})

    assert first["view"] is None
    assert second["view"]["type"] == "home"
    refused, _ = await stage.tell("tab", **{"as": "U0BEN", "tab": "kitchen"})
    assert refused == 400


async def test_stop_is_told_to_the_app_while_it_works(stage):
    place = stage.workspace.direct("U0BEN", stage.workspace.bot).id
    where = {"as": "U0BEN", "channel": place, "thread_ts": "1.000000"}
    assert (await stage.tell("stop", **where))[1]["error"] == "session_not_found"
    stage.workspace.session(place, "1.000000", "processing")
    await stage.tell("stop", **where)

    event = await stage.bot.event("agent_session_stopped")
    assert (event["channel"], event["thread_ts"], event["user"]) == (place, "1.000000", "U0BEN")
    stranger = await stage.tell("stop", **where | {"as": "U0ANN"})
    assert stranger[1]["error"] == "channel_not_found"
