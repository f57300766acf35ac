"""Text files that came with messages: those that are text, a few of them, and none at any price."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reading.attachments import ALL, FEW, Bounds, Brought, bring, notes
from bot.reading.pdf import PAGES_MOST
from bot.slack.errors import Invalid, NotAllowed
from bot.slack.wire import RawMessage
from tests.reading.pdfs import pdf_of

PLAIN: dict[str, Any] = {"name": "plan.txt", "mimetype": "text/plain", "filetype": "text"}


class Shelf:
    """Has files by address; the others are closed."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = contents
        self.asked: list[str] = []

    async def fetch(self, url: str, most: int, /) -> bytes:
        self.asked.append(url)
        if url not in self.contents:
            raise NotAllowed("file", "http_403")
        return self.contents[url]


def message(*files: dict[str, Any], ts: str = "1700000000.000100") -> RawMessage:
    return RawMessage.model_validate({"ts": ts, "user": "U1", "text": "see", "files": files})


def file(url: str = "a", **more: Any) -> dict[str, Any]:
    return {**PLAIN, "url_private": url, "permalink": f"https://team.slack.com/{url}", **more}


async def texts(shelf: Shelf, *files: dict[str, Any]) -> list[str]:
    return [each.text for each in (await bring([message(*files)], shelf)).files]


async def test_a_text_file_is_its_words_and_where_it_is() -> None:
    shelf = Shelf(a="We ship – on Friday".encode())

    [found] = (await bring([message(file(title="The\nplan"))], shelf)).files

    assert (found.name, found.text) == ("The plan", "We ship – on Friday")
    assert (found.link, found.ts) == ("https://team.slack.com/a", "1700000000.000100")


@pytest.mark.parametrize(
    "told",
    [
        {"mimetype": "text/csv", "filetype": "csv", "name": "a.csv"},
        {"mimetype": "application/json", "filetype": "json", "name": "a.json"},
        {"mimetype": "application/octet-stream", "filetype": "binary", "name": "server.log"},
        {"mimetype": None, "filetype": "markdown", "name": "notes"},
        {"mimetype": "text/x-python", "filetype": "python", "name": "a.py"},
    ],
)
async def test_what_slack_takes_for_text_is_read(told: dict[str, Any]) -> None:
    assert await texts(Shelf(a=b"words"), file(**told)) == ["words"]


@pytest.mark.parametrize(
    "told",
    [
        {"mimetype": "image/png", "filetype": "png", "name": "a.png"},
        {"mimetype": "text/html", "filetype": "html", "name": "a.html"},
        {"mimetype": "application/pdf", "filetype": "pdf", "name": "a.pdf"},
        {"mimetype": None, "filetype": None, "name": None},
        {"url_private": None},
        {"is_external": True},
        {"mode": "external"},
    ],
)
async def test_what_is_no_text_of_slacks_is_not_asked_for(told: dict[str, Any]) -> None:
    shelf = Shelf(a=b"words")

    found = await bring([message(file(**told))], shelf)

    assert (found.files, shelf.asked) == ((), [])


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfwords", "words"),
        ("wörds".encode("utf-16"), "wörds"),
        ("wörds".encode("cp1252"), "wörds"),
    ],
)
async def test_text_is_read_in_the_encoding_that_it_has(content: bytes, text: str) -> None:
    assert await texts(Shelf(a=content), file()) == [text]


async def test_of_many_files_the_nearest_few_are_read_and_the_others_are_counted() -> None:
    shelf = Shelf(**{f"f{number}": b"words" for number in range(9)})
    shared = [message(file(f"f{number}"), ts=f"170000000{number}.0001") for number in range(9)]

    found = await bring(shared, shelf)

    assert shelf.asked == [f"f{number}" for number in range(FEW.files)]
    assert (len(found.files), found.failed, found.left) == (FEW.files, 0, 9 - FEW.files)


async def test_a_file_that_was_shared_twice_is_read_once() -> None:
    shelf = Shelf(a=b"words")

    assert await texts(shelf, file(), file()) == ["words"]
    assert shelf.asked == ["a"]


