"""A workspace that throws the app out: its runs stop, and nothing of it stays."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.runs.errors import StorageFailed
from bot.runs.leaving import Leaving


class Erasing:
    def __init__(self) -> None:
        self.open = {("T1", ""): ["r1", "r2"], ("", "E1"): ["r3"]}
        self.broken = False
        self.said: list[tuple[str, ...]] = []

    async def workspace(
        self, team: str, enterprise: str = "", /, *, until: datetime | None = None
    ) -> list[str]:
        if self.broken:
            raise StorageFailed("The database does not answer.")
        self.said.append(("erased", team, enterprise))
        return self.open.pop((team, enterprise), [])

    async def start(self, run_id: str, /) -> None:
        raise NotImplementedError

    async def cancel(self, run_id: str, /) -> None:
        self.said.append(("stopped", run_id))

    def forget(self, team: str, enterprise: str) -> None:
        self.said.append(("forgotten", team, enterprise))


@pytest.fixture
def erasing() -> Erasing:
    return Erasing()


@pytest.fixture
def leaving(erasing: Erasing) -> Leaving:
    return Leaving(erasing, erasing, forget=erasing.forget)


async def test_what_was_open_is_stopped_and_the_workspace_forgotten(
    erasing: Erasing, leaving: Leaving
) -> None:
    await leaving.left("T1")

    assert erasing.said == [
        ("erased", "T1", ""),
        ("stopped", "r1"),
        ("stopped", "r2"),
        ("forgotten", "T1", ""),
    ]


async def test_a_second_time_is_fine(erasing: Erasing, leaving: Leaving) -> None:
    await leaving.left("", "E1")
    await leaving.left("", "E1")

    assert erasing.said.count(("stopped", "r3")) == 1


async def test_nobody_leaves_who_has_no_name(erasing: Erasing, leaving: Leaving) -> None:
    await leaving.left("")

    assert erasing.said == []


async def test_a_failing_database_is_told_and_the_token_is_used_no_more(
    erasing: Erasing, leaving: Leaving
) -> None:
    erasing.broken = True
    with pytest.raises(StorageFailed):
        await leaving.left("T1")
    assert erasing.said == [("forgotten", "T1", "")]

    erasing.broken = False
    await leaving.left("T1")
    assert ("stopped", "r1") in erasing.said
