"""Which model the settings mean, and what is said when they mean none."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from bot.calls.answering import Answering
from bot.calls.port import Sender
from bot.calls.prices import UNPRICED, load
from bot.llm.build import Bounds, open_model
from bot.llm.errors import NoModel
from bot.llm.openai import MOST_OUTPUT, MOST_OUTPUT_ELSEWHERE, OpenAISender
from bot.llm.several import Several
from bot.llm.simulated import NAME, SimulatedSender
from bot.runs.ports import Errand, ModelFor
from patterns.errors import ModelRefused, ModelUnavailable
from patterns.events import BranchProgress
from patterns.testing import ListSink
from tests.conftest import Serve
from tests.fakes import model_server as served
from tests.fakes.model_server import Metered, ModelServer, finds
from tests.fakes.schema_filler import PAGES
from tests.llm.conftest import call, quiet
from tests.llm.questions import ballot, search


def opening(
    name: str | None = None,
    *,
    key: str | None = None,
    url: str | None = None,
    seconds: float = 10,
    web_search: bool = False,
    bounds: Bounds = Bounds(),
):
    return open_model(
        name=name,
        api_key=key,
        base_url=url,
        attempt_seconds=seconds,
        simulated_pace=0,
        web_search=web_search,
        bounds=bounds,
    )


def sender(model_for: ModelFor) -> Sender:
    model = model_for(Errand())
    assert isinstance(model, Several)
    (answering,) = model._asking
    assert isinstance(answering, Answering)
    return answering._sending._sender


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
        assert str(model._posting._client.base_url) == "https://api.openai.com/v1/"
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
        ({"name": "a, b, a", "key": "sk-1"}, "names a model twice"),
        ({"name": "a, simulated", "key": "sk-1"}, "simulated model cannot be one of several"),
        ({"name": " , ", "url": "http://127.0.0.1:1/v1"}, "set QUORUM_MODEL"),
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

    async with opening("mine", url=f"{url}/v1", seconds=60, bounds=Bounds(slots=300)) as model_for:
        model = model_for(Errand())
        replies = await asyncio.gather(*(model.ask(ballot(key=f"voter-{n}")) for n in range(300)))

    assert len(replies) == server.calls == server.most_at_once == 300


async def test_several_models_share_the_seats_of_a_panel_and_the_places_in_flight(
    serve: Serve,
) -> None:
    server = ModelServer(latency=0.02)
    url = await serve(server.app())

    async with opening("a, b,c ,", url=f"{url}/v1", bounds=Bounds(slots=6)) as model_for:
        assert model_for.name == "a, b, c"
        model = model_for(Errand())
        seats = [replace(ballot(key=f"voter-{n}"), seat=n) for n in range(30)]
        replies = await asyncio.gather(*map(model.ask, seats))

    assert [reply.model for reply in replies[:4]] == [
        "a-served", "b-served", "c-served", "a-served"
    ]  # fmt: skip
    assert Counter(asked.model for asked in server.asked) == dict.fromkeys("abc", 10)
    assert server.most_at_once <= 6


async def test_a_model_that_the_server_does_not_have_leaves_the_others_their_seats(
    serve: Serve,
) -> None:
    unknown = served.fails(404, "model_not_found")
    url = await serve(ModelServer(lambda asked: unknown if asked.model == "b" else None).app())

    async with opening("a, b", url=f"{url}/v1") as model_for:
        model = model_for(Errand())
        seats = [replace(ballot(key=f"voter-{n}"), seat=n) for n in range(4)]
        came = await asyncio.gather(*map(model.ask, seats), return_exceptions=True)

    assert [isinstance(each, ModelUnavailable) for each in came] == [False, True, False, True]


async def test_of_several_the_dearest_price_is_what_a_run_may_cost() -> None:
    async with opening("gpt-5-nano, gpt-5", key="sk-1") as model_for:
        assert set(model_for.prices) == {"gpt-5-nano", "gpt-5"}
        assert model_for.price == load(None).of("gpt-5", openai=True)


async def test_the_web_is_searched_where_it_is_switched_on_and_never_by_the_simulated() -> None:
    async with opening("m", key="sk-1") as off, opening("m", key="sk-1", web_search=True) as on:
        assert (off.searches, on.searches) == (False, True)
    async with opening("simulated", web_search=True) as simulated:
        assert not simulated.searches
        with pytest.raises(ModelRefused, match="web search"):
            await simulated(Errand()).ask(search())


async def test_a_search_gives_pages_that_were_found_and_costs_its_fee(
    serve: Serve, tmp_path: Path
) -> None:
    said = {"passages": [{"text": "t", "url": PAGES[0]}, {"text": "t", "url": "http://no.example"}]}
    server = ModelServer(lambda _: finds(json.dumps(said | {"enough": True}), searches=2))
    url = await serve(server.app())
    (tmp_path / "p.toml").write_text("search = 0.01\n[models]\nm = { input = 0, output = 0 }")

    async with open_model(
        name="m",
        api_key=None,
        base_url=f"{url}/v1",
        attempt_seconds=5,
        simulated_pace=0,
        web_search=True,
        prices=load(tmp_path / "p.toml"),
    ) as model_for:
        reply = await model_for(Errand()).ask(search())

    assert [page.url for page in reply.answer.passages] == [PAGES[0]]
    assert reply.usage.searches == 2
    assert reply.usage.cost == 20_000


async def test_a_server_without_web_search_is_asked_once(serve: Serve) -> None:
    server = ModelServer(lambda _: served.fails(404))
    url = await serve(server.app())

    async with opening("m", url=f"{url}/v1", web_search=True) as model_for:
        with pytest.raises(ModelRefused, match="this model server has no web search"):
            await model_for(Errand()).ask(search())

    assert server.calls == 1


async def test_a_search_in_trouble_is_tried_again_and_has_longer_for_it(serve: Serve) -> None:
    """The first attempt takes longer than an answer may, and fails then."""

    def script(asked: served.Asked) -> served.Turn | None:
        async def late(request: web.Request, asked: served.Asked) -> web.StreamResponse:
            await asyncio.sleep(0.6)
            return await served.fails(500)(request, asked)

        return late if asked.number == 1 else None

    server = ModelServer(script)
    url = await serve(server.app())

    async with opening("m", url=f"{url}/v1", seconds=0.5, web_search=True) as model_for:
        reply = await model_for(Errand()).ask(search())

    assert reply.usage.calls == server.calls == 2


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
