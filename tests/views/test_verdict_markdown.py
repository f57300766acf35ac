"""A fact-check in a file or on a terminal: nothing of it is left out."""

from __future__ import annotations

from bot.runs.model import Opinion, PeoplesVote
from bot.views.markdown import render
from patterns.recipes.factcheck import ClaimKind, Label, NotVoted
from tests.results import checked, claim_verdict, fact_check, passage, vote
from tests.views.samples import NOON, done

S, R, N = Label.SUPPORTED, Label.REFUTED, Label.NOT_ENOUGH


def test_a_claim_is_told_with_every_vote_every_passage_and_how_it_was_decided() -> None:
    votes = (
        vote(S, 1, quote="So it is", passage=1, model="gpt-5-mini"),
        vote(S, 2, quote="So it is", passage=1),
        vote(N, 3, said=R, recast="it quoted nothing"),
        vote(S, 4, quote="Two", passage=2),
    )
    lost = ("Advocate: timed out",)
    told = render(
        done(checked(*votes, missing=lost, passages=(passage(1), passage(2)), looked=("here",)))
    )

    assert told.startswith(
        """# Supported: 3 of 5 voters

> The moon is cheese

Votes: 3 supported · 1 not enough evidence · 1 did not answer.

**Strongest for**: “So it is” (Page 1, pages.example, 3 Nov 2026, \
[source](<https://pages.example/1>), 2 votes rest on it)

Looked in: here.

**The panel**

- **Seat 1** (supported): Reason 1. “So it is” (passage 1)
- **Seat 2** (supported): Reason 2. “So it is” (passage 1)
- **Seat 3** (not enough evidence; said refuted: it quoted nothing): Reason 3.
- **Seat 4** (supported): Reason 4. “Two” (passage 2)

**No vote**

- Advocate: timed out

**Passages**

1. Passage 1. (Page 1, pages.example, 3 Nov 2026, [source](<https://pages.example/1>))
2. Passage 2. (Page 2, pages.example, 3 Nov 2026, [source](<https://pages.example/2>))

**How this was decided.** A label wins where more than half of all 5 seats give it. \
Seats were asked in waves up to 3, then 4, then 5; all of them were. \
Votes: Seat 1 supported (gpt-5-mini); Seat 2 supported; \
Seat 3 not enough evidence (said refuted: it quoted nothing); Seat 4 supported. \
No answer: Advocate: timed out. \
1 vote counts as not enough evidence: its quote did not hold. \
The panel was shown 2 passages.
"""
    )


def test_several_claims_have_a_heading_each_and_the_rest_is_named() -> None:
    other = NotVoted(text="It will rain", start=0, end=12, kind=ClaimKind.PREDICTION)
    claims = (claim_verdict(S, S, S, seats=5), claim_verdict(S, R, claim="Bees talk"))
    told = render(done(fact_check(*claims, others=(other,), left_out=1, notes=("No web.",))))

    assert told.startswith("# 2 claims: 1 supported, 1 no majority\n\n## 1. Supported: 3 of 5")
    assert "\n## 2. No majority: 1 supported, 1 refuted\n\n> Bees talk\n" in told
    assert "until those still open could not have changed it." in told
    assert "**Model knowledge only**: no sources were searched." in told
    assert "- “It will rain” (prediction)\n- 1 more claim not voted on: too many" in told
    assert "**Notes**\n\n- No web.\n" in told


def test_a_large_panel_says_that_it_may_stop_a_little_before_it_must() -> None:
    told = render(done(checked(*[S] * 6, seats=9)))

    assert told.startswith("# Supported: all 6 voters asked, of 9\n")
    assert "more than half of all 9 seats give it and chance does not explain the lead." in told
    assert "in waves up to 4, then 6, then 8, then 9, until those still open could hardly" in told


def test_a_panel_of_one_is_one() -> None:
    told = render(done(checked(S)))

    assert told.startswith("# Supported: 1 of 1 voter\n")
    assert "One voter was to decide." in told


def test_nothing_to_check_is_said() -> None:
    assert render(done(fact_check(text="Hurrah"))).startswith(
        "# Nothing here can be checked\n\n> Hurrah\n\nSay it as a fact that could be wrong."
    )


def test_what_people_said_stands_there_once_their_vote_is_over() -> None:
    vote = PeoplesVote(claim=0, closes_at=NOON, closed=False, counts={Opinion.AGREE: 3})
    over = vote.model_copy(update={"closed": True, "settled": Opinion.AGREE})

    assert "People" not in render(done(checked(R), people=(vote,)))
    assert "People: 3 agree with the claim; they say: it's true." in render(
        done(checked(R), people=(over,))
    )
