"""A PDF as messages that say on which page they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console.pages import paged, read
from bot.reading.pdf import PAGES_MOST
from bot.runs.errors import Unreadable
from tests.reading.pdfs import locked, pdf_of


def test_a_message_says_on_which_page_and_line_it_begins() -> None:
    messages = paged(["Minutes", "Ann: We ship.\r\nBen: Good.", "", "Cy: And then?"], "m.pdf")

    assert [(m.id, m.thread, m.author, m.text) for m in messages] == [
        ("m.pdf:p1:1", "m.pdf:p1:1", "m.pdf", "Minutes"),
        ("m.pdf:p2:1", "m.pdf:p2:1", "Ann", "We ship."),
        ("m.pdf:p2:2", "m.pdf:p2:2", "Ben", "Good."),
        ("m.pdf:p4:1", "m.pdf:p4:1", "Cy", "And then?"),
    ]


@given(st.lists(st.text(st.sampled_from("ab \n\r:{}"), max_size=20), max_size=5))
def test_what_a_message_begins_with_stands_where_it_says(texts: list[str]) -> None:
    for message in paged(texts, "m.pdf"):
        _, page, line = message.id.split(":")
        text = texts[int(page.removeprefix("p")) - 1]
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert message.text.split("\n")[0].strip() in lines[int(line) - 1]


async def test_the_text_of_a_pdf_is_read(tmp_path: Path) -> None:
    (tmp_path / "m.pdf").write_bytes(pdf_of("We ship on Friday.", pages=2))

    messages, left = await read(tmp_path / "m.pdf", "m.pdf")

    assert [(m.id, m.text) for m in messages] == [
        ("m.pdf:p1:1", "We ship on Friday."),
        ("m.pdf:p2:1", "We ship on Friday."),
    ]
    assert left == ""


async def test_of_a_very_long_pdf_it_is_said_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "m.pdf").write_bytes(pdf_of("a page", pages=PAGES_MOST + 1))

    _, left = await read(tmp_path / "m.pdf", "m.pdf")

    assert left == "m.pdf: of 201 pages, the first 200 were read."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 \x00garbage", "m.pdf cannot be read: it is a PDF that cannot be read."),
        (locked(pdf_of("x"), "hunter2"), "m.pdf cannot be read: it is a PDF with a password."),
        (pdf_of(""), "m.pdf holds pictures, and no text."),
    ],
    ids=["broken", "locked", "pictures"],
)
async def test_a_pdf_without_text_is_a_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    (tmp_path / "m.pdf").write_bytes(content)

    with pytest.raises(Unreadable) as refused:
        await read(tmp_path / "m.pdf", "m.pdf")

    assert str(refused.value) == sentence


async def test_a_pdf_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="There is no file"):
        await read(tmp_path / "m.pdf", "m.pdf")
