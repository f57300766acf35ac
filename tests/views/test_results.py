"""Results as people read them: honest about what is missing, every point with its source."""

from __future__ import annotations

from bot.views.results import tell
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.summarize import Kind, Unread
from tests.views.samples import LINK, point, summary


def test_a_summary_groups_its_points_and_links_each_to_its_messages() -> None:
    told = tell(
        summary(
            point(1, Kind.FACT, LINK),
            point(2, Kind.DECISION, f"{LINK}2", LINK),
            point(3, Kind.QUESTION),
        )
    )

    assert told.headline == "📝 3 points from 40 messages"
    assert told.notes == ("Read 40 of 40 messages, 3 threads",)
    assert [text for text in told.top if text.startswith("\n*")] == [
        "\n*Decisions*", "\n*Open questions*", "\n*Facts*",
    ]  # fmt: skip
    linked = LINK.replace("&", "&amp;")
    assert told.top[2] == (f"• Point 2. <{linked}2|#1> <{linked}|#2>\n      _“Quote 2”_ Ann")
    assert f"<{linked}|#2>" in told.top[-1]


def test_a_quote_that_is_the_point_itself_is_not_said_twice() -> None:
    """Case, spaces and kinds of quotation marks make no second sentence; the speaker stays."""
    same = point(1).model_copy(
        update={"text": "It’s out on Friday.", "quote": "it's  OUT on Friday."}
    )
    other = point(2).model_copy(update={"quote": "point two."})
    told = tell(summary(same, other))

    assert told.top[-2].startswith("• It’s out on Friday. <https://")
    assert told.top[-2].endswith("|#1> · Ann")
    assert told.top[-1].endswith("|#2>\n      _“point two.”_ Ann")


def test_threads_are_not_counted_where_there_are_none() -> None:
    assert tell(summary(point(1), threads=0)).notes == ("Read 40 of 40 messages",)


def test_one_point_more_is_one() -> None:
    told = tell(summary(*(point(n) for n in range(13))))

    assert told.rest == "1 more point"
    assert "\n_8 more points in this thread._" in told.short


def test_a_link_that_is_no_web_address_is_a_number_alone() -> None:
    told = tell(summary(point(1, Kind.FACT, "notes.txt:12", "javascript:alert(1)")))

    assert "• Point 1. #1 #2\n" in told.top[-1]


def test_a_point_resting_on_very_many_messages_links_the_first_ones() -> None:
    links = [f"{LINK}{n}" for n in range(40)]
    told = tell(summary(point(1, Kind.FACT, *links)))

    shown = told.top[-1].count("|#")
    assert 5 <= shown < 40
    assert f" +{40 - shown}\n" in told.top[-1]


def test_a_summary_says_what_was_read_left_out_and_not_read() -> None:
    unread = (Unread(part="Part 2 of 3", link=LINK, reason="no answer within 120 s"),)
    told = tell(summary(point(1), read=31, messages=1_040, threads=1, dropped=2, unread=unread))

    linked = LINK.replace("&", "&amp;")
    assert told.headline == "📝 Partial summary: read 31 of 1,040 messages"
    assert told.notes == (
        "Read 31 of 1,040 messages, 1 thread",
        "2 items left out: the quote was not found in the messages",
        "1 part could not be read",
        f"<{linked}|Not read from here on>: no answer within 120 s",
    )


def test_little_that_is_missing_stays_in_the_small_print() -> None:
    unread = tuple(Unread(part=f"Part {n}", link=LINK, reason="no line") for n in (2, 9))
    told = tell(summary(point(1), read=95, messages=100, parts=37, cut=3, unread=unread))

    assert told.headline == "📝 1 point from 95 of 100 messages"
    assert told.notes[1] == "3 points left out: too many for one summary"
    assert told.notes[2] == "2 of 37 parts could not be read"
    assert [LINK.replace("&", "&amp;") in note for note in told.notes[3:]] == [True, True]


def test_an_unread_part_without_a_link_is_named() -> None:
    told = tell(
        summary(point(1), unread=(Unread(part="Part 2", link="notes.txt:3", reason="refused"),))
    )

    assert told.notes[-1] == "Not read: Part 2 (notes.txt:3): refused"


def test_a_summary_without_points_still_says_something() -> None:
    assert tell(summary(overview="")).top == ("_There is no overview._",)


def ideas(count: int) -> IdeaList:
    return IdeaList(
        problem="Releases take too long",
        ideas=tuple(
            Idea(number=n, title=f"Idea {n}", pitch="Do it.", lenses=("Operator", "Payer"))
            for n in range(1, count + 1)
        ),
        picks={"safe": 1, "bold": 3, "cheap to test": 99},
        common="Fewer steps.",
        missing=("Neighbour: timed out",),
    )


def test_ideas_are_numbered_credited_and_picked() -> None:
    told = tell(ideas(3))

    assert told.headline == "💡 3 ideas from 2 points of view"
    assert "*Safe*: 1. Idea 1" in told.top
    assert "*Bold*: 3. Idea 3" in told.top
    assert "*In common*: Fewer steps." in told.top
    assert "*2. Idea 2*: Do it. (Operator, Payer)" in told.top
    assert told.notes == ("No answer from Neighbour: timed out",)
    assert not any("99" in text for text in told.top)


def test_ideas_that_do_not_fit_follow() -> None:
    told = tell(ideas(20))

    assert told.rest == "8 more ideas"
    assert len(told.more) == 8


def test_a_summary_that_stopped_reading_says_where_and_why() -> None:
    told = tell(summary(point(1), read=40, messages=45, stopped="the run's 600 s were up"))

    assert told.headline == "📝 Partial summary: read 40 of the first 45 messages"
    assert "Reading stopped there: the run's 600 s were up" in told.notes
