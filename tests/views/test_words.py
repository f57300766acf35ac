"""Numbers and times in the words that people use."""

from __future__ import annotations

import pytest

from bot.views.words import counted, footer, job, seconds, subject
from patterns.ports import Usage
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
