"""Which model the settings mean, and what is said when they mean none."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from bot.calls.answering import Answering
from bot.calls.port import Sender
from bot.calls.prices import UNPRICED, load
from bot.llm.build import Bounds, open_model
from bot.llm.errors import NoModel
from bot.llm.openai import MOST_OUTPUT, MOST_OUTPUT_ELSEWHERE, OpenAISender
from bot.llm.simulated import NAME, SimulatedSender
from bot.runs.ports import Errand, ModelFor
from patterns.errors import ModelUnavailable
from patterns.events import BranchProgress
from patterns.fanout import Limits
from patterns.ports import SILENT
from patterns.recipes.factcheck import factcheck
from patterns.task import Task
from patterns.testing import ListSink
from tests.conftest import Serve
from tests.fakes import model_server as served
from tests.fakes.model_server import Metered, ModelServer
from tests.llm.conftest import call, quiet
from tests.llm.questions import ballot


def opening(
    name: str | None = None,
    *,
    key: str | None = None,
    url: str | None = None,
    seconds: float = 10,
    bounds: Bounds = Bounds(),
):
    return open_model(
        name=name,
        api_key=key,
        base_url=url,
        attempt_seconds=seconds,
        simulated_pace=0,
        bounds=bounds,
    )


def sender(model_for: ModelFor) -> Sender:
    model = model_for(Errand())
    assert isinstance(model, Answering)
    return model._sending._sender


async def test_simulated_needs_nothing() -> None:
    async with opening("simulated") as model_for:
        assert isinstance(sender(model_for), SimulatedSender)
        assert model_for.name == NAME
        assert model_for.price is UNPRICED


async def test_simulated_wins_over_a_key() -> None:
    async with opening("simulated", key="sk-1", url="http://127.0.0.1:1/v1") as model_for:
        assert isinstance(sender(model_for), SimulatedSender)


async def test_a_key_alone_is_openai_with_a_small_model_at_its_price() -> None:
    async with opening(key="sk-1") as model_for:
        model = sender(model_for)

        assert isinstance(model, OpenAISender)
        assert model.name == model_for.name == "gpt-5-mini"
        assert str(model._client.base_url) == "https://api.openai.com/v1/"
        assert model._most_output == MOST_OUTPUT
        assert model_for.price == load(None).of("gpt-5-mini", openai=True) != UNPRICED


@pytest.mark.parametrize(
    ("url", "openai"),
    [
        ("https://eu.api.openai.com/v1", True),
        ("http://api.openai.com.example/v1", False),
        ("http://my-api.openai.com/v1", False),
        ("http://localhost:1234/v1", False),
    ],
)
async def test_what_only_openai_knows_is_for_its_own_hosts(url: str, openai: bool) -> None:
    """The name of the limit of tokens, and the prices of a model of that name."""
    async with opening("gpt-5-mini", key="sk-1", url=url) as model_for:
        model = sender(model_for)

        assert isinstance(model, OpenAISender)
        assert model._most_output == (MOST_OUTPUT if openai else MOST_OUTPUT_ELSEWHERE)
        assert (model_for.price is not UNPRICED) == openai


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
        reply = await model_for(Errand()).ask(ballot())

    assert reply.model == "mine-served"


async def test_a_server_in_trouble_is_asked_again_and_people_see_it(serve: Serve) -> None:
    trouble = served.fails(500, retry_after_ms="1")
    server = ModelServer(lambda asked: trouble if asked.number == 1 else None)
    url = await serve(server.app())
    sink = ListSink()

    async with opening("mine", url=f"{url}/v1") as model_for:
        reply = await model_for(Errand(sink=sink)).ask(ballot())

    assert reply.usage.calls == server.calls == 2
    (event,) = sink.events
    assert isinstance(event, BranchProgress)
    assert event.note.startswith("the model is in trouble; trying again in")


async def test_a_busy_server_stops_everybody_until_it_lets_them_in(serve: Serve) -> None:
    busy = served.fails(429, retry_after_ms="50")
    server = ModelServer(lambda asked: busy if asked.number == 1 else None)
    url = await serve(server.app())

    async with opening("mine", url=f"{url}/v1") as model_for:
        reply = await model_for(Errand()).ask(ballot())

    assert reply.usage.calls == server.calls == 2
    assert server.asked[1].at - server.asked[0].at >= 0.05


async def test_the_limits_that_the_server_tells_are_kept(serve: Serve) -> None:
    """Nothing is set here; 20 requests come in at once, and it lets in 5 and then 100 a second."""
    server = ModelServer(limits=Metered(rpm=6000, tpm=None, burst=0.05))
    url = await serve(server.app())

    async with opening("mine", url=f"{url}/v1", bounds=Bounds(slots=2)) as model_for:
        model = model_for(Errand())
        replies = await asyncio.gather(*(model.ask(ballot(f"{n}")) for n in range(20)))

    assert len(replies) == 20
    assert server.calls - server.refused == 20


@pytest.mark.parametrize("turn", [served.hangs(), served.trickles()], ids=["hangs", "trickles"])
async def test_a_server_that_does_not_come_to_an_end_is_left_and_asked_again(
    serve: Serve, turn: served.Turn
) -> None:
    """Trickling bytes keep a library's timeout from ever firing; ours ends the attempt."""
    server = ModelServer(lambda asked: turn if asked.number == 1 else None)
    url = await serve(server.app())

    async with opening("mine", url=f"{url}/v1", seconds=0.3) as model_for:
        reply = await model_for(Errand()).ask(ballot())
        await quiet(server)

    assert reply.usage.calls == 2


async def test_the_client_ends_a_hanging_call_by_itself_too(serve: Serve) -> None:
    url = await serve(ModelServer(lambda _: served.hangs()).app())

    async with opening("mine", url=f"{url}/v1", seconds=0.1) as model_for:
        with pytest.raises(ModelUnavailable, match="did not answer in time"):
            await sender(model_for).send(call())


async def test_a_cancelled_question_lets_go_of_its_connection(serve: Serve) -> None:
    server = ModelServer(lambda _: served.hangs())
    url = await serve(server.app())

    async with opening("mine", url=f"{url}/v1") as model_for:
        task = asyncio.create_task(model_for(Errand()).ask(ballot()))
        while not server.at_once:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])

        await quiet(server)

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

    async with opening("mine", url=f"{url}/v1", bounds=Bounds(slots=300)) as model_for:
        task, limits = Task(text="Bats are blind", voters=300), Limits(width=300)
        verdict = await factcheck(task, model_for(Errand()), SILENT, limits)

    assert len(verdict.votes) == server.calls == server.most_at_once == 300


async def test_a_proxy_that_the_machine_names_is_used(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ModelServer()
    monkeypatch.setenv("HTTP_PROXY", await serve(server.app()))

    async with opening("mine", url="http://model.invalid/v1") as model_for:
        await model_for(Errand()).ask(ballot())

    assert server.calls == 1


async def test_a_server_on_this_machine_may_be_kept_from_the_proxy(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ModelServer()
    url = await serve(server.app())
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    async with opening("mine", url=f"{url}/v1") as model_for:
        await model_for(Errand()).ask(ballot())

    assert server.calls == 1
