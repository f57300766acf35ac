"""Requests, and what a run says, as the tests of the store use them."""

from __future__ import annotations

from typing import Any

from bot.runs.model import Place, RunRequest
from bot.runs.storage import Remembered, RunStore
from patterns.usage import Usage
from tests.results import checked

VERDICT = checked(claim="the moon is cheese", seats=5)


def request(dedupe: str = "d1", **changes: Any) -> RunRequest:
    plain = RunRequest(
        recipe="factcheck",
        text="the moon is cheese",
        asked_by="U1",
        place=Place(team="T1", channel="C1"),
        dedupe=dedupe,
    )
    return plain.model_copy(update=changes)


def answer(key: str, **changes: Any) -> Remembered:
    fields: dict[str, Any] = {
        "key": key,
        "fingerprint": "f",
        "body": "{}",
        "usage": Usage(calls=1, input_tokens=10, output_tokens=2),
        "model": "scripted",
    }
    return Remembered(**fields | changes)


async def added(runs: RunStore, dedupe: str = "d1") -> str:
    run = await runs.add(request(dedupe))
    assert run
    return run.id
