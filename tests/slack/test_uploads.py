from __future__ import annotations

import pytest

from bot.slack.errors import Invalid, NotAllowed, Unavailable
from bot.slack.uploads import ADDRESS, SHOW, Uploads
from bot.views.message import File
from tests.fakes.slack_api import Fault
from tests.showing.stage import Stage

FILE = File(name="result.md", title="The whole result", text="# Fünf Punkte\n" * 400)


@pytest.fixture
def uploads(stage: Stage) -> Uploads:
    return Uploads(stage.client, stage.limiter)


async def test_a_file_is_seen_when_it_is_shown_and_not_before(
    stage: Stage, uploads: Uploads
) -> None:
    root = stage.slack.said("C1", "root")
    file_id = await uploads.bring(FILE)
    assert stage.texts() == ["root"]

    await uploads.show(file_id, FILE.title, "C1", thread_ts=root, text="All of it")

    message = stage.slack.rooms["C1"].messages[-1]
    assert (message["text"], message["thread_ts"]) == ("All of it", root)
    assert message["files"] == [{"id": file_id, "title": FILE.title}]
    assert stage.slack.files[file_id]["content"] == FILE.text


@pytest.mark.parametrize("method", [ADDRESS, SHOW])
@pytest.mark.parametrize("code", ["unknown_method", "missing_scope"])
async def test_where_slack_knows_no_files_none_are_possible_from_then_on(
    stage: Stage, uploads: Uploads, method: str, code: str
) -> None:
    stage.slack.faults[method].append(code)
    assert uploads.possible

    with pytest.raises(Exception, match=code):
        await uploads.show(await uploads.bring(FILE), "x", "C1", thread_ts=None, text="x")

    assert not uploads.possible


async def test_a_channel_without_us_says_nothing_about_files(
    stage: Stage, uploads: Uploads
) -> None:
    with pytest.raises(NotAllowed):
        await uploads.show(await uploads.bring(FILE), "x", "C404", thread_ts=None, text="x")

    assert uploads.possible


@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.BROKEN_AFTER])
async def test_bytes_that_did_not_arrive_are_a_failure(
    stage: Stage, uploads: Uploads, fault: Fault
) -> None:
    """What a file's own host answers is no JSON: its status alone counts."""
    stage.slack.faults["files.upload"].append(fault)
    if fault in {Fault.HTML, Fault.HTML_AFTER, Fault.BROKEN}:
        await uploads.bring(FILE)
        return
    with pytest.raises(Unavailable):
        await uploads.bring(FILE)


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://files.slack.com/upload/v1/ABC", True),
        ("https://slack.com/upload", True),
        ("http://files.slack.com/upload", False),
        ("https://files.slack.com:8443/upload", False),
        ("https://files.slack.com.evil.example/upload", False),
        ("https://evilslack.com/upload", False),
        ("https://files.slack.com@127.0.0.1/upload", False),
        ("http://169.254.169.254/latest", False),
        ("http://127.0.0.1:1/upload", True),  # it is on 127.0.0.1 that this test's Slack is
        ("http://x:y@127.0.0.1:1/upload", False),
        ("ftp://127.0.0.1/upload", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_bytes_go_to_slack_and_nowhere_else(uploads: Uploads, url: str, taken: bool) -> None:
    assert uploads._is_slacks(url) is taken


async def test_an_address_that_is_none_is_a_refusal(stage: Stage, uploads: Uploads) -> None:
    """Not to be tried for ever: the result is told in messages then."""
    stage.slack.upload_url = "https://evil.example/upload"

    with pytest.raises(Invalid):
        await uploads.bring(FILE)

    assert stage.slack.of("files.upload") == []
