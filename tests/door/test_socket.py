"""Socket Mode: what comes over a socket is checked, carried out once, answered, and not lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from slack_bolt.response import BoltResponse

from bot.door.readiness import NotReady
from bot.door.socket import LONGEST_PAUSE, Sockets, sockets
from bot.door.timely import LATE
from tests.conftest import Serve
from tests.door.line import TOKEN, Line, Listener, envelope, event

JSON = {"content-type": ["application/json;charset=utf-8"]}


@dataclass
class Stage:
    line: Line
    listener: Listener
    door: Sockets
    pauses: list[float] = field(default_factory=list)


@asynccontextmanager
async def opened(
    serve: Serve, line: Line | None = None, *, connections: int = 1, seconds: float = 5
) -> AsyncIterator[Stage]:
    line, listener, pauses = line or Line(), Listener(), []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0 if len(pauses) < 5 else 60)

    url = await serve(line.app())
    async with sockets(
        listener.dispatch,
        app_token=TOKEN,
        api_url=f"{url}/api/",
        connections=connections,
        seconds=seconds,
        sleep=sleep,
    ) as door:
        stage = Stage(line, listener, door, pauses)
        if line.greets and not line.refusal:
            await line.until(lambda: len(line.sockets) >= connections)
            await until(lambda: door.connected == connections)
        yield stage


async def until(seen: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not seen():
            await asyncio.sleep(0.005)


async def test_a_command_is_carried_out_and_its_answer_is_in_the_envelope(serve: Serve) -> None:
    async with opened(serve) as stage:
        stage.listener.answer = BoltResponse(status=200, body="Usage: …")
        await stage.line.sockets[0].send_json(envelope("e1"))
        await stage.line.until(lambda: stage.line.answers)

    assert stage.listener.seen[0].body["command"] == "/factcheck"
    assert stage.listener.seen[0].mode == "socket_mode"
    assert stage.line.answers == [(0, {"envelope_id": "e1", "payload": {"text": "Usage: …"}})]


async def test_the_errors_of_a_form_are_in_the_envelope_as_they_are(serve: Serve) -> None:
    form = {"type": "view_submission", "user": {"id": "U1"}, "view": {"type": "modal"}}
    async with opened(serve) as stage:
        stage.listener.answer = BoltResponse(
            status=200, body='{"response_action": "errors"}', headers=JSON
        )
        await stage.line.sockets[0].send_json(envelope("e1", type="interactive", payload=form))
        await stage.line.until(lambda: stage.line.answers)

    (answer,) = stage.line.answers
    assert answer[1]["payload"] == {"response_action": "errors"}


async def test_an_answer_without_words_is_the_envelopes_name_alone(serve: Serve) -> None:
    async with opened(serve) as stage:
        await stage.line.sockets[0].send_json(envelope("e1"))
        stage.listener.answer = BoltResponse(status=200, body="no room for it")
        await stage.line.sockets[0].send_json(event("e2"))
        await stage.line.until(lambda: len(stage.line.answers) == 2)

    assert {"envelope_id": "e2"} in [answer for _, answer in stage.line.answers]


async def test_a_retry_looks_as_it_does_over_http(serve: Serve) -> None:
    async with opened(serve) as stage:
        again = event("e1", retry_attempt=2, retry_reason="timeout")
        await stage.line.sockets[0].send_json(again)
        await stage.line.until(lambda: stage.line.answers)

    assert stage.listener.seen[0].headers == {
        "x-slack-retry-num": ["2"],
        "x-slack-retry-reason": ["timeout"],
    }


async def test_the_same_envelope_twice_is_carried_out_once_and_answered_twice(serve: Serve) -> None:
    async with opened(serve) as stage:
        for answers in (1, 2):
            await stage.line.sockets[0].send_json(envelope("e1"))
            await stage.line.until(lambda: len(stage.line.answers) == answers)  # noqa: B023

    assert len(stage.listener.seen) == 1


async def test_an_envelope_that_comes_again_while_it_is_at_work_has_no_answer_of_its_own(
    serve: Serve,
) -> None:
    """Or Slack would be told that all is well before anybody knows."""
    async with opened(serve) as stage:
        stage.listener.go.clear()
        await stage.line.sockets[0].send_json(event("e1"))
        await until(lambda: len(stage.listener.seen) == 1)
        await stage.line.sockets[0].send_json(event("e1"))
        await stage.line.sockets[0].send_json(event("e2"))
        await until(lambda: len(stage.listener.seen) == 2)
        before = list(stage.line.answers)
        stage.listener.go.set()
        await stage.line.until(lambda: len(stage.line.answers) == 2)

    assert before == []
    assert {answer["envelope_id"] for _, answer in stage.line.answers} == {"e1", "e2"}


async def test_what_failed_is_not_answered_and_may_come_again(serve: Serve) -> None:
    async with opened(serve) as stage:
        stage.listener.answer = BoltResponse(status=503)
        await stage.line.sockets[0].send_json(event("e1"))
        await until(lambda: len(stage.listener.seen) == 1)
        stage.listener.answer = BoltResponse(status=200)
        await stage.line.sockets[0].send_json(event("e1"))
        await stage.line.until(lambda: stage.line.answers)

    assert len(stage.listener.seen) == 2
    assert stage.line.answers == [(0, {"envelope_id": "e1"})]


async def test_a_late_event_is_not_answered_but_goes_on(serve: Serve) -> None:
    async with opened(serve, seconds=0) as stage:
        stage.listener.go.clear()
        await stage.line.sockets[0].send_json(event("e1"))
        await stage.line.sockets[0].send_json(envelope("e2"))
        await stage.line.until(lambda: stage.line.answers)
        stage.listener.go.set()

    assert stage.line.answers == [(0, {"envelope_id": "e2", "payload": {"text": LATE}})]
    assert len(stage.listener.seen) == 2


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "{",
        "[]",
        '{"type": "slash_commands"}',
        '{"envelope_id": "e", "type": "slash_commands", "payload": {"text": "a canary"}}',
        '{"envelope_id": "e", "type": "events_api", "payload": {"type": "block_actions"}}',
        '{"envelope_id": "e", "type": "unheard_of", "payload": {"type": "event_callback"}}',
        '{"envelope_id": "e", "type": "interactive", "payload": 5}',
        '{"envelope_id": 5, "type": "events_api", "payload": {}}',
        '{"type": "hello", "reason": 5}',
    ],
)
async def test_garbage_is_passed_over_without_a_word_of_it(
    serve: Serve, garbage: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    async with opened(serve) as stage:
        await stage.line.sockets[0].send_str(garbage)
        await stage.line.sockets[0].send_bytes(b"\x00")
        await stage.line.sockets[0].send_json(envelope("e1"))
        await stage.line.until(lambda: stage.line.answers)

    assert len(stage.listener.seen) == 1
    assert "canary" not in caplog.text


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", ""])
async def test_a_connection_that_is_to_be_left_is_followed_by_another(
    serve: Serve, reason: str
) -> None:
    """What still comes over the old one counts, and is answered."""
    async with opened(serve) as stage:
        old = stage.line.sockets[0]
        await old.send_json({"type": "disconnect", "reason": reason})
        await stage.line.until(lambda: len(stage.line.sockets) == 2)
        await old.send_json(envelope("e1"))
        await stage.line.until(lambda: stage.line.answers)
        await old.close()
        await stage.line.sockets[1].send_json(envelope("e2"))
        await stage.line.until(lambda: len(stage.line.answers) == 2)

    assert [number for number, _ in stage.line.answers] == [0, 1]


async def test_an_answer_whose_connection_is_gone_takes_the_next_one(serve: Serve) -> None:
    async with opened(serve) as stage:
        stage.listener.go.clear()
        await stage.line.sockets[0].send_json(envelope("e1"))
        await until(lambda: stage.listener.seen)
        await stage.line.sockets[0].close()
        await stage.line.until(lambda: len(stage.line.sockets) == 2)
        stage.listener.go.set()
        await stage.line.until(lambda: stage.line.answers)

    assert stage.line.answers == [(1, {"envelope_id": "e1"})]


@pytest.mark.parametrize("reason", ["link_disabled", "too_many_websockets"])
async def test_where_slack_wants_no_connection_there_is_a_long_pause(
    serve: Serve, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(serve) as stage:
        await stage.line.sockets[0].send_json({"type": "disconnect", "reason": reason})
        await until(lambda: stage.pauses)

    assert stage.pauses[0] >= 0.8 * LONGEST_PAUSE
    assert [r.levelname for r in caplog.records if r.name == "bot.door.socket"] == ["ERROR"]


async def test_a_token_that_slack_refuses_is_said_and_tried_seldom(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    line = Line()
    line.refusal = "invalid_auth"
    async with opened(serve, line) as stage:
        await until(lambda: stage.pauses)
        with pytest.raises(NotReady):
            await stage.door.ready()

    assert stage.pauses[0] >= 0.8 * LONGEST_PAUSE
    assert "(invalid_auth): check SLACK_APP_TOKEN" in caplog.text
    assert TOKEN not in caplog.text


async def test_pauses_grow_while_nobody_is_there(serve: Serve, unused_tcp_port: int) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0 if len(pauses) < 12 else 60)

    nowhere = f"http://127.0.0.1:{unused_tcp_port}/api/"
    options = {"app_token": TOKEN, "api_url": nowhere, "connections": 1, "sleep": sleep}
    async with sockets(Listener().dispatch, **options):
        await until(lambda: len(pauses) == 12)

    assert pauses[0] <= 0.6
    assert 4 * pauses[0] < pauses[4] < pauses[8]
    assert max(pauses) <= 1.2 * LONGEST_PAUSE


async def test_ready_is_who_was_greeted(serve: Serve) -> None:
    line = Line()
    line.greets = False
    async with opened(serve, line) as stage:
        await line.until(lambda: line.sockets)
        with pytest.raises(NotReady, match="no socket"):
            await stage.door.ready()
        await line.sockets[0].send_json({"type": "hello"})
        await until(lambda: stage.door.connected)
        await stage.door.ready()


async def test_at_the_end_what_is_in_work_is_answered(serve: Serve) -> None:
    async with opened(serve, connections=2) as stage:
        stage.listener.go.clear()
        await stage.line.sockets[1].send_json(envelope("e1"))
        await until(lambda: stage.listener.seen)
        asyncio.get_running_loop().call_later(0.05, stage.listener.go.set)

    await stage.line.until(lambda: stage.line.answers)
    assert stage.line.answers == [(1, {"envelope_id": "e1"})]
