"""What a check of `quorum doctor` comes back with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """WARN: it works, but somebody should know. PROBLEM: something will not work."""

    OK = "ok"
    WARN = "warn"
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """*note* says what is, *remedy* what to do; empty where there is nothing to do."""

    name: str
    state: State
    note: str
    remedy: str = ""


def ok(name: str, note: str) -> Finding:
    return Finding(name=name, state=State.OK, note=note)


def warn(name: str, note: str, remedy: str = "") -> Finding:
    return Finding(name=name, state=State.WARN, note=note, remedy=remedy)


def problem(name: str, note: str, remedy: str) -> Finding:
    return Finding(name=name, state=State.PROBLEM, note=note, remedy=remedy)
