from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.door.front_door import BODY_BYTES_MOST
from tests.conftest import Serve
from tests.door.door import (
    CLICK,
    COMMAND,
    FORM,
    JSON,
    NEW,
    NOW,
    OLD,
    Door,
    a_front_door,
    form,
    interactive,
    signature,
)


@pytest.mark.parametrize("secrets", [[], [""], [" ", ""]])
def test_without_a_secret_no_door_is_built(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="SLACK_SIGNING_SECRET"):
        a_front_door(Door("", None).dispatch, secrets)  # type: ignore[arg-type]


async def test_where_all_comes_by_socket_there_is_no_way_in_over_http(
    serve: Serve, door: Door
) -> None:
    url = await serve(a_front_door(door.dispatch, None))
    door.url = f"{url}/slack/events"

    assert (await door.signed(form()))[0] == 404
    async with door.session.get(f"{url}/healthz") as reply:
        assert reply.status == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "the payload was 5 kg"},
        {"channel_name": "payload-team"},
        {"text": "payload=1&payload={}"},
        {"text": "ünïcode ☃ %zz \n <@U1|ann>"},
        {"text": ""},
    ],
)
async def test_commands_arrive_word_for_word(door: Door, fields: dict[str, str]) -> None:
    assert await door.signed(form(**fields)) == (200, "done")

    assert door.seen[0].body == {**COMMAND, **fields}
    assert door.seen[0].mode == "socket_mode"
    assert door.seen[0].raw_body == ""


async def test_a_click_arrives_as_the_object_in_its_payload(door: Door) -> None:
    assert (await door.signed(interactive(CLICK)))[0] == 200

    assert door.seen[0].body == CLICK


async def test_an_event_arrives_as_it_is(door: Door) -> None:
    event = {"type": "event_callback", "team_id": "T1", "event": {"type": "app_mention"}}

    assert (await door.signed(json.dumps(event).encode(), kind=JSON))[0] == 200

    assert door.seen[0].body == event


async def test_slacks_own_questions_are_answered_at_the_door(door: Door) -> None:
    challenge = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()

    assert await door.signed(challenge, kind="application/json; charset=utf-8") == (200, "abc")
    assert await door.signed(b"ssl_check=1&token=x") == (200, "")

    assert door.seen == []


async def test_both_secrets_open_while_they_are_rotated(door: Door) -> None:
    assert (await door.signed(form(text="1"), secret=OLD))[0] == 200
    assert (await door.signed(form(text="2"), secret=NEW))[0] == 200
    assert await door.signed(form(text="3"), secret="stolen") == (401, "")


async def test_the_same_bytes_again_are_not_carried_out(door: Door) -> None:
    assert await door.signed(form()) == (200, "done")
    assert await door.signed(form()) == (200, "")

    assert len(door.seen) == 1


async def test_what_failed_may_come_again(door: Door) -> None:
    door.answer = BoltResponse(status=500)
    assert (await door.signed(form()))[0] == 500
    door.answer = BoltResponse(status=200)
    assert (await door.signed(form()))[0] == 200

    assert len(door.seen) == 2


@pytest.mark.parametrize("skew", [-301, 301, 10**9])
async def test_old_and_future_signatures_are_refused(door: Door, skew: int) -> None:
    assert await door.signed(form(), at=NOW + skew) == (401, "")


