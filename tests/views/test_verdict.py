"""A fact-check as people read it: the panel's word, what it rests on, and who dissents."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given

from bot.runs.model import Opinion, PeoplesVote
from bot.views import verdict_markdown
from bot.views.results import tell
from bot.views.told import Told
from patterns.evidence import Earlier, Origin, Passage
from patterns.recipes.factcheck import (
    ClaimKind,
    ClaimVerdict,
    FactCheck,
    Label,
    NotVoted,
    Outcome,
)
from tests.results import checked, claim_verdict, fact_check, passage, vote
from tests.views.samples import NOON, fact_checks

S, R, N = Label.SUPPORTED, Label.REFUTED, Label.NOT_ENOUGH
ANN = passage(1, origin=Origin.CONVERSATION, title="Ann", link="https://acme.slack.com/p1")
PAGE = passage(2)


def opinion(text: str = "I like it") -> NotVoted:
    return NotVoted(text=text, start=0, end=len(text), kind=ClaimKind.OPINION)


def people(closed: bool, *counts: int, settled: Opinion | None = None) -> PeoplesVote:
    given = dict(zip(Opinion, counts, strict=True))
    return PeoplesVote(claim=0, closes_at=NOON, closed=closed, counts=given, settled=settled)


def quoted(**fields: Any) -> FactCheck:
    """Three for it, on two passages; one against it; and one whose quote did not hold."""
    votes = (
        vote(S, 1, seat="Skeptic", quote="On Friday evening", passage=1, confidence=0.6),
        vote(S, 2, seat="Advocate", quote="Page two says so", passage=2, confidence=0.99),
        vote(R, 3, seat="Neutral reader", quote="Never", passage=2),
        vote(S, 4, seat="Numbers and dates", quote="On Friday", passage=1, confidence=0.5),
        vote(N, 5, seat="Second neutral reader", said=S, recast="its quote stands in no passage"),
    )
    return checked(*votes, passages=(ANN, PAGE), **fields)


def test_one_claim_is_told_with_its_quotes_its_dissent_and_where_was_looked() -> None:
    earlier = Earlier(claim="x", outcome="refuted", agreed=4, voters=5, date="2026-11-03")
    told = tell(quoted(looked=("this thread",), searches=2, earlier=(earlier,)))

    assert told == Told(
        headline="✅ Supported: 3 of 5 voters",
        gist="*Claim*: The moon is cheese",
        short=(
            "*Claim*: The moon is cheese",
            "*Votes*: 3 supported · 1 refuted · 1 not enough evidence",
        ),
        top=(
            "*Claim*: The moon is cheese",
            "*Votes*: 3 supported · 1 refuted · 1 not enough evidence",
            "\n*Strongest for*: “On Friday evening” (Ann, 3 Nov 2026, "
            "<https://acme.slack.com/p1|source>) · 2 votes rest on it",
            "*Strongest against*: “Never” (Page 2, pages.example, 3 Nov 2026, "
            "<https://pages.example/2|source>)",
            "\n✅ *Advocate*: supported. Reason 2.",
            "❌ *Neutral reader*: refuted. Reason 3.",
            "❔ *Second neutral reader*: not enough evidence (said supported: its quote stands in "
            "no passage). Reason 5.",
            "\n*Checked before*, 3 Nov 2026: Refuted, 4 of 5 voters",
        ),
        notes=("Looked in: this thread, 2 searches of the web",),
    )


def test_a_decision_made_early_says_after_how_many() -> None:
    told = tell(checked(S, S, S, seats=5))

    assert told.headline == "✅ Supported: 3 of 5 voters"
    assert "*Votes*: 3 supported · stopped early: it was decided after 3 of 5" in told.top


def test_a_tie_names_no_winner_and_lets_everybody_speak() -> None:
    told = tell(checked(S, S, N, N, R))

    assert told.headline == "🤷 No majority: 2 supported, 2 not enough evidence, 1 refuted"
    assert [text for text in told.top if "Reason" in text] == [
        "\n✅ *Seat 1*: supported. Reason 1.",
        "✅ *Seat 2*: supported. Reason 2.",
        "❔ *Seat 3*: not enough evidence. Reason 3.",
        "❔ *Seat 4*: not enough evidence. Reason 4.",
        "❌ *Seat 5*: refuted. Reason 5.",
    ]
    assert told.notes[-1].startswith("Ask again with `--deep`")


def test_how_a_tie_fell_is_told_once() -> None:
    why = "No label has more than half of the 5 seats: 2 supported, 2 refuted, 1 not checkable."
    told = tell(checked(S, S, R, R, Label.NOT_CHECKABLE, why=why))

    assert told.headline == "⚖️ Conflicting: 2 supported, 2 refuted, 1 not checkable"
    assert told.top[1] == "*Votes*: No label has more than half of the 5 seats"
    assert "2 supported" not in "\n".join(told.top)


def test_where_people_have_voted_already_nobody_is_told_to_let_them() -> None:
    tie = claim_verdict(S, S, N, N, R)
    still_open, over = people(False, 4, 1, 0), people(True, 4, 1, 0)

    assert tell(fact_check(tie), [still_open]).notes[-1].endswith(" of nine, or let people vote.")
    assert tell(fact_check(tie), [over]).notes[-1].endswith(" for a panel of nine.")
    assert "let people vote" not in "\n".join(tell(fact_check(tie, tie), [over]).more)


def test_two_on_each_side_are_conflicting() -> None:
    told = tell(checked(S, R, S, R, N))

    assert told.headline == "⚖️ Conflicting: 2 supported, 2 refuted, 1 not enough evidence"


def test_lost_voters_are_named_and_said_to_be_replaced_where_they_were() -> None:
    lost = ("Advocate: timed out", "Skeptic: gave no proper answer")
    replaced = tell(checked(S, S, S, R, N, seats=5, missing=lost, replaced=2))
    short = tell(checked(S, S, S, seats=5, missing=lost))

    assert replaced.headline == short.headline == "✅ Supported: 3 of 5 voters"
    assert replaced.top[1].endswith(" · 2 did not answer and were replaced")
    assert short.top[1] == "*Votes*: 3 supported · 2 did not answer"
    assert short.notes == (
        "No answer from Advocate: timed out",
        "No answer from Skeptic: gave no proper answer",
    )


def test_too_few_votes_are_said_to_be_that() -> None:
    why = "Only 1 of 5 voters answered, 3 are needed."
    few = claim_verdict(S, seats=5, outcome=Outcome.CONTESTED, why=why)

    told = tell(fact_check(few, claim_verdict(seats=5, outcome=Outcome.CONTESTED, why=why)))

    assert told.headline == "🔎 2 claims: 2 no majority"
    assert "🤷 *1. No majority: 1 supported*\nThe moon is cheese" in told.top
    assert "\n🤷 *2. No majority: too few votes*\nThe moon is cheese" in told.top
    assert why in told.more


@pytest.mark.parametrize(
    ("looked", "searches", "words"),
    [
        ((), 0, "no sources were searched"),
        (("this channel",), 0, "no source that bears on the claim was found"),
        ((), 2, "no source that bears on the claim was found"),
    ],
)
def test_what_rests_on_models_alone_says_so_at_the_top(
    looked: tuple[str, ...], searches: int, words: str
) -> None:
    told = tell(checked(S, S, S, looked=looked, searches=searches))

    assert f"⚠️ *Model knowledge only*: {words}." in told.short
    assert f"⚠️ *Model knowledge only*: {words}." in told.top


def test_votes_that_were_weighed_say_so_in_the_headline() -> None:
    strong = vote(R, 1, weight=3.0)
    won = tell(checked(strong, S, S, S, S, outcome=Outcome.REFUTED, weighed=True))
    lost = tell(checked(S, S, S, R, R, outcome=Outcome.CONFLICTING, weighed=True))

    assert won.headline == "❌ Refuted: 1 of 5 voters, weighed by their record"
    assert lost.headline == "⚖️ Conflicting: 3 supported, 2 refuted, weighed by their record"


@pytest.mark.parametrize(
    ("votes", "fields", "words"),
    [
        ((S,) * 4, {}, "all 4 voters asked, of 9"),
        ((S, S, S, S, S, R), {}, "5 of the 6 asked, of 9"),
        ((S,) * 4, {"missing": ("Skeptic: late",)}, "4 of the 5 asked, of 9"),
        ((S,) * 4, {"missing": ("Skeptic: late",), "replaced": 1}, "all 4 voters asked, of 9"),
        ((S,) * 5 + (R,) * 4, {}, "5 of 9 voters"),
    ],
)
def test_a_large_panel_that_stopped_early_does_not_read_as_a_minority(
    votes: tuple[Label, ...], fields: dict[str, Any], words: str
) -> None:
    result = checked(*votes, seats=9, outcome=Outcome.SUPPORTED, **fields)

    assert tell(result).headline == f"✅ Supported: {words}"


def test_too_little_evidence_tells_whether_the_web_was_searched() -> None:
    nowhere = tell(checked(N, N, N, looked=("this thread",))).notes

    assert nowhere == ("Looked in: this thread", "The web was not searched.")
    assert tell(checked(N, N, N)).notes == ("The web was not searched.",)
    assert tell(checked(N, N, N, searches=1)).notes == ("Looked in: 1 search of the web",)
    assert tell(checked(S, S, S)).notes == ()


def test_how_independent_the_voters_are_is_told_where_people_have_taught_it() -> None:
    result = checked(S, S, S).model_copy(update={"effective": 2.34})
    told = "By people's verdicts on earlier claims, five voters are worth 2.3 independent ones."

    assert tell(result).notes == (told,)
    assert f"- {told}" in "\n".join(verdict_markdown.render(result))


def test_a_quote_that_was_widened_to_its_sentence_is_shown_to_its_end() -> None:
    turned = f"{'It is said again and again ' * 14}that honey spoils, which is a myth."
    assert len(turned) > 390
    found = Passage(origin=Origin.CONVERSATION, text=turned)
    cast = (vote(R, quote=turned, passage=1),) * 3

    assert "which is a myth." in "\n".join(tell(checked(*cast, passages=(found,))).top)


def test_several_claims_are_short_on_the_card_and_whole_in_the_thread() -> None:
    first = quoted().claims[0]
    others = (
        claim_verdict(R, R, R, claim="The sky is green", seats=5),
        claim_verdict(N, N, N, claim="Bees can talk", searches=3, seats=5, passages=(PAGE,)),
    )
    told = tell(fact_check(first, *others, others=(opinion(),), left_out=2))

    assert told.headline == "🔎 3 claims: 1 supported, 1 refuted, 1 not enough evidence"
    assert told.top == (
        "✅ *1. Supported: 3 of 5 voters*\nThe moon is cheese\n      _Strongest for_: “On Friday "
        "evening” (Ann, 3 Nov 2026, <https://acme.slack.com/p1|source>) · 2 votes rest on it",
        "\n❌ *2. Refuted: 3 of 5 voters*\nThe sky is green",
        "\n❔ *3. Not enough evidence: 3 of 5 voters*\nBees can talk",
        "\nNot voted on: “I like it” (opinion)",
        "2 more claims not voted on: too many for one fact-check",
    )
    assert told.notes == ("⚠️ Model knowledge only: claim 2",)
    more = "\n".join(told.more)
    assert more.index("*1. Sup") < more.index("*Strongest against*") < more.index("*2. Refuted")
    assert "Looked in: 3 searches of the web" in told.more


def test_where_nothing_can_be_checked_it_says_what_there_is_instead() -> None:
    told = tell(fact_check(others=(opinion(), opinion("So do I")), text="I like it. So do I"))

    assert told.headline == "🚫 Nothing here can be checked: 2 opinions"
    assert told.top == (
        "*Text*: I like it. So do I",
        "\nNot voted on: “I like it” (opinion)",
        "Not voted on: “So do I” (opinion)",
        "\nSay it as a fact that could be wrong.",
    )
    assert told.short[-1] == "Say it as a fact that could be wrong."


def test_the_word_of_people_stands_beside_that_of_the_panel_once_their_vote_is_over() -> None:
    still_open = people(False, 4, 1, 0)
    over = people(True, 4, 1, 0, settled=Opinion.AGREE)

    assert "People" not in json.dumps(tell(checked(R, R, R), [still_open]).top)
    assert (
        "*People*: 4 agree with the claim · 1 disagrees; they say: it's true"
        in tell(checked(R, R), [over]).top
    )
    assert tell(checked(R, R, R), [over]).headline == "❌ Refuted: 3 of 3 voters"


def test_what_was_recast_speaks_for_itself_even_in_the_majority() -> None:
    recast = vote(N, 2, said=R, recast="it quoted nothing")
    told = tell(checked(vote(N, 1), recast, vote(N, 3)))

    assert "\n❔ *Seat 1*: not enough evidence. Reason 1." in told.top
    assert (
        "❔ *Seat 2*: not enough evidence (said refuted: it quoted nothing). Reason 2." in told.top
    )
    assert not any("Seat 3" in text for text in told.top)


def test_a_quote_without_its_passage_is_not_shown() -> None:
    for number in (None, 0, 3, -1):
        told = tell(checked(vote(S, quote="Made up", passage=number), passages=(ANN, PAGE)))

        assert not any("Made up" in text for text in told.top)


def test_a_place_that_is_no_page_is_told_as_it_stands() -> None:
    file = passage(1, origin=Origin.FILE, title="notes.txt, line 12", link="", date="")
    evil = passage(1, link="javascript:alert(1)", date="soon", title="")

    for source, words in (
        (file, "(file “notes.txt, line 12”)"),
        (evil, "(soon, javascript:alert(1))"),
    ):
        told = tell(checked(vote(S, quote="So it is", passage=1), passages=(source,)))

        assert f"\n*Strongest for*: “So it is” {words}" in told.top


@given(fact_checks)
def test_both_sides_are_quoted_whenever_both_have_a_quote(result: FactCheck) -> None:
    if len(result.claims) != 1:
        return
    [claim] = result.claims
    told = "\n".join(tell(result).top)

    assert ("*Strongest for*" in told) == has_quote(claim, S)
    assert ("*Strongest against*" in told) == has_quote(claim, R)


@given(fact_checks)
def test_the_posterior_is_never_rendered(result: FactCheck) -> None:
    """Nor any other probability: our own words hold counts alone."""
    quiet = result.model_copy(
        update={
            "claims": tuple(_wordless(claim) for claim in result.claims),
            "others": (),
            "notes": (),
            "text": "x",
        }
    )
    told = tell(quiet)

    for text in (told.headline, *told.short, *told.top, *told.more, *told.notes):
        assert not re.search(r"%|\d\.\d", text)


def has_quote(claim: ClaimVerdict, label: Label) -> bool:
    numbers = range(1, len(claim.passages) + 1)
    return any(v.label is label and v.quote and v.passage in numbers for v in claim.votes)


def _wordless(claim: ClaimVerdict) -> ClaimVerdict:
    cast = [vote(each.label, n, confidence=each.confidence) for n, each in enumerate(claim.votes)]
    return claim.model_copy(
        update={"claim": "x", "votes": tuple(cast), "passages": (), "earlier": (), "looked": (),
                "missing": (), "why": ""}
    )  # fmt: skip