async def test_what_is_too_big_is_not_asked_for() -> None:
    shelf = Shelf(a=b"words")

    found = await bring([message(file(size=FEW.each + 1))], shelf)

    assert (found.files, found.left, shelf.asked) == ((), 1, [])


async def test_what_cannot_be_read_is_counted_and_takes_nothing_from_the_others() -> None:
    shelf = Shelf(b=b"words", c=b"\x89PNG\0\0")

    found = await bring([message(file("a"), file("b"), file("c"))], shelf)

    assert [each.text for each in found.files] == ["words"]
    assert found.failed == 2


async def test_what_was_deleted_is_no_file() -> None:
    gone = {"id": "F1", "mode": "tombstone", "name": "plan.txt"}

    assert await bring([message(gone)], Shelf()) == Brought()


async def test_files_are_together_no_bigger_than_wanted() -> None:
    shelf = Shelf(a=b"a" * 6, b=b"b" * 6, c=b"c" * 4)
    shared = [message(file("a", size=6), file("b", size=6), file("c", size=4))]

    found = await bring(shared, shelf, Bounds(files=9, each=10, whole=10))

    assert [each.text for each in found.files] == ["aaaaaa", "cccc"]
    assert found.left == 1
    assert Bounds(files=9, each=10, whole=10).without(found) == Bounds(files=7, each=10, whole=0)


async def test_every_file_that_was_not_read_is_named_with_the_reason() -> None:
    class Endless(Shelf):
        async def fetch(self, url: str, most: int, /) -> bytes:
            if url == "endless":
                raise Invalid("file", "too_big")
            return await super().fetch(url, most)

    shared = message(
        file("a", name="notes.docx", mimetype="application/msword", filetype="docx"),
        file("b", name="big.log", size=1_000_001),
        file("gone", name="gone.txt"),
        file("endless", name="endless.txt"),
        file("p", name="scan.pdf", mimetype="application/pdf", filetype="pdf", size=6_000_000),
        file("c", name="picture.txt"),
        file("", name="hidden.txt"),
        file("d", name="read.txt"),
    )

    found = await bring([shared], Endless(c=b"\x89PNG\0\0", d=b"words"), ALL)

    assert [each.name for each in found.files] == ["read.txt"]
    assert sorted(notes([found])) == [
        "big.log was not read: it is bigger than 1 MB.",
        "endless.txt was not read: it is bigger than 1 MB.",
        "gone.txt was not read: Slack did not give it.",
        "hidden.txt was not read: Slack did not give it.",
        "notes.docx was not read: it is no text file.",
        "picture.txt was not read: it is no text file.",
        "scan.pdf was not read: it is bigger than 5 MB.",
    ]


async def test_many_files_that_were_not_read_are_one_note() -> None:
    shared = [
        message(file(f"f{number}", name=f"{number}.png", mimetype="image/png", filetype="png"))
        for number in range(12)
    ]

    [note] = notes([await bring(shared, Shelf(), ALL)])

    assert note == (
        "0.png, 1.png, 2.png and 9 other files were not read, of each: it is no text file."
    )


async def test_a_pdf_is_read_where_it_is_wanted() -> None:
    shelf = Shelf(p=pdf_of("The plan is to ship on Friday."))
    minutes = file("p", name="minutes.pdf", mimetype="application/pdf", filetype="pdf")

    [found] = (await bring([message(minutes)], shelf, ALL)).files
    assert found.text == "The plan is to ship on Friday."
    assert (await bring([message(minutes)], shelf)).files == ()


async def test_a_pdf_of_which_a_part_is_read_says_so() -> None:
    shelf = Shelf(p=pdf_of("a page", pages=PAGES_MOST + 1))
    minutes = file("p", name="minutes.pdf", mimetype="application/pdf", filetype="pdf")

    found = await bring([message(minutes)], shelf, ALL)

    assert notes([found]) == ("minutes.pdf: of 201 pages, the first 200 were read.",)


async def test_a_pdf_that_is_none_is_named() -> None:
    shelf = Shelf(p=b"%PDF-1.7 \x00garbage")
    minutes = file("p", name="minutes.pdf", mimetype="application/pdf", filetype="pdf")

    found = await bring([message(minutes)], shelf, ALL)

    assert notes([found]) == ("minutes.pdf was not read: it is a PDF that cannot be read.",)
