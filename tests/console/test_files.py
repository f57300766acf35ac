"""Files for a run: read whole, or refused with one sentence."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import AsyncIterable
from pathlib import Path

import pytest

from bot.console import files
from bot.console.files import FileSources
from bot.reading.pdf import PAGES_MOST
from bot.runs.errors import Unreadable
from bot.runs.model import Audience, Files, Place, RunRequest, Source, Thread
from bot.runs.ports import Reading
from patterns.task import Message
from tests.reading.pdfs import pdf_of


def request(source: Source | None) -> RunRequest:
    place = Place(team="", channel="console")
    return RunRequest(recipe="summarize", source=source, asked_by="ann", place=place, dedupe="1")


async def read(*paths: Path) -> tuple[Message, ...]:
    found = (await FileSources().read(request(Files(paths=tuple(map(str, paths)))))).messages
    assert isinstance(found, tuple)
    return found


async def stream(*paths: Path) -> AsyncIterable[Message]:
    found = (await FileSources().read(request(Files(paths=tuple(map(str, paths)))))).messages
    assert isinstance(found, AsyncIterable)
    return found


async def test_who_sits_at_the_machine_sees_the_result() -> None:
    assert await FileSources().admit(request(None)) is Audience.REQUESTER
    assert await FileSources().admit(request(Files(paths=("a",)))) is Audience.REQUESTER


async def test_names_come_from_the_users_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text(json.dumps({"U1": "Ann"}))
    (tmp_path / "talk.jsonl").write_text(json.dumps({"user": "U1", "ts": "1.0", "text": "hi"}))

    [message] = await read(tmp_path / "talk.jsonl")

    assert message.author == "Ann"


def asked(recipe: str, *paths: Path, text: str = "", reader: str = "") -> RunRequest:
    source = Files(paths=tuple(map(str, paths)), reader=reader)
    return request(source).model_copy(update={"recipe": recipe, "text": text})


async def test_a_question_about_files_is_no_reason_not_to_read_them(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("Ann: hello")

    reading = await FileSources().read(asked("summarize", tmp_path / "talk.txt", text="pricing"))
    beside = await FileSources().read(asked("factcheck", tmp_path / "talk.txt", text="It rains"))

    assert len([*reading.messages]) == reading.files == 1
    assert beside == Reading()


async def test_who_asks_is_the_reader_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "talk.txt").write_text("Ann Lee: hello")

    name = await files.reader([tmp_path / "talk.txt"], "ann")
    reading = await FileSources().read(asked("summarize", tmp_path / "talk.txt", reader=name))

    assert reading.asker == name == "Ann Lee"
    assert reading.notes == ("It is told what concerns Ann Lee.",)


@pytest.mark.parametrize("recipe", ["logs", "extract"])
async def test_who_looks_at_lines_is_given_documents(tmp_path: Path, recipe: str) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"one\ntwo"))
    (tmp_path / "b.log").write_text("three")

    reading = await FileSources().read(asked(recipe, tmp_path / "a.log.gz", tmp_path / "b.log"))

    assert reading.messages == ()
    lines = [line for document in reading.documents async for line in document.lines()]
    assert lines == ["one", "two", "three"]


async def test_pdfs_are_read_among_other_files_and_what_they_lack_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ann: hello")
    (tmp_path / "m.pdf").write_bytes(pdf_of("We ship.", pages=PAGES_MOST + 1))

    reading = await FileSources().read(asked("summarize", tmp_path / "m.pdf", tmp_path / "a.txt"))

    assert isinstance(reading.messages, tuple)
    ids = [message.id for message in reading.messages]
    assert (ids[0], ids[-1]) == ("m.pdf:p1:1", "a.txt:1")
    assert reading.files == 2
    assert reading.notes == ("m.pdf: of 201 pages, the first 200 were read.",)


async def test_slack_is_not_read_from_here() -> None:
    thread = request(Thread(channel="C1", ts="1.0"))

    with pytest.raises(Unreadable, match="reads Slack"):
        await FileSources().admit(thread)
    with pytest.raises(Unreadable, match="no file"):
        await FileSources().read(thread)


async def test_several_files_are_read_in_the_order_given(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("Ben: second")
    (tmp_path / "a.txt").write_text("Ann: first")

    messages = await read(tmp_path / "b.txt", tmp_path / "a.txt")

    assert [message.id for message in messages] == ["b.txt:1", "a.txt:1"]


async def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "notes.txt" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("Ann: hello")

    messages = await read(*paths)

    assert [message.id for message in messages] == [f"{path}:1" for path in paths]


@pytest.mark.parametrize(
    "content",
    [
        "Zoë: grüßt".encode(),
        "\ufeffZoë: grüßt".encode(),
        "Zoë: grüßt".encode("utf-16"),
        "Zoë: grüßt".encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "windows-1252"],
)
async def test_old_encodings_are_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "talk.txt").write_bytes(content)

    [message] = await read(tmp_path / "talk.txt")

    assert (message.author, message.text) == ("Zoë", "grüßt")


async def test_a_file_that_vanishes_before_it_is_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="There is no file"):
        await read(tmp_path / "gone.txt")


@pytest.fixture
def little_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small machine, so that tests need no big files."""
    monkeypatch.setattr(files, "WHOLE_MOST", 10)