@pytest.mark.parametrize("skew", [-300, 300])
async def test_five_minutes_of_skew_are_borne(door: Door, skew: int) -> None:
    assert (await door.signed(form(), at=NOW + skew))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Slack_Request_Timestamp": str(NOW)},
        {"X_Slack_Signature": "v0=" + "0" * 64, "X_Slack_Request_Timestamp": "now"},
        {"X_Slack_Signature": "v0=" + "0" * 64, "X_Slack_Request_Timestamp": "٣"},
        {"X_Slack_Signature": "v0=" + "0" * 64, "X_Slack_Request_Timestamp": f"{NOW}.5"},
        {"X_Slack_Signature": "v0=" + "é" * 64, "X_Slack_Request_Timestamp": str(NOW)},
        {"X_Slack_Signature": "v0=" + "0" * 64, "X_Slack_Request_Timestamp": str(NOW)},
        {"X_Slack_Signature": "v1=" + "0" * 64, "X_Slack_Request_Timestamp": str(NOW)},
    ],
)
async def test_everything_unsigned_gets_401_and_nothing_else(
    door: Door, headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    assert await door.send(b'{"secret words":', **headers) == (401, "")

    assert door.seen == []
    assert "secret words" not in caplog.text


async def test_a_compressed_body_is_not_even_opened(door: Door) -> None:
    """The signature is of the words inside: only the packing is wrong."""
    packed, headers = gzip.compress(form()), signature(form())

    assert await door.send(packed, Content_Encoding="gzip", **headers) == (401, "")
    assert door.seen == []


async def test_too_much_is_refused(door: Door) -> None:
    body = b"text=" + b"x" * BODY_BYTES_MOST

    assert (await door.signed(body))[0] == 413


async def test_too_much_without_a_length_is_refused(door: Door) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"x" * 65_536

    headers = {name.replace("_", "-"): value for name, value in signature(b"").items()}
    async with door.session.post(door.url, data=chunks(), headers=headers) as reply:
        assert reply.status == 413


async def test_a_body_that_does_not_come_is_not_waited_for(door: Door) -> None:
    parts = urlsplit(door.url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    headers = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in signature(b"").items())
    writer.write(
        f"POST {parts.path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 9\r\n\r\n".encode()
    )

    async with asyncio.timeout(4):
        status = await reader.readline()
    writer.close()
    await writer.wait_closed()

    assert status.split()[1] == b"401"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", FORM, 404),
        (b"%ff", FORM, 400),
        (b"command=%ff", FORM, 400),
        (b"command=a&command=b", FORM, 400),
        (b"command=a&payload=%7B%7D", FORM, 400),
        (b"payload=", FORM, 400),
        (b"payload=%5B%5D", FORM, 400),
        (b"payload=5", FORM, 400),
        (b"payload=%7B%7D", FORM, 404),
        (b"a=b", FORM, 404),
        (b"command=/factcheck", FORM, 404),
        ("text=é".encode(), FORM, 400),
        (b"{", JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"type": NaN}', JSON, 400),
        (b'{"type": "event_callback", "event": {"type": "\\ud800"}}', JSON, 400),
        (b'{"type": 5}', JSON, 404),
        (b"\xff\xfe", JSON, 400),
        (b'{"type": "block_actions", "team": 5}', JSON, 404),
        (b'{"type": "event_callback", "event": 5}', JSON, 404),
        (b'{"type": "event_callback", "event": {"type": "x", "user": 5}}', JSON, 400),
        (b"{}", "text/plain", 400),
        (b"{}", "multipart/form-data; boundary=x", 400),
    ],
)
async def test_signed_garbage_is_refused(door: Door, body: bytes, kind: str, status: int) -> None:
    assert await door.signed(body, kind=kind) == (status, "")

    assert door.seen == []


async def test_of_the_headers_only_slacks_retry_ones_pass(door: Door) -> None:
    more = {"X_Slack_Retry_Num": "1", "X_Slack_Retry_Reason": "http_timeout"}

    await door.signed(form(), X_Slack_Bolt_Lazy_Only="1", Cookie="a=b", **more)

    assert door.seen[0].headers == {
        "x-slack-retry-num": ["1"],
        "x-slack-retry-reason": ["http_timeout"],
    }
    assert not door.seen[0].lazy_only


async def test_a_bug_behind_the_door_asks_slack_to_come_again(
    serve: Serve, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: AsyncBoltRequest) -> BoltResponse:
        raise RuntimeError("a bug")

    door.url = await serve(a_front_door(broken, [NEW])) + "/slack/events"

    assert await door.signed(form(text="private words")) == (503, "")
    assert "a bug" in caplog.text
    assert "private words" not in caplog.text


async def test_health_needs_no_signature(door: Door) -> None:
    url = door.url.replace("/slack/events", "/healthz")
    async with door.session.get(url) as reply:
        assert (reply.status, await reply.text()) == (200, "ok")
