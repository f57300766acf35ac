from __future__ import annotations

import pytest

from bot.slack.errors import Invalid
from bot.slack.plainer import BARE_CHARS_MOST, Plainer, cut
from bot.views.blocks import plan, task
from bot.views.message import SlackMessage
from tests.showing.stage import card

NEW = SlackMessage(
    slot="card",
    text="working",
    blocks=(plan("Starting", [task("1", "Skeptic", "pending")]),),
    in_thread=False,
)


def test_newer_blocks_come_first_then_old_ones_then_text_alone() -> None:
    kinds = [[block["type"] for block in way["blocks"]] for way in Plainer().ways(NEW)]

    assert kinds == [["plan"], ["section"], []]


def test_what_has_no_newer_blocks_has_two_ways() -> None:
    assert [len(way["blocks"]) for way in Plainer().ways(card("x"))] == [1, 0]


def test_the_bare_text_is_cut_to_what_every_call_takes() -> None:
    *_, bare = Plainer().ways(card("word " * 2_000))

    assert len(bare["text"]) <= BARE_CHARS_MOST


@pytest.mark.parametrize(
    ("codes", "newer"),
    [
        ([], True),
        (["invalid_blocks"], False),
        (["msg_blocks_too_long"], True),
        (["invalid_blocks", "invalid_blocks"], True),
    ],
)
def test_newer_blocks_are_given_up_where_only_they_were_refused(
    codes: list[str], newer: bool
) -> None:
    plainer = Plainer()

    plainer.learn(NEW, [Invalid("chat.update", code) for code in codes])

    assert (plainer.ways(NEW)[0]["blocks"][0]["type"] == "plan") is newer


def test_old_blocks_that_are_refused_say_nothing_about_newer_ones() -> None:
    plainer = Plainer()

    plainer.learn(card("x"), [Invalid("chat.update", "invalid_blocks")])

    assert len(plainer.ways(NEW)) == 3


def test_a_cut_leaves_whole_words() -> None:
    assert cut("one two three", 9) == "one two…"
    assert cut("one", 9) == "one"
