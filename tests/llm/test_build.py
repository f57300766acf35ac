"""Which model the settings mean, and what is said when they mean none."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from bot.llm.build import open_model
from bot.llm.errors import NoModel
from bot.llm.openai import OpenAIModel
from bot.llm.retrying import Retrying
from bot.llm.simulated import SimulatedModel
from bot.runs.ports import ModelFor
from patterns.errors import ModelUnavailable
from patterns.fanout import Limits
from patterns.ports import SILENT, Model
from patterns.recipes.factcheck import factcheck
from patterns.task import Task
from patterns.testing import ListSink
from tests.conftest import Serve
from tests.fakes import model_server as served
from tests.fakes.model_server import ModelServer
from tests.llm.questions import ballot


def opening(
    name: str | None = None,
    *,
    key: str | None = None,
    url: str | None = None,
    seconds: float = 10,
):
    return open_model(
        name=name, api_key=key, base_url=url, attempt_seconds=seconds, simulated_pace=0
    )


def inside(model_for: ModelFor) -> Model:
    ring = model_for(SILENT)
    assert isinstance(ring, Retrying)
    return ring._model


async def test_simulated_needs_nothing() -> None:
    async with opening("simulated") as model_for:
        assert isinstance(model_for(SILENT), SimulatedModel)


async def test_simulated_wins_over_a_key() -> None:
    async with opening("simulated", key="sk-1", url="http://127.0.0.1:1/v1") as model_for:
        assert isinstance(model_for(SILENT), SimulatedModel)


async def test_a_key_alone_is_openai_with_a_small_model() -> None:
    async with opening(key="sk-1") as model_for:
        model = inside(model_for)

        assert isinstance(model, OpenAIModel)
        assert model._name == "gpt-5-mini"
        assert str(model._client.base_url) == "https://api.openai.com/v1/"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "No model is configured. Set OPENAI_API_KEY"),
        ({"name": "gpt-5-mini"}, "No model is configured"),
        ({"key": "", "url": ""}, "No model is configured"),
        ({"url": "http://127.0.0.1:1/v1"}, "set QUORUM_MODEL to a model that your server has"),
        ({"url": "127.0.0.1:1", "name": "m"}, "OPENAI_BASE_URL"),
        ({"url": "ftp://x/v1", "name": "m"}, "OPENAI_BASE_URL"),
        ({"url": "http://x:port/v1", "name": "m"}, "OPENAI_BASE_URL"),
        ({"key": "sk-é"}, "OPENAI_API_KEY"),
        ({"key": "sk-1\nx"}, "OPENAI_API_KEY"),
    ],
)
async def test_a_missing_or_broken_setting_is_one_sentence(
    settings: dict[str, str], sentence: str
) -> None:
    with pytest.raises(NoModel, match=sentence) as caught:
        async with opening(**settings):
            pass

    assert "\n" not in str(caught.value)


async def test_a_server_of_ones_own_needs_no_key(serve: Serve) -> None:
    url = await serve(ModelServer().app())

    async with opening("mine", url=f"{url}/v1") as model_for:
        reply = await model_for(SILENT).ask(ballot())

    assert reply.model == "mine-served"


async def test_a_busy_server_is_asked_again_and_people_see_it(serve: Serve) -> None:
    busy = served.fails(429, retry_after_ms="1")
    server = ModelServer(lambda asked: busy if asked.number == 1 else None)
    url = await serve(server.app())
    sink = ListSink()

    async with opening("mine", url=f"{url}/v1") as model_for:
        reply = await model_for(sink).ask(ballot())

    assert reply.usage.calls == server.calls == 2
    assert len(sink.events) == 1


@pytest.mark.parametrize("turn", [served.hangs(), served.trickles()], ids=["hangs", "trickles"])
async def test_a_server_that_does_not_come_to_an_end_is_left(
    serve: Serve, turn: served.Turn
) -> None:
    """Trickling bytes keep a library's timeout from ever firing; ours ends the attempt."""
    server = ModelServer(lambda _: turn)
    url = await serve(server.app())

    async with opening("mine", url=f"{url}/v1", seconds=0.15) as model_for:
        ring = Retrying(inside(model_for), SILENT, attempt_seconds=0.15, attempts=1)
        with pytest.raises(ModelUnavailable):
            await ring.ask(ballot())


async def test_without_the_ring_the_client_ends_a_hanging_call_too(serve: Serve) -> None:
    url = await serve(ModelServer(lambda _: served.hangs()).app())

    async with opening("mine", url=f"{url}/v1", seconds=0.1) as model_for:
        with pytest.raises(ModelUnavailable, match="did not answer in time"):
            await inside(model_for).ask(ballot())


async def test_a_cancelled_call_lets_go_of_its_connection(serve: Serve) -> None:
    server = ModelServer(lambda _: served.hangs())
    url = await serve(server.app())

    async with opening("mine", url=f"{url}/v1") as model_for:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await model_for(SILENT).ask(ballot())

        async with asyncio.timeout(5):
            while server.at_once:
                await asyncio.sleep(0.01)

    assert server.calls == 1


async def test_a_panel_of_hundreds_goes_side_by_side(serve: Serve) -> None:
    """The server answers nobody before all are there."""
    all_here = asyncio.Event()

    def script(asked: served.Asked) -> served.Turn:
        if asked.number == 300:
            all_here.set()

        async def turn(request: web.Request, asked: served.Asked) -> web.StreamResponse:
            await all_here.wait()
            return await served.says(asked.answer())(request, asked)

        return turn

    server = ModelServer(script)
    url = await serve(server.app())

    async with opening("mine", url=f"{url}/v1") as model_for:
        task, limits = Task(text="Bats are blind", voters=300), Limits(width=300)
        verdict = await factcheck(task, model_for(SILENT), SILENT, limits)

    assert len(verdict.votes) == server.calls == server.most_at_once == 300


async def test_a_proxy_that_the_machine_names_is_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ModelServer()
    monkeypatch.setenv("HTTP_PROXY", await serve(server.app()))

    async with opening("mine", url="http://model.invalid/v1") as model_for:
        await model_for(SILENT).ask(ballot())

    assert server.calls == 1


async def test_a_server_on_this_machine_may_be_kept_from_the_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ModelServer()
    url = await serve(server.app())
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    async with opening("mine", url=f"{url}/v1") as model_for:
        await model_for(SILENT).ask(ballot())

    assert server.calls == 1