@pytest.mark.usefixtures("little_fits")
@pytest.mark.parametrize(
    "content",
    [
        "Zoë: grüßt\r\nBen: hi".encode(),
        "\ufeffZoë: grüßt\nBen: hi".encode(),
        "Zoë: grüßt\nBen: hi".encode("utf-16"),
        "Zoë: grüßt\nBen: hi".encode("cp1252"),
        b"One line.\nAnd another.\n\n\nSecond: paragraph\nof two lines",
        b'{"user": "U1", "ts": "1.0", "text": "hi"}\n\n{"user": "U2", "ts": "2.0", "text": "ho"}\n',
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16", "windows-1252", "paragraphs", "slack"],
)
async def test_what_is_streamed_is_what_would_be_read_at_once(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    (tmp_path / "b.txt").write_text("Cy: and on")
    paths = tmp_path / "a.txt", tmp_path / "b.txt"

    streamed = [message async for message in await stream(*paths)]

    monkeypatch.setattr(files, "WHOLE_MOST", 10_000)
    assert tuple(streamed) == await read(*paths)
    assert len(streamed) == 3


async def _peak(log: Path, lines: int) -> int:
    """Bytes of memory that reading a log of so many lines to its end takes."""
    with log.open("w") as file:
        for number in range(lines):
            file.write(f"{number:08} {'served ' * 30}\n\n")

    count = 0
    tracemalloc.start()
    try:
        async for message in await stream(log):
            count += 1
            assert message.text.startswith(f"{count - 1:08}")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == lines
    return peak


async def test_a_log_three_times_as_big_takes_no_more_memory(tmp_path: Path) -> None:
    small = await _peak(tmp_path / "small.log", 20_000)
    big = await _peak(tmp_path / "big.log", 60_000)

    assert big < 1.2 * small


@pytest.mark.usefixtures("little_fits")
async def test_in_a_stream_too_a_pdf_has_its_place_and_the_reader_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ann: hello there")
    (tmp_path / "m.pdf").write_bytes(pdf_of("We ship."))
    paths = tmp_path / "m.pdf", tmp_path / "a.txt"

    ids = [message.id async for message in await stream(*paths)]

    assert ids == ["m.pdf:p1:1", "a.txt:1"]
    assert await files.reader(paths, "ann") == "Ann"


@pytest.mark.usefixtures("little_fits")
async def test_a_stream_with_nothing_in_it_says_so_when_it_is_read(tmp_path: Path) -> None:
    left = {"ts": "1.0", "text": "left", "subtype": "channel_join"}
    (tmp_path / "day.jsonl").write_text(json.dumps(left))

    with pytest.raises(Unreadable, match=r"nothing to read in day\.jsonl"):
        [_ async for _ in await stream(tmp_path / "day.jsonl")]


@pytest.mark.usefixtures("little_fits")
async def test_what_is_left_out_of_a_stream_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = json.dumps({"ts": "1.0", "text": "hi"})
    (tmp_path / "day.jsonl").write_text(f"{said}\n{{broken\n[]\n")

    assert len([message async for message in await stream(tmp_path / "day.jsonl")]) == 1
    assert "day.jsonl: 2 entries are no messages" in caplog.text
