"""A safety check on the card and as Markdown: what was found, by how many, and who decides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runs.workspace import ResultShown
from bot.views import card, safety
from bot.views.markdown import render
from bot.views.results import tell
from patterns.recipes.safety import Category, CategoryFinding, Level, SafetyReport
from tests.views import slack_rules
from tests.views.samples import done, hostile

INSULT = CategoryFinding(
    category=Category.HARASSMENT, votes=1, of=3, level=Level.FLAG,
    quotes=("You are a clown",), reasons=("An insult.",),
)  # fmt: skip
THREAT = CategoryFinding(
    category=Category.VIOLENCE, votes=3, of=3, level=Level.BLOCK,
    quotes=("I break your door",), reasons=("A threat.", "It frightens."),
)  # fmt: skip


def report(*findings: CategoryFinding, **changes: Any) -> SafetyReport:
    levels = {each.level for each in findings}
    level = next((each for each in (Level.BLOCK, Level.FLAG) if each in levels), Level.CLEAR)
    fields: dict[str, Any] = {
        "text": "You are a clown. I break your door.",
        "seats": 3,
        "level": level,
    }
    return SafetyReport(findings=findings, **(fields | changes))


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        (report(), "🟢 Clear"),
        (report(INSULT), "🟡 Flagged: harassment (1 of 3 voters)"),
        (report(THREAT), "🔴 3 of 3 voters would block it: violence"),
        (report(THREAT, INSULT), "🔴 3 of 3 voters would block it: violence and 1 other"),
        (
            report(level=Level.FLAG, missing=("Moderator: no line",)),
            "🟡 Flagged: 1 of 3 voters did not answer",
        ),
        (
            report(level=Level.FLAG, cut=True),
            "🟡 Flagged: only the beginning of the text was looked at",
        ),
        (
            report(INSULT, missing=("Moderator: no line",)),
            "🟡 Flagged: harassment (1 of 3 voters)",
        ),
    ],
)
def test_the_headline_says_the_level_and_by_how_many(found: SafetyReport, headline: str) -> None:
    assert tell(found).headline == headline
    assert render(done(found)).startswith(f"# {headline[2:]}\n")


def test_every_category_stands_with_its_votes_words_and_reasons() -> None:
    told = tell(report(THREAT, INSULT))

    assert told.top == (
        "*Text*: You are a clown. I break your door.",
        "🔴 *Violence*: 3 of 3 voters would block it\n      _“I break your door”_\n"
        "      A threat.\n      It frightens.",
        "🟡 *Harassment*: flagged by 1 of 3 voters\n      _“You are a clown”_\n      An insult.",
    )
    assert told.short[1] == "*Found*: violence (3 of 3 voters), harassment (1 of 3 voters)."


@pytest.mark.parametrize("found", [report(), report(INSULT), report(THREAT)])
def test_that_a_person_decides_is_always_said(found: SafetyReport) -> None:
    for said in (" ".join(tell(found).notes), render(done(found))):
        assert "a person decides" in said
        assert "One voter is enough to flag" in said


def test_clear_is_no_proof() -> None:
    assert "no proof" in " ".join(tell(report()).notes)
    assert "no proof" not in " ".join(tell(report(INSULT)).notes)
    assert tell(report()).top[1] == "*Found*: nothing, by 3 of 3 voters."


def test_who_did_not_answer_is_named_and_why() -> None:
    found = report(level=Level.FLAG, missing=("Moderator: no line",))

    assert "No answer from Moderator: no line" in tell(found).notes
    assert tell(found).top[1] == "*Found*: nothing, by 2 of 3 voters."
    assert "## No answer\n\n- Moderator: no line\n" in render(done(found))


def test_the_whole_result_is_in_the_markdown() -> None:
    told = render(done(report(THREAT, INSULT)))

    assert "> You are a clown. I break your door.\n" in told
    assert (
        "- **Violence** (3 of 3 voters would block it)\n  - “I break your door”\n  - A threat.\n"
        "  - It frightens.\n- **Harassment** (flagged by 1 of 3 voters)\n"
    ) in told


def test_of_very_many_quotes_it_is_said_how_many_are_left() -> None:
    talkative = INSULT.model_copy(update={"quotes": tuple(f"clown {n}" for n in range(30))})
    told = tell(report(talkative)).top[1]

    assert told.count("clown") == 5
    assert told.endswith("_and 25 more_")


some = st.lists(hostile, max_size=8).map(tuple)
reports = st.builds(
    SafetyReport,
    text=hostile,
    level=st.sampled_from(Level),
    findings=st.lists(
        st.builds(
            CategoryFinding,
            category=st.sampled_from(Category),
            votes=st.integers(0, 15),
            of=st.integers(0, 15),
            level=st.sampled_from(Level),
            quotes=some,
            reasons=some,
        ),
        max_size=8,
    ).map(tuple),
    seats=st.integers(1, 15),
    missing=some,
    cut=st.booleans(),
)


@given(reports)
def test_whatever_stands_in_a_report_slack_takes_it_and_does_nothing_else(
    found: SafetyReport,
) -> None:
    for message in card.messages(done(found), shown=ResultShown.EDIT, broadcast_after=60):
        slack_rules.accepted(message)
        slack_rules.harmless(message)


@given(reports)
def test_whatever_stands_in_a_report_markdown_shows_words(found: SafetyReport) -> None:
    told = "\n".join(safety.render(found))

    assert not any(sign in told for sign in ("\x1b", "\x00", "\u202e"))
    assert "<" not in told.replace("\\<", "")
