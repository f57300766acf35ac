"""Lines of a file, whatever it is encoded in and however long they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.console import lines
from bot.console.lines import decoded, encoding


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("grüßt".encode(), "utf-8-sig"),
        ("grüßt".encode("utf-16"), "utf-16"),
        ("grüßt".encode("cp1252"), "cp1252"),
        ("grüßt".encode()[:-1] + b"\xc3", "cp1252"),
    ],
)
def test_the_whole_file_decides_how_it_is_encoded(tmp_path: Path, content: bytes, name: str):
    path = tmp_path / "a.txt"
    path.write_bytes(content)

    assert encoding(path) == name


def test_a_character_on_the_edge_of_a_block_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lines, "_BLOCK", 2)
    path = tmp_path / "a.txt"
    path.write_text("aéé", encoding="utf-8")

    assert encoding(path) == "utf-8-sig"
    assert decoded(path) == "aéé"


def test_lines_are_numbered_as_editors_do(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\n\ntwo\rthree")

    assert list(lines.lines(path)) == [(1, "one"), (2, ""), (3, "two"), (4, "three")]


def test_a_very_long_line_comes_in_pieces_of_one_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lines, "LINE_MOST", 4)
    path = tmp_path / "a.txt"
    path.write_text("abcdefgh\nij")

    assert list(lines.lines(path)) == [(1, "abcd"), (1, "efgh"), (1, ""), (2, "ij")]
