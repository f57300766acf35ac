"""Logs and tables: the text files of one message, or what was pasted into it, line by line."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reading.documents import BYTES_MOST, PASTED, is_pasted, of_files, of_text
from bot.slack.errors import Invalid, NotAllowed
from bot.slack.wire import SharedFile
from patterns.task import Document, Message

LINK = "https://team.slack.com/archives/C1/p1"


class Shelf:
    """Has files by address; the others are closed."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = contents

    async def fetch(self, url: str, most: int, /) -> bytes:
        if url not in self.contents:
            raise NotAllowed("file", "http_403")
        if len(self.contents[url]) > most:
            raise Invalid("file", "too_big")
        return self.contents[url]


def file(url: str, **more: Any) -> SharedFile:
    told = {"name": f"{url}.log", "mimetype": "text/plain", "url_private": url, **more}
    return SharedFile.model_validate(told)


def said(text: str) -> Message:
    return Message(id="1", thread="1", author="Person_bcdfgh", text=text, permalink=LINK)


async def lines(document: Document | None) -> list[str]:
    assert document is not None
    return [line async for line in document.lines()]


async def brought(shelf: Shelf, *files: SharedFile) -> tuple[list[Document], list[str]]:
    return await of_files(files, LINK, shelf)


async def test_a_file_is_its_lines_as_editors_number_them_and_can_be_read_again() -> None:
    content = b"one\r\n\r\nthree\x0bstill three\nlast"

    [found], notes = await brought(Shelf(a=content), file("a"))

    assert (found.name, found.link, notes) == ("a.log", LINK, [])
    expected = ["one", "", "threestill three", "last"]
    assert await lines(found) == expected
    assert await lines(found) == expected


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16", "cp1252"])
async def test_lines_are_read_in_the_encoding_that_the_file_has(code: str) -> None:
    [found], _ = await brought(Shelf(a="wörds\nmore".encode(code)), file("a"))

    assert await lines(found) == ["wörds", "more"]


async def test_a_file_leads_to_itself_where_slack_says_where_that_is() -> None:
    [found], _ = await brought(Shelf(a=b"x"), file("a", permalink="https://team.slack.com/F1"))

    assert found.link == "https://team.slack.com/F1"


async def test_nobody_is_named_in_a_file_like_somebody_who_speaks() -> None:
    [found], _ = await brought(Shelf(a=b"Person_bcdfgh failed"), file("a"))

    assert await lines(found) == ["Person-bcdfgh failed"]


async def test_what_is_not_read_is_named_with_the_reason() -> None:
    big = b"x" * (BYTES_MOST - 10)
    files = [
        file("a", name="a.png", mimetype="image/png"),
        file("b"),
        file("c"),
        file("d"),
        file("e", is_external=True),
        file("f", size=BYTES_MOST + 1),
        file("g"),
        file("h"),
        file("i", size=100),
        file("j"),
    ]
    shelf = Shelf(b=b"\0\0", d=b" \n", g=big, h=b"x" * 11, j=b"words")

    documents, notes = await brought(shelf, *files)

    assert [each.name for each in documents] == ["g.log", "j.log"]
    assert notes == [
        "a.png was not read: it is no text file.",
        "b.log was not read: it is no text file.",
        "c.log was not read: Slack did not give it.",
        "d.log was not read: it is empty.",
        "e.log was not read: it is no text file.",
        "f.log was not read: it is bigger than 20 MB.",
        "h.log was not read: together they are over 20 MB.",
        "i.log was not read: together they are over 20 MB.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a line\nanother", ["a line", "another"]),
        ("what is this?\n```\nERROR 1\n  ERROR 2\n```", ["ERROR 1", "  ERROR 2"]),
        ("```name,mail\nAnn,a@x.org```", ["name,mail", "Ann,a@x.org"]),
        ("```a```\nand\n```b```", ["a", "b"]),
        ("``` ```\nwords", ["``` ```", "words"]),
        ("``` open", ["``` open"]),
    ],
)
async def test_of_a_message_what_was_pasted_is_read(text: str, expected: list[str]) -> None:
    found = of_text(said(text))

    assert await lines(found) == expected
    assert found is not None
    assert (found.name, found.link) == (PASTED, LINK)


@pytest.mark.parametrize("text", ["", " ", "```\n```", "``````"])
def test_without_a_word_there_is_no_document(text: str) -> None:
    assert of_text(said(text)) is None


def test_what_stands_in_a_code_block_was_pasted() -> None:
    assert is_pasted(said("see\n```x```"))
    assert not is_pasted(said("see ``` ```"))
