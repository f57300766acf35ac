"""Files as lines: numbered as in the file, whatever they are packed in, and never held."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest

from bot.console import documents as module
from bot.console import lines
from bot.console.documents import documents
from bot.runs.errors import Unreadable


async def read(path: Path) -> list[str]:
    [document] = documents([(path, path.name)])
    return [line async for line in document.lines()]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("packed", [False, True])
async def test_lines_are_those_of_the_file_packed_or_not(
    tmp_path: Path, code: str, *, packed: bool
) -> None:
    content = "Zoë: grüßt\r\n\nlast".encode(code)
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(content) if packed else content)

    assert await read(tmp_path / "a.log.gz") == ["Zoë: grüßt", "", "last"]


async def test_each_walk_starts_anew_and_the_order_is_that_of_the_files(tmp_path: Path) -> None:
    paths = [tmp_path / "b.csv.gz", tmp_path / "a.csv"]
    paths[0].write_bytes(gzip.compress(b"first"))
    paths[1].write_bytes(b"second")

    found = documents([(path, path.name) for path in paths])

    for _ in range(2):
        lines = [line for document in found async for line in document.lines()]
        assert lines == ["first", "second"]
    assert [document.name for document in found] == ["b.csv", "a.csv"]


async def test_a_very_long_line_is_cut_and_the_numbers_of_the_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LINE_MOST", 4)
    monkeypatch.setattr(module, "_PIECES", 2)
    (tmp_path / "a.log").write_text("one\nabcdefghijkl\ntwo\n12345678\n")

    assert await read(tmp_path / "a.log") == ["one", "abcdefgh", "two", "12345678"]


async def test_a_bomb_is_no_more_than_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST", 1_000_000)
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"x" * 50_000_000))

    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as refused:
            await read(tmp_path / "a.gz")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert str(refused.value) == "a.gz is more than 1,000,000 bytes unpacked."
    assert peak < 10_000_000


async def test_a_packed_file_that_ends_too_soon_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"a line\n" * 1_000)[:-9])

    with pytest.raises(Unreadable, match=r"a\.gz cannot be read"):
        await read(tmp_path / "a.gz")


def _written(path: Path, lines: int) -> Path:
    path.write_text("\n" * lines + "2026-11-30 served\n" * lines)
    return path


async def _peak(path: Path, lines: int) -> int:
    [document] = documents([(path, "a.log")])
    count = 0
    tracemalloc.start()
    try:
        async for _ in document.lines():
            count += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 2 * lines
    return peak


async def test_three_times_as_many_lines_take_no_more_memory(tmp_path: Path) -> None:
    small = await _peak(_written(tmp_path / "small.log", 80_000), 80_000)

    assert await _peak(_written(tmp_path / "big.log", 240_000), 240_000) < 1.2 * small
