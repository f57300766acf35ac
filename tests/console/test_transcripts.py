"""What files become: who said what, on which line, in answer to what."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import exports, transcripts
from bot.console.transcripts import parse, parse_lines
from bot.runs.errors import Unreadable
from patterns.task import Message


def said(text: str, **users: str) -> list[tuple[str, str, str]]:
    """(id, author, text) of each message."""
    return [(m.id, m.author, m.text) for m in parse(text, "f", users).messages]


def line(ts: str, text: str, **fields: str) -> str:
    return json.dumps({"type": "message", "user": "U1", "ts": ts, "text": text} | fields)


def test_a_transcript_has_a_speaker_a_line() -> None:
    assert said("Ann: Hello: all\nDr. Ben O'Neil: Hi\n") == [
        ("f:1", "Ann", "Hello: all"),
        ("f:2", "Dr. Ben O'Neil", "Hi"),
    ]


def test_times_before_speakers_are_no_part_of_their_names() -> None:
    assert said("[00:01:02] Ann: Hello\n12:30 Ben: Hi") == [
        ("f:1", "Ann", "Hello"),
        ("f:2", "Ben", "Hi"),
    ]


def test_a_line_without_a_speaker_goes_on_with_what_was_said_before() -> None:
    assert said("Ann: Hello\nand welcome\nBen: Hi\n\nAnn: So") == [
        ("f:1", "Ann", "Hello\nand welcome"),
        ("f:3", "Ben", "Hi"),
        ("f:5", "Ann", "So"),
    ]


def test_plain_text_is_a_message_a_paragraph() -> None:
    assert said("One line.\nAnd another.\n\n\nSecond: paragraph\nof two lines") == [
        ("f:1", "f", "One line.\nAnd another."),
        ("f:5", "f", "Second: paragraph\nof two lines"),
    ]


def test_a_text_without_paragraphs_is_cut_at_the_ends_of_lines() -> None:
    lines = [f"line {number} " + "x" * 90 for number in range(100)]

    messages = parse("\n".join(lines), "f", {}).messages

    assert len(messages) > 3
    assert all(len(message.text) < 2_000 for message in messages)
    assert [line for message in messages for line in message.text.splitlines()] == lines
    assert lines[int(messages[1].id.removeprefix("f:")) - 1] == messages[1].text.splitlines()[0]


def test_slack_lines_have_names_threads_and_words_instead_of_marks() -> None:
    text = "\n".join(
        [
            line("1.0", "see <https://elm-lang.org|the guide> &amp; <#C1|general>"),
            line("2.0", "<@U1> ok <https://a.example>", user="U2", thread_ts="1.0"),
            line("3.0", "new", user="U3"),
        ]
    )

    messages = parse(text, "f", {"U1": "Ann", "U2": "Ben"}).messages

    assert messages == (
        Message(
            id="f:1",
            thread="f:1",
            author="Ann",
            text="see the guide (https://elm-lang.org) & #general",
            at=1,
        ),
        Message(
            id="f:2",
            thread="f:1",
            author="Ben",
            text="@Ann ok https://a.example",
            at=2,
            mentions=("Ann",),
        ),
        Message(id="f:3", thread="f:3", author="U3", text="new", at=3),
    )


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("<!here> come", "@here come"),
        ("<!subteam^S1|@team> come", "@team come"),
        ("ask <mailto:ann@a.example|ann@a.example>", "ask ann@a.example"),
        ("due <!date^1763990000^{date}|today>", "due today"),
    ],
)
def test_every_mark_is_read_as_it_is_shown(marked: str, words: str) -> None:
    assert said(line("1.0", marked), U1="Ann") == [("f:1", "Ann", words)]


def test_a_reply_whose_root_is_not_in_the_file_starts_the_thread_itself() -> None:
    text = "\n".join([line("2.0", "a", thread_ts="1.0"), line("3.0", "b", thread_ts="1.0")])

    assert {message.thread for message in parse(text, "f", {}).messages} == {"f:1"}


def test_a_day_of_an_export_is_a_list() -> None:
    listed = f"[{line('1.0', 'hello')}, {line('2.0', 'joined', subtype='channel_join')}]"

    assert said(listed, U1="Ann") == [("f:1", "Ann", "hello")]


def test_broken_lines_are_counted_and_left_out() -> None:
    parsed = parse("\n".join([line("1.0", "hello"), '{"type": "mess', "[]"]), "f", {})

    assert (len(parsed.messages), parsed.skipped) == (1, 2)


def test_a_line_ends_where_editors_end_it() -> None:
    spoken = json.dumps({"ts": "1.0", "text": "a\u2028b"}, ensure_ascii=False)

    assert said(f"{spoken}\r\n{line('2.0', 'c', user='U1')}") == [
        ("f:1", "somebody", "a\u2028b"),
        ("f:2", "U1", "c"),
    ]


def test_json_that_is_not_slacks_is_plain_text() -> None:
    assert said('{"a": 1}') == [("f:1", "f", '{"a": 1}')]


def test_a_bot_is_called_as_it_calls_itself() -> None:
    spoken = json.dumps({"ts": "1.0", "text": "done", "username": "Build bot"})
    nameless = json.dumps({"ts": "2.0", "text": "done", "bot_id": "B1"})

    assert [who for _, who, _ in said(f"{spoken}\n{nameless}")] == ["Build bot", "somebody"]


def test_half_characters_are_replaced() -> None:
    [message] = parse(line("1.0", "half \ud83d of it"), "f", {"U1": "A\udc00"}).messages

    message.model_dump_json()
    assert message.text == "half ? of it"


@given(st.text())
def test_any_text_is_read_without_losing_a_word(text: str) -> None:
    messages = parse(text, "f", {}).messages

    assert len({message.id for message in messages}) == len(messages)
    if text.isascii() and ":" not in text and text[:1] not in "[{":
        words = [word for message in messages for word in message.text.split()]
        assert words == text.split()


@given(st.lists(st.dictionaries(st.sampled_from(["ts", "text", "user", "thread_ts"]), st.text())))
def test_any_slack_like_list_is_read(values: list[dict[str, str]]) -> None:
    for message in parse(json.dumps(values), "f", {}).messages:
        message.model_dump_json()


def streamed(text: str) -> list[Message]:
    return list(parse_lines(enumerate(text.split("\n"), 1), "f", {}, lambda _: None))


@given(st.lists(st.sampled_from(["Ann: hi", "and on", "", "Ben: ho", line("1.0", "x"), "[2] y"])))
def test_a_file_line_by_line_is_the_file(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert streamed(text) == list(parse(text, "f", {}).messages)


@pytest.mark.parametrize("text", [f"[{line('1.0', 'hi')}]", "\n[\n{", "[]"])
def test_a_list_too_big_to_be_held_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(Unreadable, match=r"f is too big for one JSON list; save it as a message a"):
        streamed(text)


def test_a_log_that_begins_with_a_bracket_is_no_list() -> None:
    assert streamed("[12:00:01] start\n[12:00:02] stop")[0].text == (
        "[12:00:01] start\n[12:00:02] stop"
    )


def test_what_a_file_is_shows_in_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "_START", 10)

    found = streamed("\n".join(["Ann: hello there", *["no speaker here"] * 9]))

    assert [message.author for message in found] == ["Ann"]


def test_a_speech_without_end_is_cut_at_the_end_of_a_line() -> None:
    lines = [*["Ann: Well"] * 101, *["and so on " * 50] * 100]

    messages = parse("\n".join(lines), "f", {}).messages

    assert len(messages) == 103
    assert {message.author for message in messages} == {"Ann"}
    assert len({message.id for message in messages}) == len(messages)


def test_a_thread_long_silent_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many threads are remembered, the last that were spoken in."""
    monkeypatch.setattr(exports, "_THREADS_MOST", 2)
    asked = ["1.0", "2.0", "1.0", "3.0", "1.0", "2.0"]
    text = "\n".join(line(f"9.{n}", "x", thread_ts=root) for n, root in enumerate(asked))

    threads = [message.thread for message in parse(text, "f", {}).messages]

    assert threads == ["f:1", "f:2", "f:1", "f:4", "f:1", "f:6"]
