"""A summary as Markdown: all of it is told."""

from __future__ import annotations

from typing import Any

import pytest
from markdown_it import MarkdownIt

from bot.views.summary_markdown import render
from patterns.recipes.summarize import Kind, Point, Unread
from tests.views.samples import LINK, point, summary, told


def rendered(*points: Point, **changes: Any) -> str:
    return "\n".join(render(summary(*points, **changes)))


def test_a_partial_summary_says_so_first_and_what_is_missing_at_its_end() -> None:
    part = Unread(part="Part 2 of 3", link="https://x.example/p1", reason="no line")
    text = rendered(point(1), read=45, messages=100, parts=3, cut=7, unread=(part,), stopped="")

    assert text.startswith("# Partial summary: read 45 of 100 messages\n")
    assert "## Not read\n\n- Part 2 of 3 (https://x.example/p1): no line\n" in text
    assert text.endswith(
        "Read 45 of 100 messages, 3 threads. 7 points left out: too many for one summary. "
        "1 of 3 parts could not be read."
    )


def test_points_are_grouped_by_kind_in_the_order_of_weight() -> None:
    text = rendered(
        point(1, Kind.FACT, "a.txt:3"), point(2, Kind.DECISION, "https://x.example/p1"), dropped=1
    )

    assert text.index("## Decisions") < text.index("## Facts")
    assert "- Point 2. (Ann: “Quote 2”, [1](<https://x.example/p1>))" in text
    assert "- Point 1. (Ann: “Quote 1”, a.txt:3)" in text
    assert "1 item dropped: they did not hold" in text
    assert "## Risks" not in text
    assert "## Not read" not in text


def test_the_overview_leads_to_what_it_rests_on() -> None:
    assert f"It ships. ([1](<{LINK}>))" in rendered(overview=told("It ships."))


def test_whose_it_is_what_superseded_it_and_what_speaks_against_it_stand_behind_a_point() -> None:
    text = rendered(
        point(1, Kind.ACTION, "a.txt:3", owner="Ben", due="Friday"),
        point(2, Kind.DECISION, "a.txt:4", later=("https://x.example/p9",)),
        point(3, Kind.FACT, "a.txt:5", doubt="Nobody said so"),
    )

    assert "a.txt:3); owner: Ben; due: “Friday”\n" in text
    assert "- ~~Point 2.~~ (" in text
    assert "a.txt:4); superseded by [1](<https://x.example/p9>)\n" in text
    assert "a.txt:5); doubted: Nobody said so\n" in text


def test_however_long_a_text_is_a_file_stays_small() -> None:
    text = rendered(point(1, text="x" * 50_000, quote="y" * 50_000), overview=told("z" * 50_000))

    assert len(text) < 8_000
    assert "x…" in text


def test_a_question_stands_above_and_it_is_said_whom_it_concerns() -> None:
    text = rendered(point(1), about="the *price*", mine=True, notes=("b.pdf is locked.",))

    assert text.startswith(
        "# About “the price”: 1 point that concerns who asked\n\n> the \\*price\\*\n\n"
    )
    assert "Read 40 of 40 messages, 3 threads. b.pdf is locked." in text


def test_threads_are_not_counted_where_there_are_none() -> None:
    assert rendered(threads=0).endswith("Read 40 of 40 messages.")
    assert rendered(threads=1, files=2).endswith("Read 40 of 40 messages, 1 thread, 2 files.")


def test_a_quote_that_is_the_point_itself_is_not_said_twice() -> None:
    same = point(1, Kind.FACT, "a.txt:3", text="“Ship  it”", quote='"ship it"')

    assert "- “Ship it” (Ann, a.txt:3)\n" in rendered(same)


def test_where_reading_stopped_that_is_said() -> None:
    assert "Reading stopped there: time \\*up\\*." in rendered(stopped="time *up*")


@pytest.mark.parametrize(
    "link", ["https://x.example/a b", "https://x.example/>", "http://[", "ftp://x.example/a"]
)
def test_only_clean_addresses_become_links(link: str) -> None:
    html = MarkdownIt("commonmark").render(rendered(point(1, Kind.FACT, link), overview=()))

    assert "<a" not in html
