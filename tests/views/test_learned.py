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
        "• Advocate: right in 6 of 12 votes",
        "• Skeptic: right in 9 of 12 votes",
    ]
    assert "Weights are used from 50 rated claims on; 12 so far: every vote counts the same" in told
    assert "How independent voters are is told from 50 rated claims on" in told
    assert "told from 200 rated claims on" in told


def test_enough_claims_say_what_each_seat_counts_and_how_independent_voters_are():
    taught = learn(rated(60))
    told = learned.panel(taught)

    assert f"Skeptic: right in 45 of 60 votes, counts {taught.weights['Skeptic']:.2f}" in told
    assert "Votes count by how often their seat was right" in told
    assert "independent ones" in told
    assert "Voters' own confidence counts" in told
    assert "so far" not in told


def test_many_claims_have_a_table_of_how_often_people_agreed():
    told = learned.panel(learn(rated(240))).splitlines()

    table = told[told.index("*Where so many of the panel agreed*") + 1 :]
    assert table
    assert all("% of the votes: people agreed in " in line for line in table)


def test_a_seat_is_only_a_name():
    told = learned.panel(learn(rated(3, seat="<!channel> *x* <https://evil.example|y>\nz")))

    assert "<" not in told
    assert len(told.splitlines()) == len(learned.panel(learn(rated(3))).splitlines())
