"""What a look through a log is."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from patterns.ports import Answer


class Severity(StrEnum):
    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Observed(Answer):
    """
    What a model makes of numbered templates. *text* may hold no number that they do not: how
    often and where is counted in code.
    """

    severity: Severity
    title: str
    text: str
    templates: list[int]


class Observations(Answer):
    overview: str
    findings: list[Observed]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class LogLine(_Value):
    """*number* counts from 1 over all that was read."""

    number: int
    text: str


class Template(_Value):
    """
    Lines of one shape: *text* has `<*>` where they differ. All is counted, not guessed.

    *first* and *last* are lines with their numbers, *first_at* and *last_at* their times as they
    stand in the log, empty where there is none; so do *level* and *source*, who says it. *history*
    are counts over equal parts of the log.
    """

    number: int
    text: str
    count: int
    first: LogLine
    last: LogLine
    level: str = ""
    source: str = ""
    first_at: str = ""
    last_at: str = ""
    examples: tuple[LogLine, ...] = ()
    history: tuple[int, ...] = ()


class Finding(_Value):
    """*count* and the lines are those of its *templates* (numbers)."""

    severity: Severity
    title: str
    text: str
    templates: tuple[int, ...]
    count: int
    first: LogLine
    last: LogLine


class LogReport(_Value):
    """
    *findings*: the gravest first; *top*: the templates that they cite and the most frequent ones,
    by number. *lines* were read, *empty* of them were blank; *templates* is how many there are,
    *rare* how many lines stand in none because there were too many. *asked* templates were shown
    to the model. *dropped* counts findings that did not hold.
    """

    kind: Literal["logs"] = "logs"
    name: str
    link: str = ""
    about: str = ""
    overview: str
    findings: tuple[Finding, ...]
    top: tuple[Template, ...]
    lines: int
    empty: int = 0
    templates: int
    asked: int
    rare: int = 0
    dropped: int = 0
    missing: tuple[str, ...] = ()
    stopped: str = ""
    notes: tuple[str, ...] = ()
