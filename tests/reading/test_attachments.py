"""Text files that came with messages: those that are text, a few of them, and none at any price."""

from __future__ import annotations

from typing import Any

import pytest

from bot.reading.attachments import BYTES_MOST, FILES_MOST, Brought, bring
from bot.slack.errors import NotAllowed
from bot.slack.wire import RawMessage

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

    assert await bring([message(file(**told))], shelf) == Brought()
    assert shelf.asked == []


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

    assert shelf.asked == [f"f{number}" for number in range(FILES_MOST)]
    assert (len(found.files), found.failed, found.left) == (FILES_MOST, 0, 9 - FILES_MOST)


async def test_a_file_that_was_shared_twice_is_read_once() -> None:
    shelf = Shelf(a=b"words")

    assert await texts(shelf, file(), file()) == ["words"]
    assert shelf.asked == ["a"]


async def test_what_is_too_big_is_not_asked_for() -> None:
    shelf = Shelf(a=b"words")

    found = await bring([message(file(size=BYTES_MOST + 1))], shelf)

    assert (found, shelf.asked) == (Brought(left=1), [])


async def test_what_cannot_be_read_is_counted_and_takes_nothing_from_the_others() -> None:
    shelf = Shelf(b=b"words", c=b"\x89PNG\0\0")

    found = await bring([message(file("a"), file("b"), file("c"))], shelf)

    assert [each.text for each in found.files] == ["words"]
    assert found.failed == 2
