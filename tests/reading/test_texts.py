"""What of a file is text, and how much of it is read at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading.texts import PART_MOST, NoText, encoding, parts, text_of
from tests.reading.pdfs import pdf_of


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"words", "utf-8-sig"),
        ("wörds".encode(), "utf-8-sig"),
        ("wörds".encode("utf-16"), "utf-16"),
        ("wörds".encode("cp1252"), "cp1252"),
        (b"\x89PNG\0\0", None),
    ],
)
def test_an_encoding_is_known_by_the_bytes(content: bytes, name: str | None) -> None:
    assert encoding(content) == name


async def test_text_is_read_from_bytes_and_from_a_path(tmp_path: Path) -> None:
    (tmp_path / "minutes.pdf").write_bytes(pdf_of("We ship on Friday."))
    (tmp_path / "plan.txt").write_bytes(b"\xef\xbb\xbfWe ship")

    assert await text_of(tmp_path / "minutes.pdf") == ("We ship on Friday.", "")
    assert await text_of(tmp_path / "plan.txt") == ("We ship", "")
    assert await text_of(b"We ship") == ("We ship", "")


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\x89PNG\0\0", "no text file"), (pdf_of(), "no text"), (b"%PDF-1.4 \xff", "cannot be read")],
)
async def test_what_holds_no_text_says_why(content: bytes, why: str) -> None:
    with pytest.raises(NoText, match=why):
        await text_of(content)


def test_paragraphs_that_fit_together_are_read_together() -> None:
    text = "\n\n".join(["a" * 700, "b" * 700, "c" * 700])

    assert list(parts(text)) == [f"{'a' * 700}\n\n{'b' * 700}", "c" * 700]


@given(st.text(alphabet=st.sampled_from("ab \n\t."), max_size=6_000))
def test_no_part_is_too_long_and_no_word_is_lost(text: str) -> None:
    found = list(parts(text))

    assert all(0 < len(part) <= PART_MOST for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())
