"""A meter that remembers."""

from __future__ import annotations

from collections import Counter

from bot.runs.meter import NoMeter


class CountingMeter(NoMeter):
    """What was reused, and the outcomes of branches and runs with their times."""

    def __init__(self) -> None:
        self.reuses = Counter[str]()
        self.branches: list[tuple[str, str, float]] = []
        self.runs: list[tuple[str, str, float]] = []

    def reused(self, how: str, /) -> None:
        self.reuses[how] += 1

    def branch(self, recipe: str, outcome: str, seconds: float, /) -> None:
        self.branches.append((recipe, outcome, seconds))

    def run(self, recipe: str, outcome: str, seconds: float, /) -> None:
        self.runs.append((recipe, outcome, seconds))
