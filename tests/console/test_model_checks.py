"""`quorum doctor` on models: each of them, and the web search that is switched on."""

from __future__ import annotations

import pytest

from bot.console.findings import Finding, State
from bot.console.model_checks import check_models
from bot.settings import Settings
from tests.conftest import Serve
from tests.fakes import model_server as served
from tests.fakes.model_server import Asked, ModelServer, Turn, finds


def settings(url: str, model: str, **others: object) -> Settings:
    return Settings(_env_file=None, openai_base_url=f"{url}/v1", quorum_model=model, **others)


async def found(serve: Serve, server: ModelServer, model: str, **others: object) -> list[Finding]:
    return await check_models(settings(await serve(server.app()), model, **others))


async def test_each_of_several_models_has_its_finding(serve: Serve) -> None:
    def script(asked: Asked) -> Turn | None:
        return served.fails(404, "model_not_found") if asked.model == "b" else None

    first, second = await found(serve, ModelServer(script), "a, b")

    assert (first.name, first.state) == ("model a", State.OK)
    assert (second.name, second.state) == ("model b", State.PROBLEM)
    assert "QUORUM_MODEL" in second.remedy


async def test_web_search_is_tried_once_where_it_is_on(serve: Serve) -> None:
    server = ModelServer()

    findings = await found(serve, server, "a, b", quorum_web_search=True)

    assert [finding.name for finding in findings] == ["model a", "web search", "model b"]
    assert {finding.state for finding in findings} == {State.OK}
    assert [asked.model for asked in server.asked if asked.searches] == ["a"]


async def test_web_search_is_not_tried_where_it_is_off(serve: Serve) -> None:
    server = ModelServer()

    (finding,) = await found(serve, server, "a")

    assert (finding.name, finding.state) == ("model", State.OK)
    assert server.calls == 1


@pytest.mark.parametrize(
    ("server", "state", "note"),
    [
        (ModelServer(responses=False), State.PROBLEM, "this model server has no web search"),
        (ModelServer(lambda a: finds(found=()) if a.searches else None), State.WARN, "no page"),
    ],
    ids=["no Responses API", "finds nothing"],
)
async def test_a_server_that_does_not_search_is_told_with_what_to_do(
    serve: Serve, server: ModelServer, state: State, note: str
) -> None:
    _, search = await found(serve, server, "a", quorum_web_search=True)

    assert search.state is state
    assert note in search.note
    assert "QUORUM_WEB_SEARCH" in search.remedy


async def test_the_simulated_model_searches_nothing_and_doctor_says_so() -> None:
    chosen = Settings(_env_file=None, quorum_model="simulated", quorum_web_search=True)

    _, search = await check_models(chosen)

    assert (search.name, search.state) == ("web search", State.WARN)


async def test_models_that_cannot_be_together_are_named() -> None:
    chosen = Settings(_env_file=None, quorum_model="simulated, a", openai_api_key="sk-1")

    (finding,) = await check_models(chosen)

    assert finding.state is State.PROBLEM
    assert "simulated" in finding.remedy
