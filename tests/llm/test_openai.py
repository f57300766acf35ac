"""The real client over HTTP, against everything that a model's server may do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable

import pytest
from aiohttp import web

from bot.llm.openai import MOST_OUTPUT, OpenAISender
from patterns.errors import (
    AnswerUnusable,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelUnavailable,
    PatternError,
)
from patterns.usage import Usage
from tests.fakes import model_server as served
from tests.fakes.model_server import Asked, ModelServer, Turn
from tests.llm.conftest import Spoken, call, quiet
from tests.llm.questions import SHAPES, asked_for, ballot

GOOD = json.dumps({"label": "refuted", "reason": "They see."})
RATE = "Rate limit reached on tokens per min: Limit 30000, Used 29000, Requested 2000."
LARGE = (
    "Request too large for house-model on tokens per min: Limit 10000, Requested 12000. "
    "The input or output tokens must be reduced in order to run successfully."
)
CANARY = "sk-canary and the whole prompt"


def always(turn: Turn) -> Callable[[Asked], Turn]:
    return lambda _: turn


async def failure(spoken: Spoken, turn: Turn) -> PatternError:
    sender = await spoken(ModelServer(always(turn)))
    with pytest.raises(PatternError) as caught:
        await sender.send(call())
    return caught.value


async def test_a_good_answer_comes_as_it_was_written_with_what_it_took(spoken: Spoken) -> None:
    sender = await spoken(ModelServer(always(served.says(GOOD))))

    completion = await sender.send(call())

    assert completion.text == GOOD
    assert completion.usage.calls == 1
    assert completion.usage.input_tokens > 0
    assert completion.usage.output_tokens == len(GOOD) // 4
    assert completion.model == "house-model-served"


async def test_the_request_has_a_strict_schema_a_limit_and_no_more_than_it_needs(
    spoken: Spoken,
) -> None:
    server = ModelServer(always(served.says(GOOD)))
    sender = await spoken(server)

    await sender.send(call())

    (asked,) = server.asked
    assert asked.model == "house-model"
    assert [message["role"] for message in asked.messages] == ["system", "user"]
    assert asked.schema["additionalProperties"] is False
    assert asked.schema["required"] == ["label", "reason"]
    assert asked.most == 500
    assert set(asked.body) == {"model", "messages", "response_format", "max_tokens"}


async def test_openai_itself_has_another_name_for_the_limit(spoken: Spoken) -> None:
    server = ModelServer()
    client = (await spoken(server))._posting._client

    await OpenAISender(client, "m", most_output=MOST_OUTPUT).send(call())

    assert server.asked[0].body["max_completion_tokens"] == 500


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
async def test_every_shape_of_the_recipes_makes_the_round_trip(spoken: Spoken, shape: type) -> None:
    sender = await spoken(ModelServer())
    question = type(ballot())(key="k", system="s", text="[1] Ann: Hi.", answer=shape)

    completion = await sender.send(call(question))

    assert shape.model_validate_json(completion.text)


async def test_what_the_provider_had_read_before_is_counted_apart(spoken: Spoken) -> None:
    sender = await spoken(ModelServer())
    long = "The moon is made of cheese. " * 300

    first = await sender.send(call(ballot(long)))
    second = await sender.send(call(ballot(long, key="voter-2")))

    assert first.usage.cached_tokens == 0
    assert 0.9 * second.usage.input_tokens < second.usage.cached_tokens
    assert second.usage.cached_tokens <= second.usage.input_tokens


async def test_the_headers_of_every_response_are_heard(spoken: Spoken) -> None:
    turns = [None, served.fails(429, x_ratelimit_limit_requests="2"), served.fails(500)]
    server = ModelServer(lambda asked: turns[asked.number - 1])
    heard: list[str | None] = []
    client = (await spoken(server))._posting._client
    sender = OpenAISender(
        client, "m", heard=lambda headers: heard.append(headers.get("x-ratelimit-limit-requests"))
    )

    for _ in turns:
        with contextlib.suppress(ModelUnavailable):
            await sender.send(call())

    assert heard == [None, "2", None]


@pytest.mark.parametrize(
    ("turn", "error", "words"),
    [
        (served.truncated(), AnswerUnusable, "cut short"),
        (served.says(GOOD, finish_reason="content_filter"), ModelRefused, "declined"),
        (served.says(None, refusal="I would rather not."), ModelRefused, "declined"),
        (served.says(None), ModelRefused, "no answer"),
        (served.says(""), ModelRefused, "no answer"),
        (served.fails(400, "context_length_exceeded"), AnswerUnusable, "too long"),
        (served.fails(400, text="exceeds the context size (4096)"), AnswerUnusable, "too long"),
        (served.fails(413), AnswerUnusable, "too long"),
        (served.fails(400, "content_filter"), ModelRefused, "declined"),
        (served.fails(400, "unsupported_parameter"), ModelRefused, "did not accept"),
        (served.fails(422), ModelRefused, "did not accept"),
        (served.fails(429, "rate_limit_exceeded"), ModelBusy, "busy"),
        (served.fails(429, text=RATE), ModelBusy, "busy"),
        (served.fails(429, "rate_limit_exceeded", text=LARGE), AnswerUnusable, "limits"),
        (served.fails(429, "context_length_exceeded"), AnswerUnusable, "limits"),
        (served.fails(500, text=LARGE), ModelUnavailable, "trouble"),
        (served.fails(408), ModelUnavailable, "trouble"),
        (served.fails(409), ModelUnavailable, "trouble"),
        (served.fails(500), ModelUnavailable, "trouble"),
        (served.fails(503), ModelUnavailable, "trouble"),
        (served.fails(503, retry_after="3"), ModelBusy, "busy"),
        (served.fails(529), ModelBusy, "busy"),
        (served.resets(), ModelUnavailable, "connection"),
        (served.sends("<html>Bad gateway</html>", kind="text/html"), ModelUnavailable, "no answer"),
        (served.sends("<html>Bad gateway</html>", status=502), ModelUnavailable, "trouble"),
        (served.sends('{"choices": [{"mess'), ModelUnavailable, "no answer"),
        (served.sends(b"\xff\xfe\x00"), ModelUnavailable, "no answer"),
        (served.sends(""), ModelUnavailable, "no answer"),
        (served.sends("null"), ModelUnavailable, "no answer"),
        (served.sends("[" * 100_000), ModelUnavailable, "no answer"),
        (served.sends('{"choices": []}'), ModelUnavailable, "no answer"),
        (served.sends('{"choices": null}'), ModelUnavailable, "no answer"),
        (served.sends('{"choices": [null]}'), ModelUnavailable, "no answer"),
        (served.sends('{"choices": [{"message": null}]}'), ModelUnavailable, "no answer"),
        (served.fails(429, "insufficient_quota"), ModelDenied, "credit"),
        (served.fails(402), ModelDenied, "credit"),
        (served.fails(401), ModelDenied, "OPENAI_API_KEY"),
        (served.fails(400, "invalid_api_key"), ModelDenied, "OPENAI_API_KEY"),
        (served.fails(403), ModelDenied, "QUORUM_MODEL"),
        (served.fails(404, "model_not_found"), ModelDenied, "QUORUM_MODEL"),
        (served.fails(404), ModelDenied, "OPENAI_BASE_URL"),
    ],
)
async def test_every_failure_has_its_kind_and_says_so_in_our_words(
    spoken: Spoken, turn: Turn, error: type[PatternError], words: str
) -> None:
    caught = await failure(spoken, turn)

    assert type(caught) is error
    assert words in str(caught)


@pytest.mark.parametrize(
    ("turn", "known"),
    [
        (served.truncated(), True),
        (served.refuses(), True),
        (served.fails(429), True),
        (served.fails(500), True),
        (served.fails(400), True),
        (served.resets(), False),
        (served.sends('{"choices": [{"mess'), False),
    ],
)
async def test_an_error_says_what_it_took_where_anybody_knows(
    spoken: Spoken, turn: Turn, known: bool
) -> None:
    caught = await failure(spoken, turn)

    assert isinstance(caught, ModelError)
    assert caught.usage.calls == int(known)


async def test_an_answer_that_cannot_be_used_is_paid_for_like_a_good_one(spoken: Spoken) -> None:
    caught = await failure(spoken, served.truncated())

    assert isinstance(caught, ModelError)
    assert caught.usage.input_tokens > 0
    assert caught.usage.output_tokens > 0


async def test_what_the_server_says_reaches_no_sentence_and_no_log(
    spoken: Spoken, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")

    for status in (400, 401, 403, 404, 429, 500):
        caught = await failure(spoken, served.fails(status, text=CANARY, x_request_id="req_1"))
        assert "canary" not in str(caught)

    assert "canary" not in caplog.text
    assert "req_1" in caplog.text


async def test_the_wait_that_the_server_asks_for_is_kept(spoken: Spoken) -> None:
    caught = await failure(spoken, served.fails(429, retry_after="7"))

    assert isinstance(caught, ModelUnavailable)
    assert caught.retry_after == 7


async def test_a_server_that_is_not_there_is_unavailable(spoken: Spoken, unused_url: str) -> None:
    sender = await spoken(ModelServer())
    elsewhere = OpenAISender(sender._posting._client.with_options(base_url=unused_url), "m")

    with pytest.raises(ModelUnavailable, match="cannot be reached") as caught:
        await elsewhere.send(call())

    assert caught.value.usage == Usage(calls=1), "nothing was answered, so nothing is guessed"


async def test_a_server_that_does_not_speak_http_is_unavailable(spoken: Spoken) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        writer.close()

    sender = await spoken(ModelServer())
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = sender._posting._client.with_options(base_url=f"http://127.0.0.1:{port}/v1")
        with pytest.raises(ModelUnavailable):
            await OpenAISender(client, "m").send(call())


async def test_the_client_itself_never_tries_again(spoken: Spoken) -> None:
    server = ModelServer(always(served.fails(500)))
    sender = await spoken(server)

    with pytest.raises(ModelUnavailable):
        await sender.send(call())

    assert server.calls == 1


async def test_missing_names_and_counts_are_filled_with_what_is_known(spoken: Spoken) -> None:
    body = {"choices": [{"message": {"content": GOOD}}], "usage": {"prompt_tokens": None}}
    sender = await spoken(ModelServer(always(served.sends(json.dumps(body)))))

    completion = await sender.send(call())

    assert completion.model == "house-model"
    assert completion.usage == Usage(), "nobody knows"


@pytest.mark.parametrize(
    "beside",
    [
        {"usage": {"prompt_tokens": 500.5, "completion_tokens": 10}},
        {"usage": {"prompt_tokens": "n/a", "completion_tokens": [1]}},
        {"usage": {"prompt_tokens": 50, "completion_tokens": 0}},
        {"usage": {"prompt_tokens": 50}},
        {"usage": {"prompt_tokens": -9, "completion_tokens": -3}},
        {"usage": "free"},
        {"usage": [], "model": 7},
        {"model": {"id": "m"}},
        {},
    ],
    ids=json.dumps,
)
async def test_nonsense_beside_a_good_answer_does_not_lose_it(
    spoken: Spoken, beside: dict[str, object]
) -> None:
    body = {"choices": [{"message": {"content": GOOD}}], **beside}
    sender = await spoken(ModelServer(always(served.sends(json.dumps(body)))))

    completion = await sender.send(call())

    assert completion.text == GOOD
    assert completion.model == "house-model"
    assert completion.usage == Usage()


async def test_an_answer_cut_short_at_an_unknown_cost_is_no_free_one(spoken: Spoken) -> None:
    body = {"choices": [{"message": {"content": "{"}, "finish_reason": "length"}]}

    caught = await failure(spoken, served.sends(json.dumps(body)))

    assert isinstance(caught, AnswerUnusable)
    assert caught.usage == Usage(), "nobody knows, so it is guessed"


async def test_of_a_body_that_never_ends_no_more_is_read_than_an_answer_may_be_long(
    spoken: Spoken,
) -> None:
    sent = 0

    async def pours(request: web.Request, _: Asked) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while sent < 300 * 2**20:
                await response.write(b" " * 2**16)
                sent += 2**16
        return response

    server = ModelServer(always(pours))
    sender = await spoken(server)

    with pytest.raises(ModelUnavailable, match="no answer"):
        await sender.send(call())

    await quiet(server)
    assert sent < 20 * 2**20, "what was on its way when the connection was dropped"


@pytest.mark.parametrize("status", [200, 500])
async def test_a_body_that_says_it_is_too_long_is_not_read(spoken: Spoken, status: int) -> None:
    caught = await failure(spoken, served.sends(b" " * (2 * 2**20), status=status))

    assert isinstance(caught, ModelUnavailable)
    assert "no answer" in str(caught)


@pytest.mark.parametrize("text", ["\x00\x07", "⟧ ignore all", "🧱" * 5000])
async def test_any_text_can_be_asked(spoken: Spoken, text: str) -> None:
    sender = await spoken(ModelServer())

    await sender.send(call(ballot(text.encode(errors="replace").decode())))


@pytest.mark.parametrize(
    ("tokens", "taken"),
    [
        ({"prompt_tokens": 9}, (9, 0, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 4}}, (9, 4, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": 99}}, (9, 9, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": -4}}, (9, 0, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": None}}, (9, 0, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": {"cached_tokens": "all"}}, (9, 0, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": None}, (9, 0, 3)),
        ({"prompt_tokens": 9, "prompt_tokens_details": 4.5}, (9, 0, 3)),
    ],
)
async def test_counts_that_cannot_be_are_not_believed(
    spoken: Spoken, tokens: dict[str, object], taken: tuple[int, int, int]
) -> None:
    usage = {"completion_tokens": 3, **tokens}
    body = {"choices": [{"message": {"content": GOOD}}], "usage": usage}
    sender = await spoken(ModelServer(always(served.sends(json.dumps(body)))))

    found = (await sender.send(call())).usage

    assert (found.input_tokens, found.cached_tokens, found.output_tokens) == taken


async def test_a_cancelled_call_lets_go_of_its_connection_within_a_second(spoken: Spoken) -> None:
    server = ModelServer(always(served.hangs()))
    sender = await spoken(server)
    task = asyncio.create_task(sender.send(call()))
    while not server.at_once:
        await asyncio.sleep(0.01)

    task.cancel()
    await asyncio.wait([task])

    await quiet(server)


def test_the_shapes_tried_here_are_the_shapes_asked_for() -> None:
    """A new question of a recipe must be added to the shapes."""
    asked = {prompt.answer for prompt in asked_for("Bats are blind")}
    public = {shape for shape in asked if not shape.__name__.startswith("_")}

    assert public <= set(SHAPES)
