"""Files are called by Slack's names, and what says that it is text is looked at."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.filetypes import text_of, type_of


@pytest.mark.parametrize(
    ("name", "content", "filetype", "mimetype"),
    [
        ("notes.txt", b"hello", "text", "text/plain"),
        ("Notes.MD", b"# hello", "markdown", "text/markdown"),
        ("a.b.csv", b"a,b", "csv", "text/csv"),
        ("page.html", b"<p>", "html", "text/html"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0", "png", "image/png"),
        ("server.log", b"GET /", "text", "text/plain"),
        ("README", b"read me", "text", "text/plain"),
        ("csv", b"a file that is only called so", "text", "text/plain"),
        ("core", b"\x7fELF\0\0", "binary", "application/octet-stream"),
        ("fake.csv", b"PK\0\0", "binary", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_name_says_unless_its_bytes_say_otherwise(
    name, content, filetype, mimetype
):
    found = type_of(name, content)

    assert (found.name, found.media) == (filetype, mimetype)


@pytest.mark.parametrize(
    "content",
    [
        "Grüße, Ostrand".encode(),
        codecs.BOM_UTF8 + "Grüße, Ostrand".encode(),
        "Grüße, Ostrand".encode("utf-16"),
        "Grüße, Ostrand".encode("cp1252"),
    ],
)
def test_text_is_read_in_the_encodings_that_people_have(content):
    assert text_of(content) == "Grüße, Ostrand"


def test_text_that_is_cut_inside_a_letter_ends_before_it():
    assert text_of("Grüße".encode()[:3]) == "Gr"


@given(st.binary(max_size=64), st.text(max_size=20))
def test_any_bytes_under_any_name_have_a_type(content, name):
    assert type_of(name, content).media
    assert (
        text_of(content) is None
        or b"\0" not in content
        or content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    )
