"""A number in a finding stands in the lines that it cites, or the finding is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.recipes.logs.findings import (
    FINDINGS_MOST,
    TEXT_MOST,
    TITLE_MOST,
    held,
    honest,
    joined,
    numbers_of,
    ordered,
    overview,
)  # fmt: skip
from patterns.recipes.logs.report import Finding, LogLine, Observations, Severity
from tests.patterns.recipes.logbooks import answer, finding, known, template

LINE = LogLine(number=12, text="Dec 10 06:55:46 sshd[24200]: 3 times from 10.0.0.7:50010 ssh2")
SSH = template(4, "<*> times from <*> ssh2", 1_204, first=LINE, last=LINE, first_at="06:55:46.5")


@pytest.mark.parametrize(
    "text",
    [
        "no number", "1,204 lines", "1204 lines", "shape 4", "line 12", "3 times", "10.0.0.7",
        "port 50010", "10.0.0.7:50010", "at 06:55", "at 06:55:46.", "ssh2", "pid 24200", "Dec 10",
    ],
)  # fmt: skip
def test_numbers_that_stand_in_the_lines(text: str):
    assert honest(text, numbers_of([SSH]))


@pytest.mark.parametrize(
    "text",
    ["5 times", "1,205", "12,04", "46 lines", "55 lines", "10.0.0", "10.0.0.8", "06:56", "6:55",
     "0010", "38 %", "1.204", "204"],
)  # fmt: skip
def test_numbers_that_do_not(text: str):
    assert not honest(text, numbers_of([SSH]))


def test_counts_of_several_templates_may_be_added():
    assert honest("1,206 lines", numbers_of([SSH, template(9, count=2)]))


@given(st.integers(0, 10**9))
def test_no_number_is_taken_on_trust(number: int):
    shown = [template(1, "disk <*> failed", 5), template(2, "all is well", 7)]
    said = Observations.model_validate(answer(finding(1, text=f"It failed {number:,} times.")))

    holding = held(said, shown, lines=12, templates=2)

    assert bool(holding.findings) == (number in {1, 5, 12})
    assert len(holding.findings) + holding.dropped == 1


def test_what_is_too_long_is_cut_and_what_is_too_much_is_dropped():
    long = finding(1, title="t" * 999, text="x" * 9_999)
    holding = held(Observations.model_validate(answer(*[long] * 20)), [template()], 1, 1)

    assert (len(holding.findings), holding.dropped) == (FINDINGS_MOST, 20 - FINDINGS_MOST)
    assert len(holding.findings[0].title) == TITLE_MOST
    assert len(holding.findings[0].text) == TEXT_MOST


def test_a_template_that_is_cited_twice_is_counted_once():
    said = Observations.model_validate(answer(finding(1, 1, 2)))
    [found] = held(said, [template(1, count=3), template(2, count=4)], 7, 2).findings

    assert (found.templates, found.count) == ((1, 2), 7)


def test_of_an_overview_the_sentences_with_numbers_of_their_own_go():
    assert overview("All well. 7 died! Of 12 lines?", {"12"}) == "All well. Of 12 lines?"


def told(severity: Severity, *templates: int) -> Finding:
    line = LogLine(number=templates[0], text="x")
    return Finding(
        severity=severity, title=f"{severity} {templates}", text="x", templates=templates,
        count=len(templates), first=line, last=line,
    )  # fmt: skip


SHOWN = known(
    [
        template(1, count=500),
        template(2, count=500, history=(500, 0, 0, 0)),
        template(3),
        template(4),
    ]
)


def test_the_gravest_first_then_what_is_rare_or_sudden():
    grave, usual = told(Severity.CRITICAL, 1), told(Severity.ERROR, 1)
    sudden, rare = told(Severity.ERROR, 2), told(Severity.ERROR, 3)
    common = usual.model_copy(update={"count": 500})
    burst = sudden.model_copy(update={"count": 500})

    assert ordered([common, burst, rare, grave], SHOWN) == [grave, rare, burst, common]


groups = st.lists(st.lists(st.integers(-2, 9), max_size=5), max_size=5)


@given(st.lists(st.integers(1, 4), max_size=6), groups)
def test_joining_loses_no_finding_and_counts_exactly(cited: list[int], same: list[list[int]]):
    severities = list(Severity)
    findings = [told(severities[n % 4], number) for n, number in enumerate(cited)]

    found = joined(findings, same, SHOWN)

    assert len(found) <= len(findings)
    assert {n for each in found for n in each.templates} == set(cited)
    for each in found:
        assert each.count == sum(SHOWN[number].count for number in each.templates)


def test_those_that_are_one_speak_with_the_gravest_voice():
    mild, grave = told(Severity.NOTICE, 3), told(Severity.CRITICAL, 4)

    [one] = joined([mild, grave], [[1, 2]], SHOWN)

    assert (one.severity, one.title, one.templates) == (Severity.CRITICAL, grave.title, (3, 4))
