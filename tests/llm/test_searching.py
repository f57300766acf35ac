"""Searches of the web over HTTP, against everything that a model's server may do with them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

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
from tests.fakes.model_server import Asked, ModelServer, Turn, finds
from tests.fakes.schema_filler import PAGES
from tests.llm.conftest import Searching, call
from tests.llm.questions import Pages, search

NO_SEARCH = "this model server has no web search"
UNKNOWN_TOOL = "Invalid value: 'web_search'. Supported values are: 'function'."
NOT_THIS_MODEL = "Hosted tool 'web_search' is not supported with house-model."


def always(turn: Turn) -> Callable[[Asked], Turn]:
    return lambda _: turn


async def failure(searching: Searching, server: ModelServer) -> PatternError:
    sender = await searching(server)
    with pytest.raises(PatternError) as caught:
        await sender.send(call(search()))
    return caught.value


async def test_the_request_asks_for_a_search_its_sources_and_a_strict_shape(
    searching: Searching,
) -> None:
    server = ModelServer()
    sender = await searching(server)

    await sender.send(call(search()))

    (asked,) = server.asked
    assert asked.model == "house-model"
    assert [message["role"] for message in asked.messages] == ["system", "user"]
    assert asked.body["tools"] == [{"type": "web_search"}]
    assert asked.body["tool_choice"] == "required"
    assert asked.body["include"] == ["web_search_call.action.sources"]
    assert asked.body["max_tool_calls"] == 3
    assert asked.body["store"] is False, "nothing is kept there"
    shape = asked.body["text"]["format"]
    assert (shape["type"], shape["name"], shape["strict"]) == ("json_schema", "Pages", True)
    assert asked.schema["additionalProperties"] is False
    assert asked.most == 500


async def test_the_answer_comes_with_the_pages_that_were_found_and_what_it_took(
    searching: Searching,
) -> None:
    sender = await searching(ModelServer(always(finds(searches=2))))

    completion = await sender.send(call(search()))

    assert Pages.model_validate_json(completion.text)
    assert completion.found == frozenset(PAGES)
    assert completion.model == "house-model-served"
    assert completion.usage.calls == 1
    assert completion.usage.input_tokens > 10_000
    assert completion.usage.output_tokens > 0
    assert completion.usage.searches == 2


async def test_cited_pages_count_as_found_and_opened_ones_do_not(searching: Searching) -> None:
    """A model may open any address, its own inventions too."""
    turn = finds(found=(), cited=["https://cited.example/"], opened=["https://opened.example/"])
    sender = await searching(ModelServer(always(turn)))

    completion = await sender.send(call(search()))

    assert completion.found == {"https://cited.example/"}
    assert completion.usage.searches == 1, "opening a page is no search"


async def test_the_servers_own_count_of_billed_searches_is_taken(searching: Searching) -> None:
    sender = await searching(ModelServer(always(finds(searches=3, billed=2))))

    assert (await sender.send(call(search()))).usage.searches == 2


async def test_several_queries_at_once_are_several_searches(searching: Searching) -> None:
    action = {"type": "search", "queries": ["a", "b", "c"]}
    message = {"type": "message", "content": [{"type": "output_text", "text": "{}"}]}
    output = [{"type": "web_search_call", "action": action}, message]
    sender = await searching(ModelServer(always(finds(output=output))))

    assert (await sender.send(call(search()))).usage.searches == 3


@pytest.mark.parametrize(
    ("turn", "error", "words"),
    [
        (served.truncated(), AnswerUnusable, "cut short"),
        (served.says("{}", finish_reason="content_filter"), ModelRefused, "declined"),
        (served.refuses(), ModelRefused, "declined"),
        (served.says(None), ModelRefused, "no answer"),
        (finds(status="failed"), ModelUnavailable, "trouble"),
        (served.fails(404), ModelRefused, NO_SEARCH),
        (served.fails(405), ModelRefused, NO_SEARCH),
        (served.fails(501), ModelRefused, NO_SEARCH),
        (served.fails(400, text=UNKNOWN_TOOL), ModelRefused, NO_SEARCH),
        (served.fails(400, text=NOT_THIS_MODEL), ModelRefused, NO_SEARCH),
        (served.fails(422, text="unexpected field: tools"), ModelRefused, NO_SEARCH),
        (served.fails(400, text="something else"), ModelRefused, "did not accept"),
        (served.fails(404, "model_not_found"), ModelDenied, "QUORUM_MODEL"),
        (served.fails(401), ModelDenied, "OPENAI_API_KEY"),
        (served.fails(429), ModelBusy, "busy"),
        (served.fails(500), ModelUnavailable, "trouble"),
        (served.resets(), ModelUnavailable, "connection"),
        (served.sends("<html>Hi</html>", kind="text/html"), ModelUnavailable, "no answer"),
        (served.sends('{"output": null}'), ModelUnavailable, "no answer"),
        (served.sends('{"output": []}'), ModelRefused, "no answer"),
        (served.sends('{"choices": []}'), ModelUnavailable, "no answer"),
    ],
)
async def test_every_failure_has_its_kind_and_says_so_in_our_words(
    searching: Searching, turn: Turn, error: type[PatternError], words: str
) -> None:
    caught = await failure(searching, ModelServer(always(turn)))

    assert type(caught) is error
    assert words in str(caught)


async def test_a_server_that_only_knows_chats_has_no_web_search(searching: Searching) -> None:
    caught = await failure(searching, ModelServer(responses=False))

    assert str(caught) == NO_SEARCH
    assert isinstance(caught, ModelError)
    assert caught.usage == Usage(calls=1)


@pytest.mark.parametrize(
    "beside",
    [
        {"usage": "free", "tool_usage": 3},
        {"usage": {"input_tokens": 4, "output_tokens": 0}},
        {"usage": {"input_tokens": "n/a"}, "tool_usage": {"web_search": None}},
        {"model": 7, "usage": None},
    ],
    ids=json.dumps,
)
async def test_nonsense_beside_a_good_answer_does_not_lose_it(
    searching: Searching, beside: dict[str, object]
) -> None:
    sender = await searching(ModelServer(always(finds("{}", **beside))))

    completion = await sender.send(call(search()))

    assert completion.text == "{}"
    assert completion.usage == Usage(), "nobody knows"


@pytest.mark.parametrize(
    "item",
    [
        {"type": "web_search_call"},
        {"type": "web_search_call", "action": 4},
        {"type": "web_search_call", "action": {"type": "search", "sources": "all"}},
        {"type": "web_search_call", "action": {"type": "search", "sources": [None, {"url": 4}]}},
        {"type": "message", "content": 9},
        {"type": "mcp_call", "content": [{"type": "output_text", "text": "not me"}]},
        {},
    ],
    ids=json.dumps,
)
async def test_steps_that_nobody_knows_are_stepped_over(
    searching: Searching, item: dict[str, object]
) -> None:
    message = {"type": "message", "content": [{"type": "output_text", "text": "{}"}]}
    sender = await searching(ModelServer(always(finds(output=[item, message]))))

    completion = await sender.send(call(search()))

    assert completion.text == "{}"
    assert completion.found == frozenset()


async def test_what_a_model_says_before_it_searches_is_no_part_of_its_answer(
    searching: Searching,
) -> None:
    said = [
        {"type": "message", "content": [{"type": "output_text", "text": text}]}
        for text in ("I will look it up.", "{}")
    ]
    sender = await searching(ModelServer(always(finds(output=said))))

    assert (await sender.send(call(search()))).text == "{}"
