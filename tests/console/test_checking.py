"""What can be read is told from what cannot by one sentence, before anything is paid for."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from bot.console import checking
from bot.console.checking import Kind, check, kind, sentences
from bot.runs.errors import Unreadable
from tests.reading.pdfs import pdf_of


def test_what_is_no_text_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n\n")
    (tmp_path / "cat.png").write_bytes(b"\x89PNG\r\n\0\0")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(checking.MOST + 1)
    sentences = {
        "empty.txt": "empty.txt is empty.",
        "cat.png": "cat.png is not a text file.",
        "folder": "folder is a folder; name the files in it.",
        "pipe": "pipe is not a file; what comes through a pipe is read by -.",
        "huge.txt": "huge.txt has 2,147,483,649 bytes; 2,147,483,648 are the most.",
        "gone.txt": "There is no file gone.txt.",
        "a\0b": "a\0b cannot be read.",
    }

    for name, sentence in sentences.items():
        with pytest.raises(Unreadable) as refused:
            check(tmp_path / name)
        assert str(refused.value) == sentence


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_file_is_known_by_its_first_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    assert kind(write(tmp_path / "a.pdf", b"a text")) is Kind.TEXT
    assert kind(write(tmp_path / "a.txt", pdf_of("minutes"))) is Kind.PDF
    assert kind(write(tmp_path / "b.txt", gzip.compress(b"a log"))) is Kind.PACKED
    assert kind(write(tmp_path / "c.txt", "ä".encode("utf-16"))) is Kind.TEXT
    assert kind(write(tmp_path / "d.txt", b"\x7fELF\0\0")) is None


def test_packed_files_and_pdfs_are_taken_where_they_are_read(tmp_path: Path) -> None:
    packed = write(tmp_path / "app.log.gz", gzip.compress(b"a log"))
    minutes = write(tmp_path / "minutes.pdf", pdf_of("minutes"))

    check(packed, [Kind.TEXT, Kind.PACKED])
    check(minutes, [Kind.TEXT, Kind.PDF])

    with pytest.raises(Unreadable, match=r"^app\.log\.gz is packed; unpack it first\.$"):
        check(packed, [Kind.TEXT, Kind.PDF])
    with pytest.raises(Unreadable, match=r"^minutes\.pdf is a PDF; .*summarize"):
        check(minutes, [Kind.TEXT, Kind.PACKED])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b" \n", "a.gz is empty."),
        (b"tar\0\0", "a.gz is not a text file."),
    ],
)
def test_of_a_packed_file_it_counts_what_is_in_it(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        check(write(tmp_path / "a.gz", gzip.compress(content)), [Kind.PACKED])

    assert str(refused.value) == sentence


def test_a_packed_file_that_is_broken_cannot_be_read(tmp_path: Path) -> None:
    for broken in (b"\x1f\x8b\x08", gzip.compress(b"a log")[:12], b"\x1f\x8b\x08" + b"\xff" * 20):
        with pytest.raises(Unreadable, match="cannot be read"):
            check(write(tmp_path / "a.gz", broken), [Kind.PACKED])


def test_a_pdf_is_held_and_so_must_be_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PDF_MOST", 10)

    with pytest.raises(Unreadable, match="10 are the most"):
        check(write(tmp_path / "minutes.pdf", pdf_of("minutes")), [Kind.PDF])


def test_what_is_no_fault_of_the_system_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="mine"), sentences(tmp_path):
        raise Unreadable("mine")
    with (
        pytest.raises(Unreadable, match="may not be read by this user"),
        sentences(tmp_path / "a.txt"),
    ):
        raise PermissionError
