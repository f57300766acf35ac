"""A shared file's bytes: with our token, bounded, and from Slack alone."""

from __future__ import annotations

import pytest

from bot.slack.downloads import SlackDownloads
from bot.slack.errors import Gone, Invalid, NotAllowed, SlackError, Unavailable
from tests.fakes.slack_api import Fault
from tests.showing.stage import Stage


@pytest.fixture
async def downloads(stage: Stage) -> SlackDownloads:
    await stage.client.ask("auth.test")  # so that the fake knows its own address
    return SlackDownloads(stage.client)


async def test_a_file_is_read_with_our_token(stage: Stage, downloads: SlackDownloads) -> None:
    file = stage.slack.file("plan.txt", "We ship on Friday. – Ann")

    content = await downloads.fetch(file["url_private"], 1_000)

    assert content.decode() == "We ship on Friday. – Ann"
    assert [call.token for call in stage.slack.of("file")] == [await stage.client._token()]


async def test_of_a_file_that_is_too_big_no_more_is_read_than_that(
    stage: Stage, downloads: SlackDownloads
) -> None:
    file = stage.slack.file("big.txt", b"x" * 1_001)

    assert len(await downloads.fetch(stage.slack.file("a", b"x" * 1_000)["url_private"], 1_000))
    with pytest.raises(Invalid, match="too_big"):
        await downloads.fetch(file["url_private"], 1_000)


@pytest.mark.parametrize("url", ["https://evil.example/a", "http://127.0.0.1:1/a", "", "file:///a"])
async def test_no_other_host_is_asked(stage: Stage, downloads: SlackDownloads, url: str) -> None:
    with pytest.raises(Invalid, match="foreign_host"):
        await downloads.fetch(url, 1_000)

    assert stage.slack.of("file") == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.ERROR, Unavailable),
        (Fault.RATE, Unavailable),
        (Fault.DROP, Unavailable),
        (Fault.HTML, NotAllowed),
    ],
)
async def test_what_is_no_file_is_a_failure(
    stage: Stage, downloads: SlackDownloads, fault: Fault, error: type[SlackError]
) -> None:
    """A page is what Slack shows to who may not read the file, with a 200."""
    file = stage.slack.file("plan.txt", "text")
    stage.slack.faults["file"] += [fault, fault]  # a line that dropped is tried again

    with pytest.raises(error):
        await downloads.fetch(file["url_private"], 1_000)


async def test_what_is_gone_is_gone(stage: Stage, downloads: SlackDownloads) -> None:
    with pytest.raises(Gone):
        await downloads.fetch(f"{stage.slack.url}/files/F404", 1_000)


async def test_no_redirect_is_followed(stage: Stage, downloads: SlackDownloads) -> None:
    with pytest.raises(NotAllowed):
        await downloads.fetch(f"{stage.slack.url}/files-pri/elsewhere", 1_000)


async def test_no_method_of_slack_is_called_in_the_name_of_a_file(
    stage: Stage, downloads: SlackDownloads
) -> None:
    calls = len(stage.slack.calls)

    for path in ("/api/auth.revoke", "/files/../api/auth.revoke", "/files/%2e%2e/api/auth.revoke"):
        with pytest.raises(Invalid, match="foreign_host"):
            await downloads.fetch(f"{stage.slack.url}{path}", 1_000)

    assert len(stage.slack.calls) == calls
