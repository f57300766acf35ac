"""The playground talks to its own pages and to programs on this machine, to nobody else."""

from __future__ import annotations

import asyncio
import io
import re
from urllib.parse import urlsplit

import pytest

from playground.server import PAGE

SAY = {"as": "U0ANN", "channel": "C0GENERAL", "text": "x"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil:80"])
@pytest.mark.parametrize("path", ["/", "/playground/state", "/api/auth.test", "/page/app.js"])
async def test_a_foreign_host_is_refused(stage, host, path):
    """A name that points here from elsewhere (DNS rebinding) reads nothing."""
    async with stage.http.get(f"{stage.url}{path}", headers={"Host": host}) as reply:
        assert reply.status == 403


async def test_both_names_of_this_machine_are_welcome(stage):
    port = urlsplit(stage.url).port
    for host in (f"localhost:{port}", f"127.0.0.1:{port}"):
        async with stage.http.get(f"{stage.url}/", headers={"Host": host}) as reply:
            assert reply.status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/playground/say", "/api/chat.postMessage", "/response/x"])
async def test_a_foreign_origin_is_refused(stage, origin, path):
    headers = {"Origin": origin, "X-Playground": "1", "Authorization": "Bearer xoxb-tests"}
    async with stage.http.post(f"{stage.url}{path}", json=SAY, headers=headers) as reply:
        assert reply.status == 403


async def test_a_change_needs_the_header_that_forms_cannot_send(stage):
    async with stage.http.post(f"{stage.url}/playground/say", json=SAY) as reply:
        assert reply.status == 403
    own = {"X-Playground": "1", "Origin": stage.url}
    async with stage.http.post(f"{stage.url}/playground/say", json=SAY, headers=own) as reply:
        assert reply.status == 200


@pytest.mark.parametrize("path", ["/", "/page/app.js", "/playground/state", "/nowhere", "/api/x"])
async def test_every_answer_carries_the_guarding_headers(stage, path):
    async with stage.http.get(f"{stage.url}{path}") as reply:
        assert reply.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize(
    "path", ["/page/../server.py", "/page/%2e%2e/server.py", "/page//etc/hostname", "/page/app.py"]
)
async def test_no_path_leads_out_of_the_page(stage, path):
    parts = urlsplit(stage.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()

    assert answer.startswith(b"HTTP/1.1 404")


async def test_a_body_too_large_is_refused(stage):
    body = b'{"text": "' + b"x" * 1_100_000 + b'"}'
    async with stage.http.post(
        f"{stage.url}/api/chat.postMessage",
        data=io.BytesIO(body),
        headers={"Authorization": "Bearer xoxb-tests", "Content-Type": "application/json"},
    ) as reply:
        assert reply.status == 413


def test_the_page_never_reads_text_as_markup():
    """No inline script or style, and none of the doors through which text becomes elements."""
    doors = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
    )
    for path in PAGE.glob("*.js"):
        assert not re.search(doors, path.read_text()), path.name
    html = (PAGE / "index.html").read_text()
    assert not re.search(r"<script(?! type=\"module\" src=)|<style| style=| on\w+=", html)


async def test_everything_the_page_names_is_there(stage):
    named = set(re.findall(r"/page/[\w.]+", (PAGE / "index.html").read_text()))
    for path in PAGE.glob("*.js"):
        named |= {f"/page/{name}" for name in re.findall(r'from "\./([\w.]+)"', path.read_text())}
    for path in sorted(named):
        async with stage.http.get(f"{stage.url}{path}") as reply:
            assert reply.status == 200, path
