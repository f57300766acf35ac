"""People share files: brought by their page, seen by who may, told to the app as Slack tells it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from playground.page_files import FILE_MOST, TEXT_MOST
from playground.speaking import FILES_MOST

HTML = b"<script>alert(1)</script>"


async def test_files_with_a_message_reach_the_app_as_those_of_slack_do(stage):
    place = stage.workspace.direct("U0ANN", stage.workspace.bot).id
    body = {"as": "U0ANN", "channel": place}
    ids = [(await stage.bring(b"a,b\n1,2\n", "Figures of May.csv"))[1]["id"]]
    ids.append((await stage.bring(b"\x89PNG\0", "photo.png"))[1]["id"])
    assert await stage.tell("say", **body, text="see these", files=ids) == (200, {"ok": True})
    event = await stage.bot.event("message")

    assert (event["subtype"], event["text"], event["channel_type"]) == (
        "file_share",
        "see these",
        "im",
    )
    table, photo = event["files"]
    assert table["id"] == ids[0]
    assert (table["name"], table["title"]) == ("Figures of May.csv",) * 2
    assert (table["mimetype"], table["filetype"], table["pretty_type"]) == (
        "text/csv",
        "csv",
        "CSV",
    )
    assert (table["mode"], table["size"], table["is_external"]) == ("snippet", 8, False)
    assert (table["preview"], table["user"]) == ("a,b\n1,2\n", "U0ANN")
    team = stage.workspace.team
    private = f"{stage.url}/files-pri/{team}-{ids[0]}"
    assert table["url_private"] == f"{private}/figures_of_may.csv"
    assert table["url_private_download"] == f"{private}/download/figures_of_may.csv"
    assert table["permalink"] == f"{stage.url}/files/U0ANN/{ids[0]}/figures_of_may.csv"
    assert (photo["mode"], "preview" in photo) == ("hosted", False)


async def test_history_and_threads_tell_of_the_same_files(stage):
    [first] = await stage.share(("a.txt", b"alpha"), text="<look>")
    root = stage.workspace.logs["C0GENERAL"].newest()
    [second] = await stage.share(("b.txt", b"beta"), thread_ts=root, broadcast=True)

    latest = (await stage.slack.conversations_history(channel="C0GENERAL", limit=2))["messages"]
    thread = (await stage.slack.conversations_replies(channel="C0GENERAL", ts=root))["messages"]
    assert [said["files"][0]["id"] for said in thread] == [first, second]
    assert (thread[0]["subtype"], thread[0]["text"]) == ("file_share", "&lt;look&gt;")
    assert (thread[1]["subtype"], thread[1]["text"]) == ("thread_broadcast", "")
    assert [said["files"] for said in latest] == [said["files"] for said in reversed(thread)]


async def test_a_long_text_is_told_of_by_its_beginning_and_the_page_has_all_of_it(stage):
    text = "".join(f"line {number}\n" for number in range(2_000))
    [file] = await stage.share(("long.log", text.encode()))
    said = stage.workspace.logs["C0GENERAL"].between(None, None)[-1]
    told = stage.workspace.wire("C0GENERAL", said)["files"][0]

    assert text.startswith(told["preview"])
    assert (told["preview"].count("\n"), told["preview_is_truncated"]) == (6, True)
    _, whole = await stage.ask("file-text", **{"as": "U0BEN", "id": file})
    assert whole == {"text": text, "whole": True}
    [file] = await stage.share(("longer.log", b"x" * (TEXT_MOST + 1)))
    _, cut = await stage.ask("file-text", **{"as": "U0BEN", "id": file})
    assert cut == {"text": "x" * TEXT_MOST, "whole": False}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/pass\r\nwd", "pass wd"),
        ("C:\\plans\\plan.txt", "plan.txt"),
        ("", "file"),
        ("a\u202etxt.exe", "a txt.exe"),
        (
            "\ud83d.txt".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
            "\ufffd\ufffd\ufffd.txt",
        ),
    ],
)
async def test_a_name_is_one_line_without_folders(stage, name, kept):
    [file] = await stage.share((name, b"x"))

    assert stage.workspace.shelf.get(file).name == kept


@pytest.mark.parametrize("name", ["..", "…", "a/..", "..%2f", "%2e%2e", "ä b?c#d&e.txt"])
async def test_an_address_of_a_file_has_no_step_up_and_leads_to_it(stage, name):
    [file] = await stage.share((name, b"the bytes"))
    said = stage.workspace.logs["C0GENERAL"].between(None, None)[-1]
    told = stage.workspace.wire("C0GENERAL", said)["files"][0]
    assert told["id"] == file

    for url in (told["url_private"], told["url_private_download"]):
        assert not {".", ".."} & set(urlsplit(url).path.split("/"))
        headers = {"Authorization": "Bearer xoxb-tests"}
        async with stage.http.get(url, headers=headers, allow_redirects=False) as reply:
            assert await reply.read() == b"the bytes"


async def test_markup_is_saved_and_never_run_in_the_pages_origin(stage):
    [file] = await stage.share(('ä"; x=.html', HTML))
    url = f"{stage.url}/playground/file"
    async with stage.http.get(url, params={"as": "U0BEN", "id": file}) as reply:
        assert (reply.status, await reply.read()) == (200, HTML)
        assert reply.content_type == "application/octet-stream"
        shown = reply.headers["Content-Disposition"]
        assert shown == "attachment; filename*=UTF-8''%C3%A4%22%3B%20x%3D.html"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("path", ["file", "file-text", "file-place"])
async def test_a_file_is_for_who_may_read_its_message(stage, path):
    [file] = await stage.share(("budget.txt", b"18,000"), where="leads")
    refused = (400, {"ok": False, "error": "file_not_found"})

    assert await stage.ask(path, **{"as": "U0DEV", "id": file}) == refused
    assert await stage.ask(path, **{"as": "U0DEV", "id": "F0NOWHERE"}) == refused
    url = f"{stage.url}/playground/{path}"
    async with stage.http.get(url, params={"as": "U0BEN", "id": file}) as reply:
        assert reply.status == 200


async def test_what_was_brought_and_not_sent_is_for_nobody(stage):
    _, told = await stage.bring(b"draft")

    for person in ("U0ANN", "U0BEN"):
        status, _ = await stage.ask("file", **{"as": person, "id": told["id"]})
        assert status == 400


async def test_a_permalink_leads_to_the_message_with_the_file(stage):
    root = stage.workspace.logs["C0FALCON"].newest()
    [file] = await stage.share(("plan.txt", b"b"), where="falcon", thread_ts=root)
    reply = stage.workspace.logs["C0FALCON"].replies(root)[-1]
    told = stage.workspace.wire("C0FALCON", reply)["files"][0]

    _, place = await stage.ask("file-place", **{"as": "U0BEN", "id": file})
    digits = reply.ts.replace(".", "")
    assert place["permalink"] == (
        f"{stage.url}/archives/C0FALCON/p{digits}?thread_ts={root}&cid=C0FALCON"
    )
    async with stage.http.get(told["permalink"]) as page:
        assert (page.status, page.content_type) == (200, "text/html")


async def test_only_who_brought_a_file_shares_it_and_only_once(stage):
    _, told = await stage.bring(b"mine")
    one = [told["id"]]

    assert await stage.say("", who="Ben", files=one) == 400
    assert await stage.say("", files=one * 2) == 400
    assert await stage.say("/factcheck this", files=one) == 400
    assert await stage.say("", files=["F0NOWHERE"]) == 400
    assert await stage.say("", files=[]) == 400
    assert await stage.say("", files=one) == 200
    assert await stage.say("again", files=one) == 400
    assert stage.bot.received == []


async def test_a_message_has_ten_files_at_most(stage):
    ids = [(await stage.bring(b"x"))[1]["id"] for _ in range(FILES_MOST + 1)]

    assert await stage.say("", files=ids) == 400
    assert await stage.say("", files=ids[:FILES_MOST]) == 200


async def test_a_file_may_have_ten_megabytes_and_not_one_byte_more(stage):
    status, _ = await stage.bring(b"x" * FILE_MOST)
    assert status == 200

    async def unsized() -> AsyncIterator[bytes]:
        for _ in range(FILE_MOST // 1_000_000):
            yield b"x" * 1_000_000
        yield b"x"

    assert await stage.bring(unsized()) == (400, {"ok": False, "error": "file_too_large"})
    assert await stage.bring(b"") == (400, {"ok": False, "error": "file_empty"})


async def asked_without_a_body(stage, query: str, mark: str = "X-Playground: 1\r\n") -> Any:
    """The answer to the head of a request whose body never comes."""
    parts = urlsplit(stage.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"POST /playground/upload?{query} HTTP/1.1\r\nHost: {parts.netloc}\r\n{mark}"
    writer.write(f"{head}Content-Length: 9000000\r\n\r\n".encode())
    async with asyncio.timeout(10):
        status = (await reader.readline()).split()[1]
        rest = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in rest.splitlines()
            if line.lower().startswith(b"content-length")
        )
        body = await reader.readexactly(length)
    writer.close()
    return status, body.decode()


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("as=U0DEV&channel=C0LEADS&name=a", "not_in_channel"),
        ("as=U0NOBODY&channel=C0GENERAL&name=a", "user_not_found"),
        ("name=a", "user_not_found"),
    ],
)
async def test_who_may_not_write_is_refused_before_the_body_is_read(stage, query, error):
    status, body = await asked_without_a_body(stage, query)

    assert (status, json.loads(body)["error"]) == (b"400", error)


async def test_another_sites_page_brings_nothing(stage):
    status, _ = await asked_without_a_body(stage, "as=U0ANN&channel=C0GENERAL&name=a", mark="")

    assert status == b"403"


async def test_no_other_route_takes_a_body_of_that_size(stage):
    headers = {"X-Playground": "1"}
    async with stage.http.post(
        f"{stage.url}/playground/say", data=io.BytesIO(bytes(2_000_000)), headers=headers
    ) as reply:
        assert reply.status == 413


async def test_starting_over_forgets_what_was_shared(stage):
    [file] = await stage.share(("a.txt", b"a"))
    await stage.tell("reset")

    assert stage.workspace.shelf.get(file) is None
    report = next(said for said in stage.workspace.logs["C0FALCON"].all() if said.files)
    status, told = await stage.ask("file-text", **{"as": "U0BEN", "id": report.files[0]})
    assert (status, "Firmware 4.3 ran for 6 h 05 min" in told["text"]) == (200, True)
