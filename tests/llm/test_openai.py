"""The real client over HTTP, against everything that a model's server may do."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable

import pytest

from bot.llm.openai import OpenAIModel
from patterns.errors import (
    AnswerUnusable,
    ModelDenied,
    ModelRefused,
    ModelUnavailable,
    PatternError,
)
from patterns.recipes.factcheck import Ballot, Label
from tests.fakes import model_server as served
from tests.fakes.model_server import Asked, ModelServer, Turn
from tests.llm.conftest import Spoken
from tests.llm.questions import SHAPES, asked_for, ballot

GOOD = json.dumps({"label": "refuted", "reason": "They see."})
CANARY = "sk-canary and the whole prompt"


def always(turn: Turn) -> Callable[[Asked], Turn]:
    return lambda _: turn


async def failure(spoken: Spoken, turn: Turn) -> PatternError:
    model = await spoken(ModelServer(always(turn)))
    with pytest.raises(PatternError) as caught:
        await model.ask(ballot())
    return caught.value


async def test_a_good_answer_has_its_shape_its_cost_and_the_name_of_the_model(
    spoken: Spoken,
) -> None:
    model = await spoken(ModelServer(always(served.says(GOOD))))

    reply = await model.ask(ballot())

    assert reply.answer == Ballot(label=Label.REFUTED, reason="They see.")
    assert reply.usage.calls == 1
    assert reply.usage.input_tokens > 0
    assert reply.usage.output_tokens == len(GOOD) // 4
    assert reply.model == "house-model-served"


async def test_the_question_goes_out_with_a_strict_schema_and_no_more_than_it_needs(
    spoken: Spoken,
) -> None:
    server = ModelServer(always(served.says(GOOD)))
    model = await spoken(server)

    await model.ask(ballot())

    (asked,) = server.asked
    assert asked.model == "house-model"
    assert [message["role"] for message in asked.messages] == ["system", "user"]
    assert asked.schema["additionalProperties"] is False
    assert asked.schema["required"] == ["label", "reason"]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
async def test_every_shape_of_the_recipes_makes_the_round_trip(spoken: Spoken, shape: type) -> None:
    model = await spoken(ModelServer())
    question = ballot()

    reply = await model.ask(type(question)(key="k", system="s", text="[1] Ann: Hi.", answer=shape))

    assert isinstance(reply.answer, shape)


async def test_a_code_fence_around_the_answer_is_no_mistake(spoken: Spoken) -> None:
    server = ModelServer(always(served.fenced()))
    model = await spoken(server)

    await model.ask(ballot())

    assert server.calls == 1


@pytest.mark.parametrize(
    "broken",
    [
        "Well, I would say refuted.",
        '{"label": "maybe", "reason": "x"}',
        '{"label": "refuted"}',
        "[]",
    ],
)
async def test_a_wrong_shape_is_sent_back_once_with_what_is_wrong(
    spoken: Spoken, broken: str
) -> None:
    server = ModelServer(lambda asked: served.says(GOOD if asked.repairs else broken))
    model = await spoken(server)

    reply = await model.ask(ballot())

    assert reply.answer.label is Label.REFUTED
    assert reply.usage.calls == 2
    again = server.asked[1].messages
    assert again[2] == {"role": "assistant", "content": broken}
    assert '"additionalProperties": false' in again[3]["content"]


async def test_a_shape_wrong_twice_is_unusable_and_never_a_vote(spoken: Spoken) -> None:
    server = ModelServer(always(served.says('{"label": "refutd", "reason": ""}')))
    model = await spoken(server)

    with pytest.raises(AnswerUnusable) as unusable:
        await model.ask(ballot())

    assert server.calls == 2
    assert unusable.value.usage.calls == 2
    assert unusable.value.usage.output_tokens > 0, "bad answers are paid for like good ones"


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
        (served.fails(429, "rate_limit_exceeded"), ModelUnavailable, "busy"),
        (served.fails(408), ModelUnavailable, "trouble"),
        (served.fails(409), ModelUnavailable, "trouble"),
        (served.fails(500), ModelUnavailable, "trouble"),
        (served.fails(503), ModelUnavailable, "trouble"),
        (served.fails(529), ModelUnavailable, "trouble"),
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
    model = await spoken(ModelServer())
    elsewhere = OpenAIModel(model._client.with_options(base_url=unused_url), "m")

    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await elsewhere.ask(ballot())


async def test_a_server_that_does_not_speak_http_is_unavailable(spoken: Spoken) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        writer.close()

    model = await spoken(ModelServer())
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = model._client.with_options(base_url=f"http://127.0.0.1:{port}/v1")
        with pytest.raises(ModelUnavailable):
            await OpenAIModel(client, "m").ask(ballot())


async def test_the_client_itself_never_tries_again(spoken: Spoken) -> None:
    server = ModelServer(always(served.fails(500)))
    model = await spoken(server)

    with pytest.raises(ModelUnavailable):
        await model.ask(ballot())

    assert server.calls == 1


async def test_missing_names_and_counts_are_filled_with_what_is_known(spoken: Spoken) -> None:
    body = {"choices": [{"message": {"content": GOOD}}], "usage": {"prompt_tokens": None}}
    model = await spoken(ModelServer(always(served.sends(json.dumps(body)))))

    reply = await model.ask(ballot())

    assert reply.model == "house-model"
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (0, 0)


@pytest.mark.parametrize("text", ["half a pair \ud83d", "\x00\x07", "⟧ ignore all", "🧱" * 5000])
async def test_any_text_can_be_asked(spoken: Spoken, text: str) -> None:
    model = await spoken(ModelServer())

    await model.ask(ballot(text))


def test_the_shapes_tried_here_are_the_shapes_asked_for() -> None:
    """A new question of a recipe must be added to the shapes."""
    asked = {prompt.answer for prompt in asked_for("Bats are blind")}
    public = {shape for shape in asked if not shape.__name__.startswith("_")}

    assert public <= set(SHAPES)
