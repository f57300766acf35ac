"""A file comes in three steps, and ends as one message in a channel or a thread."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import FormData

from tests.playground.conftest import refused

TEXT = "# Result\n\nEverything — in full."


async def address(stage, content: bytes = TEXT.encode()) -> dict[str, Any]:
    said = await stage.slack.files_getUploadURLExternal(filename="result.md", length=len(content))
    return said.data


async def send(stage, url: str, data: Any) -> int:
    async with stage.http.post(url, data=data) as reply:
        return reply.status


async def complete(stage, file_id: str, **more: Any) -> Any:
    files = [{"id": file_id, "title": "The whole result"}]
    return await stage.slack.files_completeUploadExternal(files=files, **more)


@pytest.mark.parametrize("as_form", [False, True])
async def test_a_file_in_a_thread_is_one_message_with_its_text(stage, as_form):
    root = (await stage.slack.chat_postMessage(channel="C0GENERAL", text="card"))["ts"]
    here = await address(stage)
    data: Any = TEXT.encode()
    if as_form:
        data = FormData()
        data.add_field("file", TEXT.encode(), filename="result.md")
    assert await send(stage, here["upload_url"], data) == 200
    done = await complete(stage, here["file_id"], channel_id="C0GENERAL", thread_ts=root)

    thread = (await stage.slack.conversations_replies(channel="C0GENERAL", ts=root))["messages"]
    assert done["files"] == [{"id": here["file_id"], "title": "The whole result"}]
    assert len(thread) == 2
    (file,) = thread[1]["files"]
    assert (file["name"], file["title"]) == ("result.md", "The whole result")
    assert file["size"] == len(TEXT.encode())
    assert file["preview"] == TEXT


async def test_what_was_not_sent_cannot_be_shown_and_nothing_is_shown_twice(stage):
    here = await address(stage)
    assert await refused(complete(stage, here["file_id"], channel_id="C0GENERAL")) == (
        "file_not_found"
    )
    await send(stage, here["upload_url"], TEXT.encode())
    await complete(stage, here["file_id"], channel_id="C0GENERAL")

    assert await refused(complete(stage, here["file_id"], channel_id="C0GENERAL")) == (
        "file_not_found"
    )


async def test_bytes_of_another_length_and_to_nowhere_are_refused(stage):
    here = await address(stage)

    assert await send(stage, here["upload_url"], b"short") == 400
    assert await send(stage, f"{stage.url}/upload/made-up", b"x") == 404


async def test_a_file_needs_a_name_and_a_length(stage):
    ask = stage.slack.files_getUploadURLExternal
    assert await refused(ask(filename="", length=5)) == "invalid_arguments"
    assert await refused(ask(filename="a", length=0)) == "invalid_arguments"
    assert await refused(ask(filename="a", length=10**7)) == "invalid_arguments"
