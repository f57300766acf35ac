"""An edit keeps the ids that a person may be about to use."""

from __future__ import annotations

from typing import Any

from playground.block_ids import identified

PLAIN = {"type": "plain_text", "text": "Cancel"}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": PLAIN, **more}


def actions(*buttons: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons), **more}


def test_a_block_of_the_same_place_and_type_keeps_its_ids():
    blocks = [{"type": "divider"}, actions(button()), {"type": "section", "accessory": button()}]
    before = identified(blocks)

    assert identified(blocks, before) == before


def test_the_ids_of_the_app_come_first():
    before = identified([actions(button())])
    (after,) = identified([actions(button(action_id="go"), block_id="own")], before)

    assert (after["block_id"], after["elements"][0]["action_id"]) == ("own", "go")


def test_a_block_of_another_type_gets_an_id_of_its_own():
    before = identified([{"type": "divider"}])
    (after,) = identified([actions(button())], before)

    assert after["block_id"] not in {None, before[0]["block_id"]}


def test_no_id_is_kept_that_the_app_gives_to_another_block():
    before = [{"type": "divider", "block_id": "a"}]
    first, second = identified([{"type": "divider"}, {"type": "divider", "block_id": "a"}], before)

    assert (first["block_id"], second["block_id"]) != ("a", "a")


def test_no_id_is_kept_that_the_app_gives_to_another_button():
    before = [actions(button(action_id="a"), block_id="x")]
    (after,) = identified([actions(button(), button(action_id="a"))], before)

    assert [held["action_id"] for held in after["elements"]].count("a") == 1


async def test_a_message_that_is_edited_keeps_the_ids_of_its_blocks(stage):
    here = {"channel": "C0GENERAL", "text": "card"}
    posted = await stage.slack.chat_postMessage(**here, blocks=[actions(button())])
    edited = await stage.slack.chat_update(**here, ts=posted["ts"], blocks=[actions(button())])

    assert edited["message"]["blocks"] == posted["message"]["blocks"]
