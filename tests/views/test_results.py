"""Results as people read them: all that there is, the first of it on the card."""

from __future__ import annotations

from bot.views.results import tell
from patterns.recipes.brainstorm import Idea, IdeaList
from patterns.recipes.factcheck import Label
from patterns.recipes.safety import Level, SafetyReport
from tests.views.samples import extraction, log_report, summary, verdict


def ideas(count: int) -> IdeaList:
    return IdeaList(
        problem="Releases take too long",
        ideas=tuple(
            Idea(number=n, title=f"Idea {n}", pitch="Do it.", lenses=("Operator", "Payer"))
            for n in range(1, count + 1)
        ),
        picks={"safe": 1, "bold": 3, "cheap to test": 99},
        common="Fewer steps.",
        missing=("Neighbour: timed out",),
    )


def test_ideas_are_numbered_credited_and_picked() -> None:
    told = tell(ideas(3))

    assert told.headline == "💡 3 ideas from 2 points of view"
    assert "*Safe*: 1. Idea 1" in told.top
    assert "*Bold*: 3. Idea 3" in told.top
    assert "*In common*: Fewer steps." in told.top
    assert "*2. Idea 2*: Do it. (Operator, Payer)" in told.top
    assert told.notes == ("No answer from Neighbour: timed out",)
    assert not any("99" in text for text in told.top)


def test_ideas_that_do_not_fit_follow() -> None:
    told = tell(ideas(20))

    assert told.rest == "8 more ideas"
    assert len(told.more) == 8


def test_every_kind_of_result_has_a_headline_and_something_below_it() -> None:
    safe = SafetyReport(text="Hello", level=Level.CLEAR, findings=(), seats=3)
    results = (verdict(Label.REFUTED), summary(), ideas(1), safe, log_report(), extraction())
    for result in results:
        told = tell(result)

        assert told.headline
        assert told.top
        assert all((told.gist, *told.short, *told.top))
