"""The model server as a program of its own: what tests of kills and the benchmark rely on."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from bot.llm.build import open_model
from patterns.fanout import Limits
from patterns.ports import SILENT
from patterns.recipes.factcheck import factcheck
from patterns.task import Task


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
            await factcheck(Task(text="x"), model_for(SILENT), SILENT, Limits(width=5))
    finally:
        server.terminate()
        await server.wait()

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    asked = [line["prompt"] for line in lines if line["event"] == "asked"]
    answered = [line["prompt"] for line in lines if line["event"] == "answered"]
    assert len(asked) == len(answered) == 6
    assert len(set(asked)) == 5
    assert server.returncode == 0
