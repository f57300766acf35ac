"""Blocks are refused where Slack refuses them, with a pointer to the place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import PlanBlock, RichTextBlock, TaskCardBlock

from playground.blocks import CHECKS, checked, problems
from playground.values import SlackError

PLAIN = {"type": "plain_text", "text": "x"}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}
CARD = {"type": "task_card", "task_id": "a", "title": "A", "status": "pending"}


def button(**more):
    return {"type": "button", "text": PLAIN, "action_id": "go", **more}


def mrkdwn(length: int):
    return {"type": "mrkdwn", "text": "x" * length}


FINE = [
    {"type": "section", "text": mrkdwn(3_000), "accessory": button()},
    {"type": "section", "fields": [mrkdwn(10)] * 10},
    {"type": "header", "text": {**PLAIN, "text": "x" * 150}},
    {"type": "context", "elements": [mrkdwn(3)] * 10},
    {"type": "divider"},
    {"type": "actions", "elements": [button(action_id=str(i)) for i in range(25)]},
    {"type": "plan", "title": "T", "tasks": [{**CARD, "task_id": str(i)} for i in range(50)]},
    {
        **CARD,
        "details": RICH,
        "output": RICH,
        "sources": [{"type": "url", "url": "u", "text": "t"}],
    },
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, RICH]]},
    {"type": "table", "rows": [[{"type": "raw_number", "value": 1, "text": "1"}]]},
    {"type": "markdown", "text": "# x"},
    {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "i"},
    RICH,
]

WRONG = [
    ({"type": "sectoin"}, "/blocks/0/type"),
    ({"type": "section"}, "/blocks/0"),
    ({"type": "section", "text": "x"}, "/blocks/0/text"),
    ({"type": "section", "text": mrkdwn(3_001)}, "/blocks/0/text/text"),
    ({"type": "section", "text": mrkdwn(0)}, "/blocks/0/text/text"),
    ({"type": "section", "fields": [mrkdwn(1)] * 11}, "/blocks/0/fields"),
    ({"type": "section", "fields": [mrkdwn(2_001)]}, "/blocks/0/fields/0/text"),
    ({"type": "header", "text": mrkdwn(1)}, "/blocks/0/text/type"),
    ({"type": "header", "text": {**PLAIN, "text": "x" * 151}}, "/blocks/0/text/text"),
    ({"type": "context", "elements": [mrkdwn(1)] * 11}, "/blocks/0/elements"),
    ({"type": "actions", "elements": []}, "/blocks/0/elements"),
    ({"type": "actions", "elements": [button()] * 2}, "/blocks/0/elements/1/action_id"),
    ({"type": "actions", "elements": [button(value="x" * 2_001)]}, "/blocks/0/elements/0/value"),
    ({"type": "actions", "elements": [button(style="loud")]}, "/blocks/0/elements/0/style"),
    ({"type": "actions", "elements": [button(confirm={})]}, "/blocks/0/elements/0/confirm/title"),
    ({"type": "plan", "title": PLAIN}, "/blocks/0/title"),
    ({"type": "plan", "title": "T", "tasks": [CARD, CARD]}, "/blocks/0/tasks/1/task_id"),
    (
        {"type": "plan", "title": "T", "tasks": [{**CARD, "status": "completed"}]},
        "/blocks/0/tasks/0/status",
    ),
    ({**CARD, "details": "words"}, "/blocks/0/details"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}, "/blocks/0/rows/0/0/text"),
    ({"type": "table", "rows": [[]]}, "/blocks/0/rows/0"),
    ({"type": "markdown", "text": ""}, "/blocks/0/text"),
    ({"type": "rich_text", "elements": [{"type": "text"}]}, "/blocks/0/elements/0/type"),
    ({"type": "divider", "block_id": "x" * 256}, "/blocks/0/block_id"),
    ("divider", "/blocks/0"),
]


@pytest.mark.parametrize("block", FINE, ids=lambda block: block["type"])
def test_a_block_within_its_limits_is_accepted(block):
    assert list(problems([block])) == []


@pytest.mark.parametrize(("block", "pointer"), WRONG)
def test_a_broken_rule_is_named_with_its_place(block, pointer):
    assert any(f"[json-pointer:{pointer}]" in said for said in problems([block]))


def test_a_message_takes_fifty_blocks_with_different_ids():
    assert list(problems([{"type": "divider"}] * 50)) == []
    assert list(problems([{"type": "divider"}] * 51))
    assert list(problems([{"type": "divider", "block_id": "a"}] * 2))


def test_markdown_and_tables_are_counted_over_the_whole_message():
    assert list(problems([{"type": "markdown", "text": "x" * 6_001}] * 2))
    assert list(problems([{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}] * 2))


def test_all_blocks_together_have_a_length():
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        checked([{"type": "section", "text": mrkdwn(2_900)}] * 5)


@pytest.mark.parametrize("value", ["{", '"words"', 7, {"type": "divider"}])
def test_what_is_no_list_of_blocks_is_refused(value):
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        checked(value)


def test_what_slacks_own_models_draw_is_accepted():
    card = TaskCardBlock(task_id="a", title="A", status="complete", details=RichTextBlock(**RICH))
    plan = PlanBlock(title="T", tasks=[card])

    assert list(problems([plan.to_dict()])) == []


async def test_the_refusal_names_every_place(stage):
    blocks = [{"type": "header", "text": {**PLAIN, "text": ""}}, {"type": "nonsense"}]
    with pytest.raises(SlackApiError) as caught:
        await stage.slack.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)

    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["errors"] == [
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        "unsupported type: nonsense [json-pointer:/blocks/1/type]",
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "fields", "rows", "tasks", "title", "block_id"]
            ),
            inner | st.sampled_from(sorted(CHECKS)),
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(anything, max_size=4))
def test_no_value_breaks_the_validator(blocks):
    """Whatever the bot sends is accepted or refused in Slack's words, never an error of ours."""
    try:
        assert isinstance(checked(blocks), tuple)
    except SlackError as refusal:
        assert refusal.code in {"invalid_blocks", "msg_blocks_too_long"}


