"""A summary as people read it: honest about what is missing, every line with its source."""

from __future__ import annotations

from typing import Any

import pytest

from bot.runs.workspace import ResultShown
from bot.views import card
from bot.views.summary import headline, is_quote, tell
from patterns.recipes.summarize import Kind, Point, Told, Unread
from tests.views.samples import LINK, done, point, summary, told
from tests.views.slack_rules import accepted, harmless

LINKED = LINK.replace("&", "&amp;")


@pytest.mark.parametrize(
    ("points", "changes", "said"),
    [
        (12, {"read": 812, "messages": 812}, "12 points from 812 messages"),
        (1, {"read": 95, "messages": 100}, "1 point from 95 of 100 messages"),
        (5, {"about": "pricing"}, "About “pricing”: 5 points from 40 messages"),
        (3, {"mine": True, "others": 41}, "3 points that concern you (41 others)"),
        (1, {"mine": True, "others": 1}, "1 point that concerns you (1 other)"),
        (2, {"mine": True, "about": "a\nb"}, "About “a b”: 2 points that concern you"),
        (0, {}, "Nothing to note in 40 messages"),
        (0, {"about": "pricing"}, "Nothing in 40 messages bears on “pricing”"),
        (0, {"mine": True, "others": 2}, "Nothing in 40 messages concerns you (2 others)"),
        (
            0,
            {"mine": True, "about": "R&D <x>"},
            "Nothing in 40 messages bears on “R＆D ‹x›” and concerns you",
        ),
        (1, {"read": 31, "messages": 1_040}, "Partial summary: read 31 of 1,040 messages"),
        (
            1,
            {"messages": 45, "stopped": "time was up"},
            "Partial summary: read 40 of the first 45 messages",
        ),
    ],
)
def test_the_headline_says_how_much_of_what_and_for_whom(
    points: int, changes: dict[str, Any], said: str
) -> None:
    found = summary(*(point(n) for n in range(points)), **changes)

    assert headline(found) == said
    assert tell(found).headline == f"📝 {said}"


def test_others_are_told_whom_it_concerns() -> None:
    found = summary(point(1), mine=True, others=3)

    assert tell(found, to_all=True).headline == "📝 1 point that concerns who asked (3 others)"


def test_points_are_grouped_by_kind_and_each_links_to_its_messages() -> None:
    found = tell(
        summary(
            point(1, Kind.FACT, LINK),
            point(2, Kind.DECISION, f"{LINK}2", LINK),
            point(3, Kind.QUESTION),
        )
    )

    assert [text for text in found.top if text.startswith("\n*")] == [
        "\n*Decisions*", "\n*Open questions*", "\n*Facts*",
    ]  # fmt: skip
    decision = f"• Point 2. <{LINKED}2|#2> <{LINKED}|#1>\n      _“Quote 2”_ Ann"
    assert found.top[2] == decision
    assert f"<{LINKED}|#1>" in found.top[-1]


def test_a_kind_that_nobody_knows_comes_last() -> None:
    odd = point(1).model_copy(update={"kind": "poem"})
    found = tell(summary(odd, point(2)))

    assert [text for text in found.top if text.startswith("\n*")] == [
        "\n*Facts*",
        "\n*Other points*",
    ]


def test_the_overview_links_what_each_sentence_rests_on() -> None:
    overview = (Told(text="It ships.", links=(LINK, f"{LINK}2")), Told(text="Nobody objected."))
    found = tell(summary(point(1, Kind.FACT, f"{LINK}2"), overview=overview))

    assert found.top[0] == f"It ships. <{LINKED}|#1> <{LINKED}2|#2>"
    assert found.top[1] == "Nobody objected."
    assert f"• Point 1. <{LINKED}2|#2>" in found.top[-1]
    assert found.gist == "It ships. Nobody objected."


def test_an_action_says_whose_it_is_and_until_when() -> None:
    found = tell(summary(point(1, Kind.ACTION, owner="Ben", due="Friday"), point(2, owner="Cy")))

    assert "#2>\n      owner: Ben · due: “Friday”\n      _“Quote 1”_ Ann" in found.top[2]
    assert "\n      owner: Cy\n" in found.top[-1]


def test_what_was_decided_anew_is_struck_and_leads_to_what_holds() -> None:
    new = point(2, Kind.DECISION, LINK)
    old = point(1, Kind.DECISION, later=(LINK, "https://acme.slack.com/elsewhere"))
    found = tell(summary(new, old))

    assert found.top[-1].startswith("• ~Point 1.~ <https://")
    assert found.top[-1].endswith(
        f"\n      superseded by <{LINKED}|#1> <https://acme.slack.com/elsewhere|another message>"
    )


def test_what_is_doubted_comes_last_and_says_why() -> None:
    found = tell(summary(point(1, doubt="Ann did not say so"), point(2)))

    assert found.top[-1].startswith("• Point 1. ")
    assert found.top[-1].endswith("\n      doubted: Ann did not say so")


def test_a_quote_that_is_the_point_itself_is_not_said_twice() -> None:
    """Case, spaces and kinds of quotation marks make no second sentence; the speaker stays."""
    same = point(1, text="It’s out on Friday.", quote="“it's  OUT on Friday”")
    other = point(2, quote="point two.")
    found = tell(summary(same, other))

    assert is_quote(same)
    assert found.top[-2].startswith("• It’s out on Friday. <https://")
    assert found.top[-2].endswith("> · Ann")
    assert found.top[-1].endswith("\n      _“point two.”_ Ann")


