"""A ledger in memory, and runs that ask it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.runs.errors import StorageFailed
from bot.runs.model import Run
from bot.runs.money import Caps, Claim, Cost, Held, Others, grant
from patterns.usage import Usage
from tests.runs.fakes import request

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass
class Entry:
    held: Cost
    spent: Cost
    over: bool = False


class MemoryLedger:
    """All runs are one person's. *delay* passes before and after each decision."""

    def __init__(self, caps: Caps, *, delay: float = 0) -> None:
        self.entries: dict[str, Entry] = {}
        self.claims: list[Claim] = []
        self.renewed = 0
        self.broken = self.lapsed = False
        self._caps = caps
        self._delay = delay

    async def hold(self, run_id: str, claim: Claim, /) -> Held:
        await asyncio.sleep(self._delay)
        self.claims.append(claim)
        others = self._others(run_id)
        said = self.entries[run_id].spent if run_id in self.entries else Cost()
        held = grant(claim.after(said), self._caps, others, others)
        self.entries[run_id] = Entry(held=held.cost, spent=held.spent)
        await asyncio.sleep(self._delay)
        return held

    async def renew(self, run_id: str, /) -> bool:
        if self.broken:
            raise StorageFailed("the disk is full")
        self.renewed += 1
        return not self.lapsed

    async def close(self, run_id: str, spent: Cost, /) -> None:
        if self.broken:
            raise StorageFailed("the disk is full")
        self.entries[run_id] = Entry(held=spent, spent=spent, over=True)

    @property
    def held(self) -> Cost:
        return sum((each.held for each in self.entries.values()), Cost())

    def _others(self, run_id: str) -> Others:
        others = [each for key, each in self.entries.items() if key != run_id]
        idle = [each.held - each.spent for each in others if not each.over]
        return Others(held=sum((each.held for each in others), Cost()), idle=sum(idle, Cost()))


def run(run_id: str = "r1", *, usage: Usage = Usage(), **asked: Any) -> Run:
    return Run(id=run_id, request=request(run_id, **asked), created_at=NOON, usage=usage)


def tokens(number: int) -> Cost:
    return Cost(tokens=number)
