"""`views.*` as Slack does it: rules, triggers, hashes, and who sees what."""

from __future__ import annotations

import pytest

from playground.views import broken
from playground.workspace import MODALS_KEPT
from tests.playground.conftest import refused
from tests.playground.forms import WORDS, button, home, modal, plain, row

BAD = [
    (modal(title=plain("x" * 25)), "/view/title"),
    (modal(title=None), "/view/title"),
    (modal(submit=plain("x" * 25)), "/view/submit"),
    (modal(submit=None), "/view/submit"),
    (modal(private_metadata="x" * 3_001), "/view/private_metadata"),
    (modal(callback_id="x" * 256), "/view/callback_id"),
    (modal(*[{"type": "divider"}] * 101), "/view/blocks"),
    (modal(WORDS, WORDS), "/view/blocks/1/block_id"),
    (modal({"type": "plan", "title": "x"}), "/view/blocks/0/type"),
    (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    (modal() | {"blocks": None}, "/view/blocks"),
    (home(), "/view/type"),
]


@pytest.mark.parametrize(("view", "where"), BAD)
def test_what_slack_refuses_is_refused_where_it_stands(view, where):
    assert any(f"[json-pointer:{where}" in found for found in broken(view, "modal"))


async def test_a_trigger_opens_one_form_for_the_person_whose_it_is(stage):
    trigger = stage.workspace.triggers.issue("U0BEN")
    opened = await stage.slack.views_open(trigger_id=trigger, view=modal())

    shown = stage.workspace.modals[opened["view"]["id"]]
    assert shown.person == "U0BEN"
    assert opened["view"]["state"] == {"values": {}}
    again = stage.slack.views_open(trigger_id=trigger, view=modal())
    assert await refused(again) == "exchanged_trigger_id"
    unknown = stage.slack.views_open(trigger_id="1.2.x", view=modal())
    assert await refused(unknown) == "invalid_trigger_id"


async def test_a_form_that_breaks_a_rule_is_refused_with_its_pointer(stage):
    trigger = stage.workspace.triggers.issue("U0BEN")
    wrong = stage.slack.views_open(trigger_id=trigger, view=modal(title=plain("x" * 25)))

    assert await refused(wrong) == "invalid_arguments"
    assert stage.workspace.modals == {}


async def test_an_update_keeps_the_id_and_may_name_the_state_it_was_made_from(stage):
    trigger = stage.workspace.triggers.issue("U0BEN")
    first = (await stage.slack.views_open(trigger_id=trigger, view=modal(external_id="own")))[
        "view"
    ]
    other = modal(external_id="own", title=plain("Other"))
    after = await stage.slack.views_update(view_id=first["id"], view=other, hash=first["hash"])
    by_own_id = await stage.slack.views_update(external_id="own", view=other)

    assert after["view"]["id"] == by_own_id["view"]["id"] == first["id"]
    stale = stage.slack.views_update(view_id=first["id"], view=other, hash=first["hash"])
    assert await refused(stale) == "hash_conflict"
    nowhere = stage.slack.views_update(view_id="V0", view=other)
    assert await refused(nowhere) == "not_found"


async def test_a_home_is_published_for_one_person(stage):
    view = home(row(button("start")))
    said = await stage.slack.views_publish(user_id="U0BEN", view=view)

    assert stage.workspace.homes == {"U0BEN": said["view"]}
    nobody = stage.slack.views_publish(user_id="U0NOBODY", view=view)
    assert await refused(nobody) == "user_not_found"
    form = stage.slack.views_publish(user_id="U0BEN", view=modal())
    assert await refused(form) == "invalid_arguments"


@pytest.mark.parametrize("view", ["[", "[]", "{}", "3"])
async def test_what_is_no_view_is_refused(stage, view):
    assert await refused(stage.slack.views_publish(user_id="U0BEN", view=view)) == (
        "invalid_arguments"
    )


async def test_a_view_may_not_be_larger_than_slack_takes(stage):
    view = home(*[{"type": "section", "text": plain("x" * 3_000)}] * 90)

    assert await refused(stage.slack.views_publish(user_id="U0BEN", view=view)) == "view_too_large"


async def test_only_so_many_forms_are_remembered(stage):
    for _ in range(MODALS_KEPT + 5):
        trigger = stage.workspace.triggers.issue("U0BEN")
        await stage.slack.views_open(trigger_id=trigger, view=modal(WORDS))

    assert len(stage.workspace.modals) == MODALS_KEPT
