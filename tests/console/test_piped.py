"""What came through a pipe: kept for its owner, as long as its run is open."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest

from bot.console import checking, piped
from bot.console.checking import check
from bot.console.piped import forget, spool, title
from bot.runs.errors import Unreadable
from bot.runs.model import Files, Place, RunRequest, Source


def request(source: Source | None) -> RunRequest:
    place = Place(team="", channel="console")
    return RunRequest(recipe="summarize", source=source, asked_by="ann", place=place, dedupe="1")


def test_a_pipe_is_kept_for_its_owner_and_forgotten_with_its_run(tmp_path: Path) -> None:
    path = spool(io.BytesIO(b"Ann: hello"), tmp_path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    forget(request(Files(paths=(str(path),))))
    assert not path.exists()
    forget(request(Files(paths=(str(path),))))


def test_forgetting_a_run_leaves_the_persons_files_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "quorum-stdin" / "talk.txt"
    theirs.parent.mkdir()
    theirs.write_text("Ann: hello")

    forget(request(Files(paths=(str(theirs),))))
    forget(request(None))

    assert theirs.exists()


def test_what_came_through_a_pipe_is_called_so(tmp_path: Path) -> None:
    assert title(spool(io.BytesIO(b"x"), tmp_path)) == "stdin"
    assert title(tmp_path / "talk.txt") == "talk.txt"


def test_a_pipe_is_kept_no_further_than_it_would_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MOST", 10)
    monkeypatch.setattr(piped, "MOST", 10)

    path = spool(io.BytesIO(b"x" * 100), tmp_path)

    with pytest.raises(Unreadable, match="has 11 bytes; 10 are the most"):
        check(path)