LEAF = {"type": "text", "text": "x"}
LISTS = [
    {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section"}]},
    {"type": "rich_text_quote", "elements": [{"type": "date", "timestamp": 1, "format": "{date}"}]},
    {"type": "rich_text_preformatted", "elements": [LEAF]},
]
BROKEN = [
    ({"type": "rich_text_list", "style": "loose", "elements": []}, "/elements/0/style"),
    ({"type": "rich_text_list", "style": "ordered"}, "/elements/0/elements"),
    ({"type": "rich_text_section", "elements": [{"type": "link"}]}, "/elements/0/elements/0/url"),
    ({"type": "rich_text_section", "elements": ["x"]}, "/elements/0/elements/0/type"),
]


def test_rich_text_takes_lists_quotes_and_code():
    lists = [{**LISTS[0], "elements": [{"type": "rich_text_section", "elements": [LEAF]}]}]

    assert list(problems([{"type": "rich_text", "elements": lists + LISTS[1:]}])) == []


@pytest.mark.parametrize(("element", "pointer"), BROKEN)
def test_rich_text_names_the_broken_element(element, pointer):
    said = list(problems([{"type": "rich_text", "elements": [element]}]))

    assert any(f"[json-pointer:/blocks/0{pointer}]" in problem for problem in said)


@pytest.mark.parametrize(
    ("block", "pointer"),
    [
        ({**CARD, "sources": ["x"]}, "/sources/0"),
        ({**CARD, "sources": [{"type": "url", "url": "u"}]}, "/sources/0/text"),
        ({**CARD, "type": "plan", "tasks": ["x"]}, "/tasks/0"),
        ({"type": "context", "elements": [{"type": "image", "alt_text": "x"}]}, "/elements/0"),
        ({"type": "table", "rows": [["x"]]}, "/rows/0/0/type"),
        ({"type": "section", "text": mrkdwn(1), "accessory": {"type": "menu"}}, "/accessory/type"),
        ({"type": "actions", "elements": [button(confirm="sure?")]}, "/elements/0/confirm"),
        ({"type": "section", "text": {"type": [], "text": "x"}}, "/text/type"),
        ({"type": "table", "rows": [[{"type": []}]]}, "/rows/0/0/type"),
        ({"type": "rich_text", "elements": [{"type": []}]}, "/elements/0/type"),
    ],
)
def test_what_stands_inside_a_block_is_checked_too(block, pointer):
    assert any(f"/blocks/0{pointer}" in said for said in problems([block]))


def test_blocks_and_buttons_without_ids_get_them():
    unnamed = {"type": "button", "text": PLAIN}
    actions, section = checked(
        [
            {"type": "actions", "elements": [unnamed]},
            {"type": "section", "text": mrkdwn(1), "accessory": unnamed},
        ]
    )

    assert actions["block_id"]
    assert actions["elements"][0]["action_id"]
    assert section["accessory"]["action_id"]
