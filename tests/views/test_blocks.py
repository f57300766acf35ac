"""Text divided over blocks and messages, nothing lost and nothing too long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.views.blocks import (
    PAGE_MOST,
    actions,
    button,
    confirmation,
    header,
    pages,
    sections,
    weight,
)

LONGEST = 2_000  # characters of a paragraph here

paragraphs = st.lists(
    st.builds(
        lambda text, times: (text * times)[:LONGEST],
        st.text(st.sampled_from('ab é漢"\\'), min_size=1, max_size=9),
        st.integers(1, 300),
    ),
    max_size=12,
)


@given(paragraphs)
def test_pages_hold_every_paragraph_once_and_in_order(texts: list[str]) -> None:
    found = pages(texts)

    assert [text for page in found for text in page] == texts
    assert all(page and (len(page) == 1 or sum(map(weight, page)) <= PAGE_MOST) for page in found)


@given(paragraphs, st.integers(100, PAGE_MOST))
def test_the_first_page_can_leave_room_for_buttons(texts: list[str], room: int) -> None:
    found = pages(texts, room)

    assert [text for page in found for text in page] == texts
    assert all(len(page) == 1 or sum(map(weight, page)) <= room for page in found[:1])


@given(paragraphs)
def test_sections_of_a_page_are_ones_that_slack_takes(texts: list[str]) -> None:
    for page in pages(texts):
        found = sections(page)

        assert "\n".join(block["text"]["text"] for block in found) == "\n".join(page)
        for block in found:
            parsed = Block.parse(block)
            assert parsed is not None
            parsed.to_dict()


def test_a_page_does_not_begin_with_an_empty_line() -> None:
    assert [block["text"]["text"] for block in sections(["\n*Facts*", "one", "\n*Risks*"])] == [
        "*Facts*\none\n\n*Risks*"
    ]


def test_a_long_header_is_clipped() -> None:
    assert len(header("x" * 500)["text"]["text"]) == 150


def test_a_button_that_asks_first_is_one_that_slack_takes() -> None:
    asks = confirmation("t" * 200, "x" * 400, yes="y" * 40, no="n" * 40)
    row = actions(button("go", "b" * 100, "value", style="danger", confirm=asks), block_id="run")
    parsed = Block.parse(row)

    assert parsed is not None
    assert parsed.to_dict()["elements"][0]["action_id"] == "go"
    assert parsed.to_dict()["block_id"] == "run"


def test_a_button_without_a_style_has_none() -> None:
    assert set(button("go", "Go", "value")) == {"type", "action_id", "value", "text"}
