"""What stands in front of the message of a log's line: when, how grave, and who says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, cast

#: Share of a log's first lines that must have a header before the others are read by it.
_ENOUGH = 0.6
#: Characters of a line in which its header is looked for, and of one that is JSON.
_LOOKED_AT, _JSON_MOST = 1_000, 20_000


class Parsed(NamedTuple):
    """A line; *at*, *level* and *source* stand as in the log, empty where it has none."""

    message: str
    at: str = ""
    level: str = ""
    source: str = ""


Header = Callable[[str], Parsed]

_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_ZONE = r"(?:\ ?(?:Z|UTC|[+-]\d\d:?\d\d)\b)?"
_LEVEL = (
    r"(?:TRACE|DEBUG|INFO(?:RMATION)?|NOTICE|WARN(?:ING)?|ERR(?:OR)?|SEVERE|FATAL|CRIT(?:ICAL)?"
    r"|ALERT|EMERG(?:ENCY)?|PANIC)"
)
_BEFORE = r"[\s|,\[(<-]+"
#: Between the time and a level in capitals there may be three words (threads, names).
_LEVELLED = (
    rf"(?:(?:(?:[\s|,-]++[^\s|]{{1,60}}){{1,3}}?(?={_BEFORE}{_LEVEL}\b))??"
    rf"{_BEFORE}(?P<level>(?i:{_LEVEL}))\b[\])>|:,]*(?:\s+[|-]+(?=\s))?)?\s*"
)
#: The more of a line one takes, the better it knows it.
_KNOWN = tuple(
    re.compile(pattern)
    for pattern in (
        # 2024-01-02T03:04:05.678Z [main] ERROR …, 17/06/09 20:10:40 INFO …, 03:04:05 …
        rf"\[?(?P<at>\d{{2,4}}[-/.]\d\d[-/.]\d\d[T ,]\ ?{_CLOCK}{_ZONE})\]?:?{_LEVELLED}",
        rf"\[?(?P<at>{_CLOCK})\]?:?{_LEVELLED}",
        # 1700000000.123 …
        rf"\[?\s*(?P<at>\d{{9,10}}(?:\.\d{{1,9}}|\d{{3}})?)\]?(?=\s){_LEVELLED}",
        # Dec 10 06:55:46 host sshd[24200]: …
        rf"(?:<\d{{1,3}}>)?(?P<at>[A-Z][a-z]{{2}} [ \d]?\d {_CLOCK}) \S+ "
        r"(?:(?P<source>[^\s\[\]:]{1,60})(?:\[\d+\])?: )?",
        # <34>1 2003-10-11T22:14:15.003Z host app 123 id - …
        r"<\d{1,3}>1 (?P<at>\S+) \S+ (?P<source>\S+) \S+ \S+ (?:-|\[[^\]]*\]) ?",
        # 081109 203615 148 INFO dfs.FSNamesystem: …
        rf"(?P<at>\d{{6}} \d{{6}}) \d+ (?P<level>{_LEVEL}) (?P<source>[^\s:]{{1,80}}): ",
        # 03-17 16:13:38.811  1702  2395 D WindowManager: …
        rf"(?P<at>\d\d-\d\d {_CLOCK})\s+\d+\s+\d+ (?P<level>[VDIWEFA]) "
        r"(?P<source>[^\s:]{1,80})\s*: ",
        # E1210 06:55:46.123456 123 server.cc:45] …
        rf"(?P<level>[IWEF])(?P<at>\d{{4}} {_CLOCK})\s+\d+ (?P<source>[^\s:\]]{{1,80}}):\d+\] ",
        # [Sun Dec 04 04:47:44 2005] [core:error] [pid 3] …
        rf"\[(?P<at>[A-Z][a-z]{{2}} [A-Z][a-z]{{2}} [ \d]\d {_CLOCK} \d{{4}})\] "
        r"\[(?:\w+:)?(?P<level>\w+)\] (?:\[(?:pid|client) [^\]]*\] )*",
        # 10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET …
        r"\S+ \S+ \S+ \[(?P<at>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] ",
        # time="…" level=error msg=…
        r"(?:time|ts)=(?P<at>\"[^\"]*\"|\S+) level=(?P<level>\w+) ",
    )
)

_MESSAGES = ("message", "msg", "log", "text", "event")
_TIMES = ("timestamp", "@timestamp", "time", "ts", "asctime", "date")
_LEVELS = ("level", "severity", "levelname", "lvl", "log.level")
_SOURCES = ("logger", "logger_name", "component", "service", "module", "name")


def detect(sample: Sequence[str]) -> Header:
    """
    How lines like those of *sample* are read: by the header that most of them have.

    A line without it, as those of a stack trace, is a message as a whole.
    """
    lines = [line[:_LOOKED_AT] for line in sample if line.strip()]
    least = max(1, _ENOUGH * len(lines))
    if sum(_record(line) is not None for line in lines) >= least:
        return _json
    taken: list[tuple[int, re.Pattern[str]]] = []
    for pattern in _KNOWN:
        ends = [found.end() for line in lines if (found := pattern.match(line))]
        if len(ends) >= least:
            taken.append((sum(ends), pattern))
    return _by(max(taken, key=lambda each: each[0])[1]) if taken else Parsed


def _by(pattern: re.Pattern[str]) -> Header:
    match = pattern.match
    at, level, source = (pattern.groupindex.get(name, 0) for name in ("at", "level", "source"))

    def parsed(line: str) -> Parsed:
        found = match(line[:_LOOKED_AT])
        if found is None:
            return Parsed(line)
        return Parsed(
            line[found.end() :],
            found[at],
            (found[level] or "") if level else "",
            (found[source] or "") if source else "",
        )

    return parsed


def _json(line: str) -> Parsed:
    record = _record(line)
    if record is None:
        return Parsed(line)
    message = _first(record, _MESSAGES)
    if not message:
        return Parsed(line, _first(record, _TIMES), _first(record, _LEVELS))
    return Parsed(
        message, _first(record, _TIMES), _first(record, _LEVELS), _first(record, _SOURCES)
    )


def _record(line: str) -> Mapping[str, Any] | None:
    if len(line) > _JSON_MOST or not line.lstrip().startswith("{"):
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", record) if isinstance(record, dict) else None


def _first(record: Mapping[str, Any], names: Sequence[str]) -> str:
    found = next((record[name] for name in names if record.get(name) is not None), "")
    return str(found) if isinstance(found, str | int | float) else ""
