"""What came of a log, on the card and as Markdown: with counts, lines and one of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import logs
from bot.views.blocks import SECTION_MOST
from bot.views.logs import TOP, tell
from bot.views.mrkdwn import width
from patterns.recipes.logs import Finding, LogLine, LogReport, Severity, Template
from tests.views.samples import hostile

FIRST = LogLine(number=12, text="10:01 ERROR disk `sda` failed <now>")
LAST = LogLine(number=1_940, text="10:09 ERROR disk sdb failed")
DISK = Finding(
    severity=Severity.CRITICAL, title="Disk dies", text="Look at it.", templates=(3, 7), count=41,
    first=FIRST, last=LAST,
)  # fmt: skip
SHAPE = Template(
    number=3, text="disk <*> failed", count=41, first=FIRST, last=LAST, level="ERROR",
    source="md", first_at="10:01", last_at="10:09", history=(0, 1, 40, 0),
)  # fmt: skip


def report(*findings: Finding, **changes: Any) -> LogReport:
    fields: dict[str, Any] = {
        "name": "app.log", "overview": "Disks die.", "top": (SHAPE,), "lines": 2_000,
        "templates": 27, "asked": 27,
    }  # fmt: skip
    return LogReport(findings=findings, **(fields | changes))


def markdown(found: LogReport) -> str:
    return "\n".join(logs.render(found))


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        (report(DISK), "1 finding in 2,000 lines, 27 shapes"),
        (report(DISK, DISK), "2 findings in 2,000 lines, 27 shapes"),
        (report(lines=1, templates=1), "Nothing found in 1 line, 1 shape"),
        (report(DISK, stopped="time"), "1 finding in the first 2,000 lines, 27 shapes"),
    ],
)
def test_the_headline_says_how_much_was_found_in_how_much(found: LogReport, headline: str) -> None:
    assert tell(found).headline == f"🪵 {headline}"
    assert markdown(found).startswith(f"# {headline}\n")


def test_a_finding_stands_with_its_count_its_lines_and_one_of_them() -> None:
    told = tell(report(DISK))

    assert told.top == (
        "Disks die.",
        "🔴 *Disk dies*: Look at it.\n      41 lines, 12–1,940; shapes 3, 7\n"
        "      `10:01 ERROR disk sda failed &lt;now&gt;`",
    )
    assert told.short == told.top
    assert (
        "- **Critical: Disk dies**: Look at it. (41 lines, 12–1,940; shapes 3, 7)\n"
        "  - line 12: 10:01 ERROR disk \\`sda\\` failed \\<now\\>\n"
    ) in markdown(report(DISK))


def test_one_line_is_one_line_and_of_many_shapes_some_are_named() -> None:
    one = DISK.model_copy(update={"count": 1, "templates": (3,), "last": FIRST})
    many = DISK.model_copy(update={"templates": tuple(range(1, 10))})

    assert "\n      line 12; shape 3\n" in tell(report(one)).top[1]
    assert "shapes 1, 2, 3, 4, 5, 6 and 3 more" in tell(report(many)).top[1]


def test_shapes_follow_in_the_thread_with_what_was_over_time() -> None:
    told = tell(report(DISK))

    assert told.rest == "1 shape of lines"
    assert told.more == (
        "\n*Shapes of lines*, by their first line",
        "3. 41 lines, 12–1,940  ▁█\n      `ERROR md: disk … failed`",
    )
    assert ("| 3 | 41 | 12–1,940 | 10:01 to 10:09 | ERROR md: disk \\<\\*\\> failed |") in markdown(
        report(DISK)
    )


def test_a_shape_without_a_time_a_level_and_a_history_is_told_without() -> None:
    bare = SHAPE.model_copy(
        update={"level": "", "source": "", "first_at": "", "history": (), "text": ""}
    )

    assert tell(report(top=(bare,))).more[1] == "3. 41 lines, 12–1,940\n      "
    assert "| 3 | 41 | 12–1,940 |  |  |" in markdown(report(top=(bare,)))


def test_findings_for_which_there_is_no_room_follow_in_the_thread() -> None:
    told = tell(report(*[DISK] * (TOP + 2)))

    assert len(told.top) == 1 + TOP
    assert told.rest == "2 more findings, 1 shape of lines"
    assert told.more[0].startswith("🔴 *Disk dies*")
    assert told.short[-1] == f"_{TOP - 1} more findings in this thread._"


def test_the_question_comes_first() -> None:
    found = report(about="Did *it* die?", overview="")

    assert tell(found).top == ("*Question*: Did it die?", "_There is no overview._")
    assert "> Did \\*it\\* die?\n\nThere is no overview." in markdown(found)


def test_what_was_read_and_what_was_not_is_small_print() -> None:
    found = report(
        DISK, empty=5, rare=9, dropped=1, stopped="time is up", notes=("One file is no text.",),
        missing=tuple(f"Part {n}: no line" for n in range(1, 9)), link="https://acme.test/f",
        asked=20,
    )  # fmt: skip

    assert tell(found).notes == (
        "Read 2,000 lines, 5 of them blank, of app.log (<https://acme.test/f|open>)",
        "All lines counted in code; 20 of 27 shapes shown to a model",
        "9 lines counted in no shape: there were too many shapes",
        "1 finding left out: not borne out by the lines cited",
        "Reading stopped there: time is up",
        *(f"No answer from Part {n}: no line" for n in range(1, 7)),
        "No answer from 2 other parts",
        "One file is no text.",
    )
    told = markdown(found)
    assert "of app.log ([open](<https://acme.test/f>))." in told
    assert "- No answer from Part 8: no line." in told
    assert told.endswith("- One file is no text.")


def test_a_log_that_leads_nowhere_has_no_link() -> None:
    assert tell(report(link="javascript:x")).notes[0] == "Read 2,000 lines of app.log"
    assert "Read 2,000 lines of app.log." in markdown(report())


lines = st.builds(LogLine, number=st.integers(1, 10**9), text=hostile)
findings = st.builds(
    Finding, severity=st.sampled_from(Severity), title=hostile, text=hostile,
    templates=st.lists(st.integers(1, 99), min_size=1, max_size=9).map(tuple),
    count=st.integers(1, 10**9), first=lines, last=lines,
)  # fmt: skip
shapes = st.builds(
    Template, number=st.integers(1, 99), text=hostile, count=st.integers(1, 10**9), first=lines,
    last=lines, level=hostile, source=hostile, first_at=hostile, last_at=hostile,
    history=st.lists(st.integers(0, 99), max_size=24).map(tuple),
)  # fmt: skip
reports = st.builds(
    LogReport, name=hostile, link=hostile, about=hostile, overview=hostile,
    findings=st.lists(findings, max_size=10).map(tuple),
    top=st.lists(shapes, max_size=5).map(tuple),
    lines=st.integers(1, 10**9), empty=st.integers(0, 9), templates=st.integers(1, 5_000),
    asked=st.integers(0, 400), rare=st.integers(0, 9), dropped=st.integers(0, 9),
    missing=st.lists(hostile, max_size=8).map(tuple), stopped=hostile,
    notes=st.lists(hostile, max_size=3).map(tuple),
)  # fmt: skip


@given(reports)
def test_whatever_stands_in_a_log_slack_takes_it_and_does_nothing_else(found: LogReport) -> None:
    told = tell(found)

    for paragraph in (told.gist, *told.short, *told.top, *told.more, *told.notes):
        assert width(paragraph) <= SECTION_MOST
        assert "<!" not in paragraph
        assert "<@" not in paragraph
        assert paragraph.count("`") % 2 == 0


@given(reports)
def test_whatever_stands_in_a_log_markdown_shows_words(found: LogReport) -> None:
    told = markdown(found)

    assert not any(sign in told for sign in ("\x1b", "\x00", "\u202e"))
    assert "<" not in told.replace("\\<", "").replace("(<", "")
