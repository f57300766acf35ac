"""The bytes of a file are for apps that may see it; all others get a page, as Slack's do."""

from __future__ import annotations

import pytest

from playground.shelf import Shelf
from tests.playground.conftest import TOKEN


async def got(stage, url: str, token: str | None = TOKEN, scheme: str = "Bearer"):
    headers = {} if token is None else {"Authorization": f"{scheme} {token}"}
    async with stage.http.get(url, headers=headers, allow_redirects=False) as reply:
        return reply.status, reply.content_type, await reply.read()


def address(stage, file: str, team: str = "") -> str:
    return f"{stage.url}/files-pri/{team or stage.workspace.team}-{file}/a.txt"


@pytest.fixture
async def file(stage) -> str:
    [file] = await stage.share(("a.txt", b"the bytes"))
    return file


async def test_the_app_reads_a_file_of_a_channel_that_it_is_in(stage, file):
    assert await got(stage, address(stage, file)) == (200, "text/plain", b"the bytes")
    told = (await stage.slack.files_info(file=file))["file"]
    assert (told["id"], told["channels"], told["groups"]) == (file, ["C0GENERAL"], [])


@pytest.mark.parametrize("token", [None, "", "xoxb-other", "xoxb-tests2", "ünbekannt"])
async def test_without_a_known_token_there_is_a_page_for_signing_in(stage, file, token):
    for id_ in (file, "F0NOWHERE"):
        status, media, body = await got(stage, address(stage, id_), token)

        assert (status, media) == (200, "text/html")
        assert b"Sign in" in body
        assert b"the bytes" not in body


async def test_a_token_of_another_scheme_is_none(stage, file):
    _, media, _ = await got(stage, address(stage, file), scheme="Basic")

    assert media == "text/html"


async def test_a_place_without_the_app_keeps_its_files_to_itself(stage):
    """A public channel can be joined by the app, so its files are no secret from it."""
    [public] = await stage.share(("cake.txt", b"lemon"), where="kitchen")
    direct = stage.workspace.direct("U0ANN", "U0BEN").id
    _, told = await stage.bring(b"psst")
    body = {"as": "U0ANN", "channel": direct, "text": "", "files": [told["id"]]}
    assert (await stage.tell("say", **body))[0] == 200

    assert (await got(stage, address(stage, public)))[2] == b"lemon"
    status, media, body = await got(stage, address(stage, told["id"]))
    assert (status, media, b"psst" in body) == (200, "text/html", False)
    refused = await stage.slack.api_call("api.test")
    assert refused["ok"]
    with pytest.raises(Exception, match="file_not_found"):
        await stage.slack.files_info(file=told["id"])


async def test_what_is_nowhere_is_not_found(stage, file):
    for url in (address(stage, "F0NOWHERE"), address(stage, file, team="T0OTHER")):
        assert (await got(stage, url))[0] == 404
    with pytest.raises(Exception, match="file_not_found"):
        await stage.slack.files_info(file="F0NOWHERE")


async def test_what_is_no_longer_kept_is_not_found(stage):
    stage.workspace.shelf = Shelf(most=5)
    [first] = await stage.share(("a.txt", b"12345"))
    await stage.share(("b.txt", b"12345"))

    assert (await got(stage, address(stage, first)))[0] == 404
    told = (await stage.slack.files_info(file=first))["file"]
    assert told["mode"] == "tombstone"


async def test_a_file_goes_with_its_message(stage):
    said = await stage.slack.files_getUploadURLExternal(filename="own.md", length=3)
    async with stage.http.post(said["upload_url"], data=b"own") as reply:
        assert reply.status == 200
    files = [{"id": said["file_id"]}]
    await stage.slack.files_completeUploadExternal(files=files, channel_id="C0GENERAL")
    ts = stage.workspace.logs["C0GENERAL"].newest()
    page = {"as": "U0BEN", "id": said["file_id"]}
    assert (await got(stage, address(stage, said["file_id"])))[2] == b"own"
    assert (await stage.ask("file-text", **page))[1]["text"] == "own"
    await stage.slack.chat_delete(channel="C0GENERAL", ts=ts)

    assert (await stage.ask("file-text", **page))[0] == 400


async def test_bytes_that_look_like_markup_come_to_be_saved(stage):
    [file] = await stage.share(("a.svg", b"<svg onload='alert(1)'/>"))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with stage.http.get(address(stage, file), headers=headers) as reply:
        assert reply.headers["Content-Disposition"].startswith("attachment;")
        assert reply.headers["Content-Security-Policy"].startswith("sandbox;")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
