"""Every line is counted once, in a shape that it has, and memory does not grow with the log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.log_headers import Parsed, detect
from patterns.masks import WILD
from patterns.shapes import PARTS_MOST
from patterns.templates import KEPT_MOST, SHAPES_MOST, Drain
from tests.patterns.logbook import counted, fits, gold, most_exact

words = st.sampled_from(
    [
        "user",
        "link",
        "up",
        "down",
        "failed",
        "7",
        "42",
        "1.5ms",
        "10.0.0.1",
        "a=1",
        "a=b",
        "x",
        WILD,
    ]
)
lines = st.lists(st.lists(words, max_size=5).map(" ".join) | st.text(max_size=20), max_size=60)


def texts(log: Sequence[str]) -> dict[str, int]:
    return {shape.text: shape.count for shape in counted(log, Parsed).shapes()}


@given(lines)
def test_every_line_is_counted_once(log: list[str]):
    drain = counted(log, Parsed)
    shapes = drain.shapes()

    assert drain.lines == len(log)
    assert drain.empty == sum(not line.strip() for line in log)
    assert sum(shape.count for shape in shapes) + drain.rare + drain.empty == drain.lines
    for shape in shapes:
        assert sum(shape.history) == shape.count
        assert not any(shape.history[drain.parts :])


@given(lines)
def test_every_line_has_the_shape_that_it_is_counted_in(log: list[str]):
    drain = counted(log, Parsed)
    shapes = drain.shapes()

    for line in filter(str.strip, log):
        assert any(fits(shape.text, line) for shape in shapes)
    for shape in shapes:
        for number, line in shape.examples:
            assert log[number - 1].strip() == line
            assert fits(shape.text, line)


@given(lines)
def test_first_and_last_are_the_ends_of_a_shape(log: list[str]):
    for shape in counted(log, Parsed).shapes():
        (first, _), (last, _) = shape.first, shape.last

        assert first <= last <= first + len(log)
        assert shape.count <= last - first + 1
        assert (first == last) == (shape.count == 1)
        assert [shape.examples[0][0], shape.examples[-1][0]][0] in {first, last}


@given(lines, st.integers(1, 7))
def test_it_does_not_matter_in_how_many_goes_a_log_is_read(log: list[str], step: int):
    drain = Drain()
    for start in range(0, len(log), step):
        drain.read(log[start : start + step], Parsed)

    def known(each: Drain) -> list[tuple[str, int, tuple[int, str], list[int]]]:
        return [(s.text, s.count, s.first, s.history) for s in each.shapes()]

    assert known(drain) == known(counted(log, Parsed))


def test_what_varies_is_masked():
    log = [f"took {n} ms for 10.0.0.{n} at 0x{n:04x}" for n in range(9)]

    assert texts(log) == {"took <*> ms for <*> at <*>": 9}


def test_words_that_vary_are_found():
    log = [f"session opened for {name} by root" for name in ("ada", "ben", "cy", "dora", "eve")]

    assert texts(log) == {"session opened for <*> by root": 5}


def test_of_two_values_of_one_key_the_key_stays():
    log = [f"login ok user={name} from console" for name in ("ada", "ben", "cy", "dora", "eve")]

    assert texts(log) == {"login ok user=<*> from console": 5}


def test_few_frequent_wordings_stay_apart():
    log = ["link is up", "link is down"] * 10

    assert texts(log) == {"link is up": 10, "link is down": 10}


def test_words_by_turns_stay_apart_beside_what_varies():
    log = [f"session {'opened' if n % 2 else 'closed'} for u{chr(97 + n)}x" for n in range(20)]

    assert texts(log) == {"session opened for <*>": 10, "session closed for <*>": 10}


def test_wordings_of_very_many_turns_do_not():
    log = [
        f"door {colour} is {state} today"
        for colour in ("red", "blue", "green")
        for state in ("open", "shut", "stuck")
    ]

    assert sum(texts(log * 9).values()) == 81
    assert set(texts(log * 9)) == {f"door <*> is {s} today" for s in ("open", "shut", "stuck")}


def test_few_rare_wordings_do_not():
    assert texts(["user ada left home", "user ben left home"]) == {"user <*> left home": 2}


def test_wordings_of_which_one_varies_by_itself_are_one():
    log = ["from alpha to home"] * 20 + [f"from host-{n} to home" for n in range(20)]

    assert texts(log) == {"from <*> to home": 40}


@pytest.mark.parametrize("bad", ["failed", "ERROR", "timeout", "refused"])
def test_alarm_is_never_what_varies(bad: str):
    log = [f"job a{n}b done {bad if n == 7 else 'well'} in time" for n in range(30)]

    assert texts(log) == {
        "job <*> done well in time": 29,
        f"job a7b done {bad} in time": 1,
    }


def test_a_list_of_any_length_has_one_shape():
    log = ["delete " + " ".join(f"blk_{n}" for n in range(size)) for size in (1, 4, 9, 400)]

    assert texts(log) == {"delete blk_<*>": 4}


def test_the_status_of_a_request_is_no_number_like_others():
    log = [f'"GET /users/{n}{n} HTTP/1.1" {200 if n < 9 else 503} {n * 77}' for n in range(10)]

    assert texts(log) == {
        '"GET /users/<*> HTTP/<*>" 200 <*>': 9,
        '"GET /users/<*> HTTP/<*>" 503 <*>': 1,
    }


def test_levels_and_sources_stay_apart():
    log = ["2026-01-02 03:04:05 INFO slow", "2026-01-02 03:04:06 ERROR slow"] * 3
    shapes = counted(log, detect(log)).shapes()

    assert [(shape.level, shape.text, shape.count) for shape in shapes] == [
        ("INFO", "slow", 3),
        ("ERROR", "slow", 3),
    ]
    assert shapes[1].first_at == "2026-01-02 03:04:06"
    assert shapes[0].last_at == "2026-01-02 03:04:05"


def test_a_line_that_is_nothing_but_a_header_is_its_own_message():
    log = ["2026-01-02 03:04:05 ", "2026-01-02 03:04:06 hello"]

    assert list(texts_with_header(log)) == ["<*>-<*>-<*> <*>", "hello"]


def texts_with_header(log: Sequence[str]) -> dict[str, int]:
    return {shape.text: shape.count for shape in counted(log, detect(log)).shapes()}


def test_examples_are_the_first_one_of_the_later_half_and_the_last():
    log = [f"took {n} ms" for n in range(100)]
    [shape] = counted(log, Parsed).shapes()

    assert [number for number, _ in shape.examples] == [1, 64, 100]


def test_equal_lines_are_one_example():
    [shape] = counted(["the same again"] * 100, Parsed).shapes()

    assert shape.examples == ((1, "the same again"),)
    assert (shape.first[0], shape.last[0]) == (1, 100)


def test_history_is_counted_over_equal_parts_however_long_the_log_is():
    log = ["early bird sings"] * 500 + ["late show runs"] * 500
    drain = counted(log, Parsed)
    early, late = drain.shapes()
    parts = drain.parts

    assert PARTS_MOST // 2 < parts <= PARTS_MOST
    assert sum(early.history) == sum(late.history) == 500
    assert not any(early.history[parts // 2 + 1 :])
    assert not any(late.history[: parts // 2 - 1])


@pytest.mark.parametrize(
    "line",
    [
        "\x00\x01\xff\x7f\x80",
        "x" * 1_000_000,
        "word " * 200_000,
        "1 " * 500_000,
        '"' * 5_000,
        "=" * 5_000 + "'" * 5_000,
        "\ud800 lone",
        "строка 日本語 🎉 \u202e",
        "<*> <*>",
        '{"a": ' * 9_000,
    ],
)
def test_garbage_is_a_line_like_others(line: str):
    drain = counted([line, line, "", "a good line"], detect([line]))
    shapes = drain.shapes()

    assert (drain.lines, drain.empty) == (4, 1)
    assert sum(shape.count for shape in shapes) == 3
    assert all(len(text) <= KEPT_MOST for s in shapes for _, text in s.examples)


def test_line_ends_do_not_matter():
    assert texts(["all is well\r", "all is well\r\n", "  all is well"]) == {"all is well": 3}


def test_there_is_a_limit_to_shapes_and_what_is_beyond_is_counted():
    log = [" ".join(chr(97 + (n // 26**k) % 26) * 3 for k in range(4)) for n in range(9_000)]
    log += [" ".join("z" * (1 + n % 40) for _ in range(1 + n)) for n in range(900)]
    drain = counted(log, Parsed)

    assert len(drain.shapes()) <= SHAPES_MOST
    assert sum(shape.count for shape in drain.shapes()) + drain.rare == len(log)


def test_shapes_that_all_begin_alike_are_not_searched_without_end():
    log = [f"1 2 {' '.join(f'{word}{chr(97 + n % 26)}{n // 26:x}z' for word in 'abcdefg')}"
           for n in range(2_000)]  # fmt: skip
    drain = counted(log, Parsed)

    assert max(map(len, drain._leaves.values())) <= 64
    assert sum(shape.count for shape in drain.shapes()) + drain.rare == len(log)


def test_when_no_more_shapes_are_told_apart_wordings_are_one():
    drain = Drain(shapes_most=2)
    drain.read(["a is up", "b went far away", "a is down", "new one", "a is gone"], Parsed)

    assert [(shape.text, shape.count) for shape in drain.shapes()] == [
        ("a is <*>", 3),
        ("b went far away", 1),
    ]
    assert drain.rare == 1


def test_what_is_remembered_has_a_limit():
    log = [f"user q{chr(97 + n % 26)}{chr(97 + n // 26)} left the place" for n in range(600)]
    drain = Drain(remembered_most=200)
    drain.read(log, Parsed)

    assert len(drain._known) <= 10
    assert [(shape.text, shape.count) for shape in drain.shapes()] == [
        ("user <*> left the place", 600)
    ]


@pytest.mark.data
@pytest.mark.parametrize(("name", "least", "shapes"), [("HDFS", 1.0, 14), ("OpenSSH", 0.998, 26)])
def test_shapes_of_real_logs_are_those_that_people_see(name: str, least: float, shapes: int):
    """Grouping accuracy: the share of lines in shapes that hold just the lines of one template."""
    log, named = gold(name)
    header = detect(log[:200])
    drain = counted(log, header)
    counts = {shape.text: shape.count for shape in drain.shapes()}

    found = [most_exact(counts, header(line.strip()).message) for line in log]

    assert len(counts) == shapes
    assert Counter(found) == counts
    ours, theirs = defaultdict[str | None, set[int]](set), defaultdict[str, set[int]](set)
    for number, (mine, gold_name) in enumerate(zip(found, named, strict=True)):
        ours[mine].add(number)
        theirs[gold_name].add(number)
    groups = [group for group in ours.values() if group in theirs.values()]
    assert sum(map(len, groups)) >= least * len(log)
