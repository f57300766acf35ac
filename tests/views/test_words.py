"""Numbers and times in the words that people use."""

from __future__ import annotations

import pytest

from bot.runs.model import SIMULATED_MODEL
from bot.views.words import KINDS, among, counted, footer, job, seconds, simulated, subject
from patterns.recipes.summarize import Kind
from patterns.usage import Usage
from tests.views.samples import run


@pytest.mark.parametrize(
    ("value", "said"),
    [(-1, "0.0 s"), (0.04, "0.0 s"), (3.21, "3.2 s"), (9.96, "10.0 s"), (59.6, "60 s"),
     (119, "119 s"), (120, "2 min"), (600, "10 min")],
)  # fmt: skip
def test_seconds_are_said_as_precisely_as_it_matters(value: float, said: str) -> None:
    assert seconds(value) == said


def test_nouns_are_counted() -> None:
    assert [counted(n, "vote") for n in (0, 1, 2, 1_234)] == [
        "0 votes", "1 vote", "2 votes", "1,234 votes",
    ]  # fmt: skip


def test_parts_are_counted_out_of_the_whole() -> None:
    assert [among(1, n, "voter") for n in (1, 2, 1_000)] == [
        "1 of 1 voter", "1 of 2 voters", "1 of 1,000 voters",
    ]  # fmt: skip


def test_a_footer_says_only_what_is_known() -> None:
    assert footer(run()) == "run run-1 · AI-generated: check before you rely on it"
    spent = Usage(calls=1, input_tokens=9, output_tokens=1)
    assert footer(run(models=("m",), usage=spent, seconds=3)) == (
        "m · 1 call · 10 tokens · 3.0 s · run run-1 · AI-generated: check before you rely on it"
    )


def test_a_run_without_text_is_about_its_source() -> None:
    asked = {"text": "", "source": {"kind": "message", "channel": "CHERE1", "ts": "1.2"}}

    assert subject(run(request=asked), 100) == "A message in <#CHERE1>"
    assert subject(run(text="a\nclaim"), 100) == "a claim"


def test_an_unknown_job_keeps_its_name() -> None:
    assert job(run(recipe="poetry")) == "poetry"


@pytest.mark.parametrize("name", ["simulated-llama-70b", "simulated", "a simulated model", ""])
def test_only_the_stand_in_itself_is_called_simulated(name: str) -> None:
    """A server may give its model any name, and that one was asked."""
    assert simulated(run(models=(SIMULATED_MODEL,)))
    assert simulated(run(model=SIMULATED_MODEL))
    assert not simulated(run(models=(name,)))


def test_every_kind_of_point_has_its_heading() -> None:
    assert list(KINDS) == list(Kind)
