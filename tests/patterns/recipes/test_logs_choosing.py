"""Of very many templates a model is shown those that may matter, in few questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.packing import tokens
from patterns.recipes.logs.choosing import (
    EACH_MOST,
    ONE_MOST,
    QUESTIONS_MOST,
    SHOWN_MOST,
    burst,
    chosen,
    entry,
    gravity,
    packed,
)  # fmt: skip
from patterns.recipes.logs.report import LogLine, Template
from tests.patterns.recipes.logbooks import template


@pytest.mark.parametrize(
    ("level", "text", "gravest"),
    [
        ("FATAL", "x", 3), ("F", "x", 3), ("crit", "x", 3), ("ERROR", "x", 2), ("E", "x", 2),
        ("INFO", "login failed", 2), ("", '"GET /" 503 <*>', 2), ("WARN", "x", 1), ("W", "x", 1),
        ("", "host unreachable", 1), ("INFO", "all is well", 0), ("", '"GET /" 200 <*>', 0),
    ],
)  # fmt: skip
def test_how_grave_a_template_looks(level: str, text: str, gravest: int):
    assert gravity(template(text=text, level=level)) == gravest


def test_a_burst_is_many_lines_of_one_part():
    assert burst(template(count=20, history=(0, 20, 0, 0))) == 4
    assert burst(template(count=20, history=(5, 5, 5, 5))) == 1
    assert burst(template(count=3, history=(3, 0))) == 0
    assert burst(template(count=30)) == 0


def test_of_many_the_grave_sudden_rare_and_frequent_ones_are_chosen():
    dull = [template(n, "all is well", 50, history=(25, 25)) for n in range(1, 2_000)]
    odd = [
        template(3_000, "disk failed", 60, history=(30, 30)),
        template(3_001, "all is well", 50, history=(50, 0)),
        template(3_002, "all is well", 1),
        template(3_003, "all is well", 9_000, history=(4_500, 4_500)),
    ]

    found = chosen([*dull, *odd])

    assert {each.number for each in odd} <= {each.number for each in found}
    assert len(found) == SHOWN_MOST
    assert chosen(dull[:SHOWN_MOST]) == dull[:SHOWN_MOST]


sizes = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from("x日🎉 ")), min_size=1, max_size=400
)


@given(sizes)
def test_questions_are_few_and_none_is_too_large(lengths: list[tuple[int, str]]):
    log = [
        template(n, sign * size, examples=(LogLine(number=n, text=sign * size),) * 3)
        for n, (size, sign) in enumerate(lengths, 1)
    ]

    parts = packed(log)

    shown = [each.number for part in parts for each in part]
    assert shown == sorted(set(shown))
    assert len(parts) <= QUESTIONS_MOST
    most = ONE_MOST if len(parts) == 1 else EACH_MOST
    assert all(sum(tokens(entry(each)) for each in part) <= most for part in parts)
    if sum(tokens(entry(each)) + 1 for each in log) <= QUESTIONS_MOST * EACH_MOST // 2:
        assert len(shown) == len(log)


def test_what_finds_no_room_in_sixteen_questions_is_not_shown():
    line = LogLine(number=1, text="🎉" * 300)
    log = [template(n, "🎉" * 300, examples=(line, line)) for n in range(1, 401)]

    parts = packed(log)

    assert len(parts) <= QUESTIONS_MOST
    assert 0 < sum(map(len, parts)) < len(log)


def test_an_entry_says_how_often_from_where_to_where_and_shows_two_lines():
    lines = [LogLine(number=n, text=f"10:0{n} ERROR disk {n} failed") for n in (1, 2, 3)]
    shown = Template(
        number=7, text="disk <*> failed", count=1_200, first=lines[0], last=lines[2],
        level="ERROR", source="md", first_at="10:01", last_at="10:03", examples=tuple(lines),
    )  # fmt: skip

    assert entry(shown) == (
        "[7] 1,200 in all, lines 1 to 3; 10:01 to 10:03: ERROR md: disk <*> failed\n"
        "    line 1: 10:01 ERROR disk 1 failed\n"
        "    line 3: 10:03 ERROR disk 3 failed"
    )
