"""The whole recipe of a fact-check on claims that people really made, with scripted voters."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.panel import checked, main
from benchmarks.voters import CLAIMS, Claim, Script, Voters, claims
from patterns.fanout import Limits
from patterns.ports import SILENT, Prompt
from patterns.quotes import found as found_in
from patterns.quotes import in_context
from patterns.recipes.factcheck import FactCheck, Outcome, factcheck
from patterns.recipes.factcheck.claims import plain
from patterns.task import Task
from patterns.testing import ScriptedModel
from tests.fakes.virtual_time import in_virtual_time

NUMBER = re.compile(r"claim-(\d+)-")
MADE_UP = [
    {
        "claim": "The old bridge of Ostrand was closed in 1931.",
        "label": "Supported",
        "evidence": [
            {
                "question": "When was the old bridge of Ostrand closed?",
                "answer": "The council closed the old bridge of Ostrand in March 1931.",
                "url": "https://ostrand.example/bridge",
            },
            {"question": "Who built it?", "answer": "No answer could be found.", "url": ""},
        ],
    },
    {
        "claim": "The lake of Ostrand is the deepest in the country.",
        "label": "Refuted",
        "evidence": [
            {
                "question": "Is the lake of Ostrand the deepest in the country?",
                "answer": "No",
                "url": "https://ostrand.example/lake",
            }
        ],
    },
    {
        "claim": "The mayor of Ostrand owns four goats.",
        "label": "Conflicting Evidence/Cherrypicking",
        "evidence": [
            {
                "question": "How many goats does the mayor of Ostrand own?",
                "answer": "Two by one count, four by another.",
                "url": "",
            }
        ],
    },
]


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    path = tmp_path / "claims.jsonl"
    path.write_text("\n".join(map(json.dumps, MADE_UP)))
    return path


def real(most: int) -> list[Claim]:
    if not CLAIMS.exists():
        pytest.skip("no shared data here")
    return claims(CLAIMS)[:most]


def test_voters_that_are_always_right_are_believed_after_three(made_up: Path):
    every = in_virtual_time(checked(claims(made_up)[:2], Voters(right=1), draws=1))

    assert [one.verdict.outcome for one in every] == [Outcome.SUPPORTED, Outcome.REFUTED]
    assert [(one.calls, one.rounds) for one in every] == [(3, 1), (3, 1)]
    assert all(vote.quote and vote.passage == 1 for one in every for vote in one.verdict.votes)


def test_a_fake_quote_is_in_no_result_and_its_vote_counts_as_not_enough_evidence(made_up: Path):
    every = in_virtual_time(checked(claims(made_up), Voters(right=1, fakes=1), draws=1))

    assert {one.verdict.outcome for one in every} == {Outcome.NOT_ENOUGH}
    assert {vote.quote for one in every for vote in one.verdict.votes} == {""}


def test_voters_are_as_often_right_and_as_much_alike_as_they_are_told(made_up: Path):
    claim = claims(made_up)[0]
    pairs = [
        tuple(
            Voters(right=0.7, alike=0.3, draw=draw).votes(claim, seat).label is claim.gold
            for seat in (1, 2)
        )
        for draw in range(4000)
    ]
    first = sum(one for one, _ in pairs) / len(pairs)
    both = sum(one and other for one, other in pairs) / len(pairs)

    assert first == pytest.approx(0.7, abs=0.03)
    assert (both - 0.49) / 0.21 == pytest.approx(0.3, abs=0.05)


def test_the_table_is_written_and_stopping_early_changes_no_verdict(
    made_up: Path, capsys: pytest.CaptureFixture[str]
):
    page = made_up.with_name("panel.md")
    page.write_text("Before.\n<!-- tables -->\nold\n<!-- end of tables -->\nAfter.\n")

    assert main([str(made_up), "--draws", "2", "--write", str(page)]) == 0

    written = page.read_text()
    assert "| right | alike |" in written
    assert written.count("\n| ") == sum(2 + rows for rows in (10, 6, 4))
    assert written.startswith("Before.\n")
    assert written.endswith("After.\n")
    assert "3 of 3 claims were voted on" in capsys.readouterr().out


def test_without_the_claims_a_sentence_says_so(capsys: pytest.CaptureFixture[str]):
    assert main(["nowhere.jsonl"]) == 0

    assert "There are no claims in nowhere.jsonl" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "votes"),
    [
        ("The cord should not be cut before an hour, or the baby lacks blood.", True),
        ("The bridge should be closed because its arch is cracked.", True),
        ("The bridge should be closed.", False),
    ],
)
def test_advice_with_a_reason_that_can_be_checked_is_voted_on(text: str, votes: bool):
    gate = plain(text)

    assert bool(gate.claims) is votes


def test_a_quote_is_not_widened_over_what_was_left_out():
    source = "Is a charger in the box? No […] Why is that? Apple says that it saves packaging."
    span = found_in("in the box", source)

    assert span
    whole = in_context(span, source)
    assert whole
    assert "[…]" not in source[slice(*whole)]


@pytest.mark.data
def test_no_real_claim_is_lost_and_every_count_adds_up():
    found = real(25)
    every = in_virtual_time(checked(found, Voters(right=0.8, alike=0.3), draws=1))

    assert [one.verdict.claim for one in every] == [one.text for one in found]
    for one in every:
        assert one.verdict.outcome is one.all_asked
        assert len(one.verdict.votes) == one.calls == sum(one.verdict.counts.values())
        assert 3 <= one.calls <= one.verdict.seats == 5
        assert all(vote.quote for vote in one.verdict.votes)
        assert one.fakes_shown == 0


@pytest.mark.data
def test_eight_real_claims_in_one_text_have_their_verdicts_in_its_order():
    found = real(24)
    for part in (found[:8], found[8:16], found[16:]):
        result = in_virtual_time(together(part))
        places = [(one.start, one.end) for one in result.claims]

        assert [one.claim for one in result.claims] == [" ".join(one.text.split()) for one in part]
        assert places == sorted(places)
        assert all(
            one.outcome.value == claim.gold.value
            for claim, one in zip(part, result.claims, strict=True)
            if claim.gold
        )


async def together(part: list[Claim]) -> FactCheck:
    """Voters are right; those on later claims answer sooner."""
    scripts = [Script(Voters(right=1), claim) for claim in part]

    def script(prompt: Prompt[Any]) -> dict[str, Any]:
        if number := NUMBER.match(prompt.key):
            return scripts[int(number[1]) - 1](prompt)
        return {"claims": [entry for one in scripts for entry in one(prompt)["claims"]]}

    def seconds(prompt: Prompt[Any]) -> float:
        number = NUMBER.match(prompt.key)
        return 1 / int(number[1]) if number else 0

    task = Task(text="\n".join(one.text for one in part), web=True)
    return await factcheck(task, ScriptedModel(script, delay=seconds), SILENT, Limits())
