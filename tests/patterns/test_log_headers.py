"""Headers of common logs are told from what is said; nothing else is taken for one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.log_headers import Parsed, detect

KNOWN = {
    "2024-01-02T03:04:05.678Z [main] ERROR c.e.Foo - boom": Parsed(
        "c.e.Foo - boom", "2024-01-02T03:04:05.678Z", "ERROR"
    ),
    "2015-10-18 18:01:47,978 INFO [main] org.Foo: msg": Parsed(
        "[main] org.Foo: msg", "2015-10-18 18:01:47,978", "INFO"
    ),
    "2024-01-02 03:04:05,678 - app.db - WARNING - slow": Parsed(
        "slow", "2024-01-02 03:04:05,678", "WARNING"
    ),
    "2016-09-28 04:30:30, Info                  CBS    Loaded": Parsed(
        "CBS    Loaded", "2016-09-28 04:30:30", "Info"
    ),
    "[2024-01-02 03:04:05] went well": Parsed("went well", "2024-01-02 03:04:05"),
    "2024-01-02 03:04:05 There was an error": Parsed("There was an error", "2024-01-02 03:04:05"),
    "17/06/09 20:10:40 INFO executor.Coarse: Registered": Parsed(
        "executor.Coarse: Registered", "17/06/09 20:10:40", "INFO"
    ),
    "03:04:05.678 DEBUG woke up": Parsed("woke up", "03:04:05.678", "DEBUG"),
    "1700000000.123 error: x": Parsed("x", "1700000000.123", "error"),
    "Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user": Parsed(
        "Invalid user", "Dec 10 06:55:46", "", "sshd"
    ),
    "Jun  9 06:06:20 combo nothing more": Parsed("nothing more", "Jun  9 06:06:20"),
    "<34>1 2003-10-11T22:14:15.003Z host app 123 id - hello": Parsed(
        "hello", "2003-10-11T22:14:15.003Z", "", "app"
    ),
    "081109 203615 148 INFO dfs.FSNamesystem: BLOCK* added": Parsed(
        "BLOCK* added", "081109 203615", "INFO", "dfs.FSNamesystem"
    ),
    "03-17 16:13:38.811  1702  2395 D WindowManager: printing": Parsed(
        "printing", "03-17 16:13:38.811", "D", "WindowManager"
    ),
    "E1210 06:55:46.123456 123 server.cc:45] oops": Parsed(
        "oops", "1210 06:55:46.123456", "E", "server.cc"
    ),
    "[Sun Dec 04 04:47:44 2005] [core:error] [pid 3] mod_jk child": Parsed(
        "mod_jk child", "Sun Dec 04 04:47:44 2005", "error"
    ),
    '10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /" 500 12': Parsed(
        '"GET /" 500 12', "10/Oct/2000:13:55:36 -0700"
    ),
    'time="2024-01-02T03:04:05Z" level=error msg="x y"': Parsed(
        'msg="x y"', '"2024-01-02T03:04:05Z"', "error"
    ),
    '{"ts": 1.5, "level": "error", "msg": "boom", "logger": "a"}': Parsed(
        "boom", "1.5", "error", "a"
    ),
    '{"time": "noon", "status": 500}': Parsed('{"time": "noon", "status": 500}', "noon"),
    '{"msg": ["no", "text"]}': Parsed('{"msg": ["no", "text"]}'),
    "plain words": Parsed("plain words"),
}


@pytest.mark.parametrize("line", KNOWN)
def test_a_header_is_known_by_its_looks(line: str):
    assert detect([line, "", line])(line) == KNOWN[line]


@pytest.mark.parametrize("line", [line for line, parsed in KNOWN.items() if parsed.at])
def test_a_line_without_the_header_of_the_others_is_a_message(line: str):
    trace = "    at com.acme.Foo(Foo.java:12)"

    assert detect([line, trace, line])(trace) == Parsed(trace)


@pytest.mark.parametrize("line", ["{", "{]", "[1]", '{"a":' * 100_000, "{}"])
def test_what_is_no_record_is_a_message(line: str):
    header = detect(['{"msg": "boom"}'])

    assert header(line) == Parsed(line)


def test_a_header_that_few_lines_have_is_none():
    lines = ["plain words", "03:04:05 once", "more words"]

    assert detect(lines)(lines[1]) == Parsed(lines[1])
    assert detect([])("x") == Parsed("x")


@given(st.text(), st.sampled_from([*KNOWN]))
def test_whatever_comes_behind_a_header_nothing_of_it_is_lost(text: str, line: str):
    header = detect([line])

    assert header(text).message in (text, *_messages(text)) or text.endswith(header(text).message)


def _messages(text: str) -> list[str]:
    try:
        record = json.loads(text)
    except ValueError:
        return []
    return [str(value) for value in record.values()] if isinstance(record, dict) else []


@pytest.mark.parametrize("sign", ["-", ",", "- ", "a-", "|", "-,", "x "])
@pytest.mark.parametrize("start", ["2024-01-02 03:04:05 ", "Dec 10 06:55:46 ", "1700000000 ", ""])
def test_a_line_of_nothing_but_marks_is_soon_read(start: str, sign: str) -> None:
    """Looked for in all ways that there are, it would take a day."""
    line = start + sign * 2_000

    assert detect([line] * 50)(line).message.strip() in line