def test_twelve_points_stand_on_the_card_and_the_others_follow() -> None:
    found = tell(summary(*(point(n) for n in range(13))))

    assert sum(text.startswith("• ") for text in found.top) == 12
    assert found.rest == "1 more point"
    assert "\n_8 more points in this thread._" in found.short
    assert found.more[-1].startswith("• Point 12. ")


def test_a_question_is_repeated_in_whole() -> None:
    about = "what " * 60
    found = tell(summary(point(1), about=about))

    assert found.top[0] == f"*Question*: {about.strip()}"
    assert len(found.headline) < 150


def test_where_nothing_was_found_that_is_what_it_says() -> None:
    found = tell(summary(overview=(), about="pricing"))

    assert found.top[-1] == found.short[-1] == "_Nothing in 40 messages bears on “pricing”._"
    assert tell(summary(overview=())).top == ("_Nothing to note in 40 messages._",)


def test_a_link_that_is_no_web_address_is_a_number_alone() -> None:
    found = tell(summary(point(1, Kind.FACT, "notes.txt:12", "javascript:alert(1)"), overview=()))

    assert "• Point 1. #1 #2\n" in found.top[-1]


def test_a_point_resting_on_very_many_messages_links_the_first_ones() -> None:
    links = [f"{LINK}{n}" for n in range(40)]
    found = tell(summary(point(1, Kind.FACT, *links)))

    shown = found.top[-1].count("|#")
    assert 5 <= shown < 40
    assert f" +{40 - shown}\n" in found.top[-1]


def test_coverage_says_what_was_read_mended_left_out_and_not_read() -> None:
    unread = (Unread(part="Part 2 of 3", link=LINK, reason="no answer within 120 s"),)
    found = tell(
        summary(
            point(1),
            read=31,
            messages=1_040,
            threads=1,
            files=3,
            mended=2,
            dropped=1,
            cut=3,
            unread=unread,
            notes=("plan.pdf can't be read: it is locked.",),
        )
    )

    assert found.notes == (
        "Read 31 of 1,040 messages, 1 thread, 3 files",
        "plan.pdf can't be read: it is locked.",
        "2 items mended, 1 dropped: they did not hold against the messages that they cite",
        "3 points left out: too many for one summary",
        "1 part could not be read",
        f"<{LINKED}|Not read from here on>: no answer within 120 s",
    )


def test_nothing_is_said_of_what_did_not_happen() -> None:
    assert tell(summary(point(1), threads=0)).notes == ("Read 40 of 40 messages",)
    assert tell(summary(point(1), dropped=1)).notes[1].startswith("1 item dropped: ")
    assert tell(summary(point(1), mended=1)).notes[1].startswith("1 item mended: ")


def test_parts_are_counted_where_it_is_known_how_many_there_were() -> None:
    unread = tuple(Unread(part=f"Part {n}", link=LINK, reason="no line") for n in (2, 9))
    found = tell(summary(point(1), parts=37, unread=unread, unread_parts=12))

    assert found.notes[1] == "12 of 37 parts could not be read"
    assert [LINKED in note for note in found.notes[2:]] == [True, True]


def test_an_unread_part_without_a_link_is_named() -> None:
    unread = (Unread(part="Part 2", link="notes.txt:3", reason="refused"),)

    assert tell(summary(point(1), unread=unread)).notes[-1] == (
        "Not read: Part 2 (notes.txt:3): refused"
    )


def test_where_reading_stopped_that_is_said() -> None:
    found = tell(summary(point(1), messages=45, stopped="the run's 600 s were up"))

    assert "Reading stopped there: the run's 600 s were up" in found.notes


def long_point(number: int) -> Point:
    """Every field longer than it is shown, in letters that take most room."""
    long = "& 漢😀" * 400
    url = f"https://acme.slack.com/{number}{'x' * 1_900}"
    links = (url, *(f"{LINK}{n}" for n in range(90)))
    every = dict.fromkeys(("text", "quote", "speaker", "owner", "due", "doubt"), long)
    return point(number, Kind.ACTION, *links, **every, later=(url, LINK))


@pytest.mark.parametrize("files", [True, False])
def test_the_longest_points_are_what_slack_takes(files: bool) -> None:
    long = "& 漢😀" * 400
    found = summary(
        *map(long_point, range(20)), overview=told(*[long] * 30), about=long, notes=(long,) * 30
    )
    shown = card.messages(
        done(found, recipe="summarize"), shown=ResultShown.BOTH, broadcast_after=0, files=files
    )

    for message in shown:
        accepted(message)
        harmless(message)
    assert ("file" in {message.slot for message in shown}) is files


def test_five_thousand_points_are_a_card_and_a_file() -> None:
    found = summary(*(point(n, Kind.DECISION) for n in range(5_000)))
    shown = card.messages(
        done(found, recipe="summarize"), shown=ResultShown.BOTH, broadcast_after=0
    )

    for message in shown:
        accepted(message)
    assert [message.slot for message in shown] == ["card", "result", "file"]
    assert "4,988 more points" in str(shown[0].blocks)
