"""The model server as a program, and its moods: what other tests and benchmarks rely on."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import BaseModel

from bot.llm.build import open_model
from bot.llm.strict import response_format
from bot.runs.ports import Errand
from patterns.fanout import Limits
from patterns.ports import SILENT
from patterns.recipes.factcheck import factcheck
from patterns.recipes.factcheck.ballots import Ballot
from patterns.recipes.factcheck.claims import Statements
from patterns.task import Task
from tests.conftest import Serve
from tests.fakes.model_server import (
    Asked,
    Chances,
    Metered,
    ModelServer,
    PromptCache,
    fixed,
    lognormal,
    stragglers,
)
from tests.fakes.schema_filler import PAGES
from tests.fakes.virtual_time import in_virtual_time


async def test_the_program_prints_its_address_answers_and_writes_down_who_asked(
    tmp_path: Path,
) -> None:
    log = tmp_path / "calls.jsonl"
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.fakes.model_server", "--latency", "0.05", "--log", str(log)),
        *("--busy-every", "4"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert server.stdout
        url = (await server.stdout.readline()).decode().strip()
        settings = {"name": "m", "api_key": None, "base_url": url}
        async with open_model(**settings, attempt_seconds=10, simulated_pace=0) as model_for:
            await factcheck(Task(text="x"), model_for(Errand()), SILENT, Limits(width=5))
    finally:
        server.terminate()
        await server.wait()

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    asked = [line["prompt"] for line in lines if line["event"] == "asked"]
    answered = [line["prompt"] for line in lines if line["event"] == "answered"]
    assert len(asked) == len(answered) == 6
    assert len(set(asked)) == 5
    assert server.returncode == 0


def nth(number: int, *, tokens: int = 0) -> Asked:
    return Asked(number=number, model="m", messages=(), schema={}, prompt="p", tokens=tokens)


def test_latencies_have_the_spread_that_they_say_and_come_again_by_seed() -> None:
    usual = lognormal(2, 0.5, seed=3)
    drawn = [usual(nth(n)) for n in range(2000)]
    again = lognormal(2, 0.5, seed=3)

    assert 1.9 < median(drawn) < 2.1
    assert 4 < sorted(drawn)[1900] < 5
    assert drawn == [again(nth(n)) for n in range(2000)]


def test_of_a_hundred_answers_three_are_stragglers() -> None:
    slow = stragglers(fixed(1), seed=3)
    drawn = Counter(slow(nth(n)) for n in range(2000))

    assert set(drawn) == {1, 8}
    assert 40 < drawn[8] < 80


def test_calls_go_wrong_as_often_as_they_should_and_the_same_again_by_seed() -> None:
    chances = Chances(seed=1, fail=0.1, reset=0.05)
    wrong = [chances(nth(n)) is not None for n in range(2000)]

    assert 250 < sum(wrong) < 350
    assert wrong == [chances(nth(n)) is not None for n in range(2000)]
    assert wrong != [Chances(seed=2, fail=0.15)(nth(n)) is not None for n in range(2000)]


def test_requests_beyond_the_limit_are_refused_until_the_bucket_has_filled() -> None:
    async def check() -> None:
        metered = Metered(rpm=60, tpm=None, burst=3)
        assert [bool(metered.arrives(nth(n))) for n in range(5)] == [False] * 3 + [True] * 2
        await asyncio.sleep(1)
        assert not metered.arrives(nth(6))
        assert metered.arrives(nth(7))

    in_virtual_time(check())


def test_tokens_are_metered_like_requests_and_answers_count() -> None:
    async def check() -> None:
        metered = Metered(rpm=None, tpm=6000)
        assert not metered.arrives(nth(1, tokens=5000))
        metered.answered(2000)
        assert metered.headers()["x-ratelimit-remaining-tokens"] == "0"
        assert metered.arrives(nth(2, tokens=100))
        await asyncio.sleep(11.1)
        assert not metered.arrives(nth(3, tokens=100))

    in_virtual_time(check())


def test_a_long_beginning_that_was_read_before_is_cached_in_steps() -> None:
    cache = PromptCache()
    shared = "x" * 4 * 1300

    assert cache.read(shared + "first") == 0
    assert cache.read(shared + "second") == 1280
    assert cache.read("y" + shared) == 0
    assert PromptCache().read("x" * 4000) == 0


async def test_limits_are_told_in_the_headers_of_answers_and_refusals(serve: Serve) -> None:
    url = await serve(ModelServer(limits=Metered(rpm=60, tpm=6000, burst=1)).app())
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi."}]}

    async with ClientSession() as session:
        answers = [await session.post(f"{url}/v1/chat/completions", json=body) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 429]
    for answer in answers:
        assert answer.headers["x-ratelimit-limit-requests"] == "60"
        assert answer.headers["x-ratelimit-limit-tokens"] == "6000"
        assert answer.headers["x-ratelimit-reset-requests"].endswith("s")
    assert 0 < float(answers[1].headers["retry-after"]) <= 1


@pytest.mark.parametrize(
    "options",
    [
        ("--fail-rate", "1"),
        ("--rpm", "1", "--tpm", "100000", "--burst", "1"),
        ("--malformed-rate", "1", "--lognormal", "0.5", "--latency", "0.001"),
        ("--truncate-rate", "1", "--straggler-rate", "0.5", "--seed", "7"),
    ],
    ids=lambda options: options[0],
)
async def test_the_program_takes_its_moods_from_the_command_line(options: tuple[str, ...]) -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.model_server", *options, stdout=asyncio.subprocess.PIPE
    )
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi."}]}
    said = list[tuple[int, str]]()
    try:
        assert server.stdout
        url = (await server.stdout.readline()).decode().strip()
        async with ClientSession() as session:
            for _ in range(2):
                async with session.post(f"{url}/chat/completions", json=body) as answer:
                    said.append((answer.status, await answer.text()))
    finally:
        server.terminate()
        await server.wait()

    status, text = said[-1]
    assert {
        "--fail-rate": status == 500,
        "--rpm": status == 429,
        "--malformed-rate": status == 200 and '"stop"' in text,
        "--truncate-rate": status == 200 and '"length"' in text,
    }[options[0]]


def served_answer(shape: type[BaseModel], text: str) -> Any:
    schema = response_format(shape)["json_schema"]["schema"]
    messages = ({"role": "user", "content": text},)
    asked = Asked(number=1, model="m", messages=messages, schema=schema, prompt="p")
    return shape.model_validate_json(asked.answer())


def test_served_ballots_rest_on_a_passage_and_served_claims_on_the_text() -> None:
    ballot = served_answer(Ballot, "Claim: ⟦Bats are blind⟧ Passages:\n⟦[1] A: one\n[2] B: two⟧")
    claims = served_answer(Statements, "The text: ⟦Bats see. Owls, too.⟧").claims

    assert (ballot.evidence, ballot.quote) in [([1], "one"), ([2], "two")]
    assert [claim.quote for claim in claims] == ["Bats see.", "Owls, too."]


async def test_a_whole_check_with_searches_goes_over_the_wire(serve: Serve) -> None:
    server = ModelServer()
    url = await serve(server.app())
    settings = {"name": "a, b", "api_key": None, "base_url": f"{url}/v1", "web_search": True}
    task = Task(text="Bats are blind. Owls see well at night.", web=True)

    async with open_model(**settings, attempt_seconds=10, simulated_pace=0) as model_for:
        check = await factcheck(task, model_for(Errand()), SILENT, Limits(width=5))

    assert len(check.claims) + len(check.others) == 2
    pages = {p.link for verdict in check.claims for p in verdict.passages}
    assert pages <= set(PAGES)
    assert {asked.model for asked in server.asked if not asked.searches} == {"a", "b"}
