"""A long result is a file in the thread: once, or else in messages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.slack.uploads import ADDRESS, SHOW
from bot.views.message import File
from tests.fakes.slack_api import Fault
from tests.showing.stage import DONE, Stage, a_run, card, reply

FILE = File(name="result.md", title="The whole result", text="# All of it\n")
WITH_FILE = [
    card("Refuted", final=True),
    reply("file", "All of it, as a file", final=True, file=FILE),
]
WITHOUT = [
    card("Refuted", final=True),
    reply("more:1", "part 1", final=True),
    reply("more:2", "part 2", final=True),
]


def finish(stage: Stage, **changes: Any) -> None:
    stage.without_files["r1"] = WITHOUT
    stage.change(a_run(**DONE, **changes), *WITH_FILE)


async def finished(stage: Stage) -> None:
    await stage.until(lambda: "r1" in stage.memory.shown)


async def test_it_stands_under_the_card(stage: Stage) -> None:
    async with stage.running():
        finish(stage)
        await finished(stage)

    first, second = stage.slack.rooms["C1"].messages
    assert second["thread_ts"] == first["ts"]
    assert [each["title"] for each in second["files"]] == ["The whole result"]


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("method", [ADDRESS, "files.upload", SHOW])
async def test_whatever_slack_does_it_is_shown_once(
    stage: Stage, method: str, fault: Fault
) -> None:
    stage.slack.faults[method].extend([fault, fault])
    async with stage.running():
        finish(stage)
        await finished(stage)

    assert stage.texts() == ["Refuted", "All of it, as a file"]


@pytest.mark.parametrize("after", range(1, 12))
async def test_a_publisher_stopped_anywhere_shows_it_once(stage: Stage, after: int) -> None:
    async with stage.running():
        finish(stage)
        await stage.until(lambda: len(stage.slack.calls) >= min(after, 4))
        for _ in range(after):
            await asyncio.sleep(0)
    stage.publisher = stage.a_publisher()
    async with stage.running():
        await finished(stage)

    assert stage.texts() == ["Refuted", "All of it, as a file"]


@pytest.mark.parametrize("method", [ADDRESS, SHOW])
@pytest.mark.parametrize("code", ["unknown_method", "missing_scope", "file_uploads_disabled"])
async def test_where_files_are_refused_it_is_told_in_messages(
    stage: Stage, method: str, code: str
) -> None:
    stage.slack.faults[method].append(code)
    async with stage.running():
        finish(stage)
        await finished(stage)

    assert stage.texts() == ["Refuted", "part 1", "part 2"]


@pytest.mark.parametrize("method", [ADDRESS, "files.upload"])
async def test_where_files_never_arrive_it_is_told_in_messages(stage: Stage, method: str) -> None:
    stage.slack.faults[method].extend([Fault.ERROR] * 99)
    async with stage.running():
        finish(stage)
        await finished(stage)

    assert stage.texts() == ["Refuted", "part 1", "part 2"]


async def test_where_there_are_no_files_the_next_run_does_not_try(stage: Stage) -> None:
    stage.slack.unknown.add(ADDRESS)
    async with stage.running():
        for run_id in ("r1", "r2"):
            stage.without_files[run_id] = WITHOUT
            stage.change(a_run(id=run_id, **DONE), *WITH_FILE)
            await stage.until(lambda run_id=run_id: run_id in stage.memory.shown)

    assert len(stage.slack.of(ADDRESS)) == 1


async def test_what_was_told_in_messages_is_told_so_again(stage: Stage) -> None:
    """Of a second attempt, too: nothing old is left beside a file."""
    stage.slack.faults[ADDRESS].append("file_uploads_disabled")
    async with stage.running():
        finish(stage)
        await finished(stage)
        stage.memory.shown.clear()
        finish(stage, attempt=2)
        await finished(stage)

    assert stage.texts() == ["Refuted", "part 1", "part 2"]


async def test_a_second_attempt_with_another_result_has_a_file_of_its_own(stage: Stage) -> None:
    async with stage.running():
        finish(stage)
        await finished(stage)
        stage.memory.shown.clear()
        other = File(name="result.md", title="The whole result", text="# More than all\n")
        second = reply("file", "All of it, as a file", final=True, file=other)
        stage.change(a_run(attempt=2, **DONE), WITH_FILE[0], second)
        await finished(stage)

    assert [f["content"] for f in stage.slack.files.values()] == [FILE.text, other.text]
    assert len(stage.texts()) == 3
