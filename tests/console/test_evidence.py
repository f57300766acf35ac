"""Files beside a claim: their likeliest passages, by line, and nothing of them is held."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.console import evidence
from bot.console.evidence import FilesNearby
from bot.console.files import FileSources
from bot.reading.passages import PASSAGES_MOST
from bot.runs.model import Files, Place, RunRequest
from patterns.evidence import Found, Origin, Passage

CLAIM = "We ship on Friday"


async def near(*paths: Path, text: str = CLAIM, claims: tuple[str, ...] = (CLAIM,)) -> list[Found]:
    request = RunRequest(
        recipe="factcheck",
        text=text,
        source=Files(paths=tuple(map(str, paths))) if paths else None,
        asked_by="ann",
        place=Place(team="", channel="console"),
        dedupe="1",
    )
    return list(
        await FileSources().evidence(request, lambda people: None, datetime.now(UTC)).nearby(claims)
    )


async def test_a_passage_says_in_which_line_it_begins(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(
        "# Plan\n\nLunch at noon.\n\nWe ship on Monday,\nnot Friday."
    )

    [found] = await near(tmp_path / "notes.txt")

    assert found == Found(
        passages=(
            Passage(
                origin=Origin.FILE,
                text="We ship on Monday,\nnot Friday.",
                title="notes.txt, line 5",
            ),
        ),
        looked=("notes.txt",),
    )


async def test_several_files_are_looked_through_for_every_claim(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ship it")
    (tmp_path / "b.md").write_text("bees fly")

    ships, bees = await near(tmp_path / "a.txt", tmp_path / "b.md", claims=(CLAIM, "Bees fly"))

    assert [each.title for each in ships.passages] == ["a.txt, line 1"]
    assert [each.title for each in bees.passages] == ["b.md, line 1"]
    assert ships.looked == bees.looked == ("a.txt", "b.md")


async def test_files_of_one_name_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text("ship it")

    [found] = await near(Path("one/a.txt"), Path("two/a.txt"))

    assert found.looked == ("one/a.txt", "two/a.txt")


async def test_without_files_or_without_a_claim_beside_them_there_is_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text("ship it")

    assert await near() == [Found()]
    assert await near(tmp_path / "a.txt", text="") == [Found()]


async def test_a_file_that_is_gone_since_is_said_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ship it")

    [found] = await near(tmp_path / "gone.txt", tmp_path / "a.txt")

    assert found.looked == ("gone.txt, which could not be read", "a.txt")
    assert len(found.passages) == 1


async def test_a_file_name_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a\n\u202e.txt"
    path.write_text("ship it")

    [found] = await near(path)

    assert found.looked == ("a .txt",)


async def test_of_a_very_big_file_the_beginning_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LOOKED_MOST", 1024**2)
    path = tmp_path / "log.txt"
    path.write_text("ship it\n\n" + "no word of it\n\n" * 100_000 + "Friday\n")

    [found] = await near(path)

    assert [each.text for each in found.passages] == ["ship it"]
    assert found.looked == ("the first 1 MB of log.txt",)


async def test_a_big_file_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(("we ship line after line, " * 40 + "\n\n") * 5_000)
    tracemalloc.start()
    try:
        [found] = await FilesNearby([(path, "log.txt")]).nearby([CLAIM])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(found.passages) == PASSAGES_MOST
    assert path.stat().st_size > 4_500_000
    assert peak < path.stat().st_size / 2


async def test_the_same_bytes_as_a_summary_reads_are_understood(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("wir liefern Friday – äh, ship".encode("utf-16"))

    [found] = await near(tmp_path / "a.txt")

    assert found.passages[0].text == "wir liefern Friday – äh, ship"
