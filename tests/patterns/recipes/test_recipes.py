from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from patterns.evidence import Origin, Passage
from patterns.recipes import RECIPES, Result
from patterns.recipes.brainstorm import IdeaList
from patterns.recipes.factcheck import (
    ClaimKind,
    ClaimVerdict,
    FactCheck,
    Label,
    NotVoted,
    Outcome,
    SeatVote,
)
from patterns.recipes.safety import Level, SafetyReport
from patterns.recipes.summarize import Kind, Point, Summary, Told, Unread

ADAPTER: TypeAdapter[Result] = TypeAdapter(Result)


def test_the_recipes_are_what_people_can_ask_for():
    assert list(RECIPES) == [
        "factcheck",
        "summarize",
        "brainstorm",
        "safety",
        "logs",
        "extract",
    ]


@pytest.mark.parametrize(
    "result",
    [
        FactCheck(text="x", claims=(), left_out=1, notes=("A note.",)),
        FactCheck(
            text="x",
            claims=(
                ClaimVerdict(
                    claim="x",
                    start=0,
                    end=1,
                    outcome=Outcome.REFUTED,
                    votes=(
                        SeatVote(
                            seat="Skeptic",
                            label=Label.NOT_ENOUGH,
                            reason="So.",
                            confidence=0.5,
                            said=Label.REFUTED,
                            recast="it quoted nothing",
                        ),
                    ),
                    seats=5,
                    missing=("a: b",),
                    passages=(Passage(origin=Origin.WEB, text="x", link="https://a.test"),),
                ),
            ),
            others=(NotVoted(text="x", start=0, end=1, kind=ClaimKind.OPINION),),
        ),
        Summary(overview=(), points=(), read=1, messages=2, threads=1),
        Summary(
            overview=(Told(text="x", links=("https://a.test/1",)),),
            points=(
                Point(
                    kind=Kind.ACTION,
                    text="x",
                    quote="x",
                    speaker="Ann",
                    owner="Ben",
                    due="on Friday",
                    at=1.5,
                    sources=("1",),
                    links=("https://a.test/1",),
                    later=("https://a.test/2",),
                    doubt="x",
                ),
            ),
            about="x",
            mine=True,
            others=1,
            read=1,
            messages=2,
            threads=1,
            unread=(Unread(part="x", link="https://a.test/3", reason="x"),),
            notes=("A note.",),
        ),
        SafetyReport(text="x", level=Level.FLAG, seats=3, missing=("a: b",)),
        IdeaList(problem="x", ideas=(), picks={"safe": 1}),
    ],
    ids=lambda result: result.kind,
)
def test_every_result_comes_back_from_json_as_what_it_was(result: Result):
    assert ADAPTER.validate_json(ADAPTER.dump_json(result)) == result
