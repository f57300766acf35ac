"""What the panel has taught: what counts by now, and from when on what does not yet."""

from __future__ import annotations

from bot.views import learned
from patterns.learned import UNLEARNED, Cast, RatedClaim, learn


def rated(count: int, seat: str = "Skeptic") -> list[RatedClaim]:
    """The first seat is right three times of four, the second every other time."""
    return [
        RatedClaim(
            votes=(
                Cast(seat, "refuted" if number % 4 else "supported", 0.9 if number % 4 else 0.2),
                Cast("Advocate", ("refuted", "supported")[number % 2], 0.5),
            ),
            truth="refuted",
            named="refuted",
        )
        for number in range(count)
    ]


def test_before_the_first_claim_it_says_how_to_begin():
    assert learned.panel(UNLEARNED) == learned.NOTHING


def test_few_claims_say_from_when_on_they_count():
    told = learned.panel(learn(rated(12)))

    assert told.splitlines()[:3] == [
        "*The panel, by 12 claims that people rated*",
        "• Advocate: said the same as people in 6 of 12 votes",
        "• Skeptic: said the same as people in 9 of 12 votes",
    ]
    assert "Weights are used from 50 rated claims on; 12 so far: every vote counts the same" in told
    assert "How independent voters are is told from 50 rated claims on" in told
    assert "told from 200 rated claims on" in told


def test_what_few_claims_say_of_confidence_is_not_told():
    few, enough = learn(rated(49)), learn(rated(50))

    assert few.auroc is not None
    assert "times in 100" not in learned.panel(few)
    assert "it tells a right vote from a wrong one" in learned.panel(enough)


def test_who_abstained_is_not_called_wrong():
    abstained = RatedClaim((Cast("Skeptic", "not_enough_evidence", 0.5),), "refuted", "refuted")
    told = learned.panel(learn([abstained]))

    assert "• Skeptic: said the same as people in 0 of 1 vote" in told
    assert "right in" not in told


def test_enough_claims_say_what_each_seat_counts_and_how_independent_voters_are():
    taught = learn(rated(120))
    told = learned.panel(taught)

    counts = f"counts {taught.weights['Skeptic']:.2f}"
    assert f"Skeptic: said the same as people in 90 of 120 votes, {counts}" in told
    assert "Votes count by how often their seat said the same as people" in told
    assert "independent ones" in told
    assert "Voters' own confidence counts" in told
    assert "Confidence does not count, or not yet" in learned.panel(learn(rated(60)))
    assert "so far" not in told


def test_many_claims_have_a_table_of_how_often_people_said_the_same_as_the_panel():
    told = learned.panel(learn(rated(240))).splitlines()

    table = told[told.index("*How often people said the same as the panel*") + 1 :]
    assert table
    assert all(
        "% of the panel gave its verdict, people said the same in " in each for each in table
    )
    assert "agree" not in "\n".join(table)


def test_a_seat_is_only_a_name():
    told = learned.panel(learn(rated(3, seat="<!channel> *x* <https://evil.example|y>\nz")))

    assert "<" not in told
    assert len(told.splitlines()) == len(learned.panel(learn(rated(3))).splitlines())
