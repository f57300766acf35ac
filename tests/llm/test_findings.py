"""Simulated findings cite shapes that they were shown, and no number."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.llm import findings
from bot.llm.material import Material
from bot.llm.simulated import SimulatedSender
from patterns.fanout import Limits
from patterns.fence import fenced
from patterns.ports import SILENT, A, Prompt, Reply
from patterns.recipes.logs import logs
from patterns.task import Document, Task
from tests.llm.conftest import call

LOG = [f"2026-11-24 10:00:{n % 60:02} ERROR db: connection {n} refused" for n in range(40)]
LOG += [f"2026-11-24 10:01:{n % 60:02} INFO web: served page {n}" for n in range(40)]


class Simulated:
    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        told = await SimulatedSender(pace=0).send(call(prompt))
        return Reply(answer=prompt.answer.model_validate_json(told.text))


async def test_what_is_found_in_a_log_holds() -> None:
    async def lines() -> AsyncIterator[str]:
        for line in LOG:
            yield line

    task = Task(documents=(Document(name="app.log", lines=lines),))
    report = await logs(task, Simulated(), SILENT, Limits())

    assert report.dropped == 0
    assert [finding.count for finding in report.findings] == [40]


def test_routine_is_no_finding_and_nothing_is_nothing() -> None:
    assert (
        findings.observations(Material(fenced("[1] 5 in all, lines 1 to 5: all well")))["findings"]
        == []
    )
    assert findings.observations(Material("nothing"))["findings"] == []
    assert findings.combined()["same"] == []
