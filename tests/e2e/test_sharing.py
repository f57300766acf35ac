"""Two people with the same question: the model's server is asked for one of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.conftest import Serve
from tests.e2e.town import Town, town, until
from tests.fakes.model_server import ModelServer

COMMAND = "/factcheck The Great Wall of China is visible from the Moon"


def results(town: Town) -> list[str]:
    return [said.text for said in town.of_the_bot() if said.broadcast]


async def test_the_same_claim_of_two_people_is_asked_once_and_fresh_asks_anew(
    tmp_path: Path, serve: Serve
) -> None:
    model = ModelServer(latency=0.2)
    async with town(serve, tmp_path, model=model) as here:
        await asyncio.gather(here.say(COMMAND, person="Ann"), here.say(COMMAND, person="Ben"))
        await until(lambda: len(results(here)) == 2)
        assert model.calls == 5

        await here.say(f"{COMMAND} --fresh")
        await until(lambda: len(results(here)) == 3)
        assert model.calls == 10
