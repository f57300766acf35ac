"""The stand-in: valid, honest, always the same, and nothing in it that the input does not say."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from bot.llm.build import SIMULATED, open_model
from bot.llm.simulated import NAME, SimulatedSender, seconds
from bot.runs.ports import Errand
from patterns.errors import AnswerUnusable, ModelRefused
from patterns.evidence import Found, Origin, Passage
from patterns.fanout import Limits
from patterns.ports import SILENT, A, Answer, Prompt, Reply
from patterns.quotes import stands_in
from patterns.recipes.brainstorm import Thoughts, brainstorm
from patterns.recipes.factcheck import ClaimKind, Label, Outcome, factcheck
from patterns.recipes.factcheck.ballots import Ballot
from patterns.recipes.safety import Level, safety
from patterns.recipes.summarize import Kind, SummaryNotes, summarize
from patterns.task import Depth, Message, Task
from tests.llm.conftest import call
from tests.llm.questions import SHAPES, asked_for, ballot, search


class _Model:
    """The simulated model with all that is around it, opened anew for each question."""

    async def ask(self, prompt: Prompt[A], /) -> Reply[A]:
        settings = {"name": SIMULATED, "api_key": None, "base_url": None}
        async with open_model(**settings, attempt_seconds=45, simulated_pace=0) as model_for:
            return await model_for(Errand()).ask(prompt)


MODEL = _Model()
ANY = st.text(st.characters(codec=None), max_size=400)
LINES = st.lists(st.tuples(ANY, ANY), min_size=1, max_size=6).map(
    lambda said: "\n".join(f"[{n}] {author}: {text}" for n, (author, text) in enumerate(said, 1))
)


def asked(shape: type[BaseModel], text: str) -> Prompt[BaseModel]:
    return Prompt(key="voter-1", title="Skeptic", system="s", text=text, answer=shape)


def answer(prompt: Prompt[BaseModel]) -> BaseModel:
    return asyncio.run(MODEL.ask(prompt)).answer


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@settings(max_examples=60, deadline=None)
@given(text=ANY | LINES)
def test_any_text_gives_a_valid_answer_and_always_the_same(
    shape: type[BaseModel], text: str
) -> None:
    first = answer(asked(shape, text))

    assert isinstance(first, shape)
    assert first == answer(asked(shape, text))


@settings(max_examples=25, deadline=None)
@given(text=ANY)
def test_every_question_of_the_recipes_is_answered(text: str) -> None:
    for prompt in asked_for(text):
        if prompt.search:
            continue
        assert isinstance(answer(prompt), prompt.answer)


@settings(max_examples=60, deadline=None)
@given(said=st.lists(ANY, min_size=1, max_size=12))
def test_every_quote_stands_in_the_message_that_it_cites(said: list[str]) -> None:
    text = "\n".join(f"[{n}] Ann: {line}" for n, line in enumerate(said, 1))

    notes = answer(asked(SummaryNotes, text))

    assert isinstance(notes, SummaryNotes)
    for item in notes.items:
        assert stands_in(item.quote, text)
        assert all(f"[{number}] " in text for number in item.lines)


async def test_a_summary_of_real_talk_rests_on_it_and_loses_nothing() -> None:
    said = [
        "We decided to go with Postgres 17. It has been fine in the tests.",
        "I'll write the migration by Friday.",
        "Nice weather today. Should we keep the old cluster until March?",
        "ok",
        "I doubt that the index helps: it was 3 % in my test.",
    ]
    messages = tuple(
        Message(id=str(n), thread=str(n), author="Ann", text=text) for n, text in enumerate(said)
    )

    summary = await summarize(Task(messages=messages), MODEL, SILENT, Limits())

    assert summary.dropped == 0
    found = {(point.kind, point.links[0]) for point in summary.points}
    assert found == {
        (Kind.DECISION, "0"),
        (Kind.ACTION, "1"),
        (Kind.QUESTION, "2"),
        (Kind.DISAGREEMENT, "4"),
    }


async def test_a_panel_mostly_decides_and_does_not_always_agree() -> None:
    checks = [
        await factcheck(Task(text=f"Claim number {n} is true."), MODEL, SILENT, Limits())
        for n in range(200)
    ]

    verdicts = [verdict for check in checks for verdict in check.claims]
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    decided = sum(outcomes[Outcome(label.value)] for label in Label)
    split = sum(len({vote.label for vote in verdict.votes}) > 1 for verdict in verdicts)
    assert len(verdicts) == 200
    assert decided > 160
    assert 60 < split < 190
    assert min(outcomes[o] for o in (Outcome.SUPPORTED, Outcome.REFUTED, Outcome.NOT_ENOUGH)) > 30
    assert 0 < outcomes[Outcome.NOT_CHECKABLE] < 30


async def test_a_reason_says_that_nobody_thought() -> None:
    reply = await MODEL.ask(asked(Ballot, "Claim: ⟦Bats are blind⟧"))

    assert isinstance(reply.answer, Ballot)
    assert "no model was asked" in reply.answer.reason
    assert reply.model == NAME == "simulated model"
    assert reply.usage.calls == 1
    assert reply.usage.input_tokens > 0
    assert reply.usage.output_tokens > 0


class _Nearby:
    """Says for every claim what stands in *passages*."""

    def __init__(self, *texts: str) -> None:
        self._passages = tuple(
            Passage(origin=Origin.CONVERSATION, text=text, title="Ann: on bats") for text in texts
        )

    async def nearby(self, claims: Sequence[str], /) -> list[Found]:
        return [Found(passages=self._passages, looked=("this thread",)) for _ in claims]


async def test_votes_rest_on_true_quotes_of_the_passages_that_are_there() -> None:
    evidence = _Nearby(
        "This study says that most bats are not blind. Fruit bats have large eyes.",
        "A study that says bats are blind is quoted now and then; see the paper.",
    )
    votes = [
        vote
        for n in range(30)
        for depth in (Depth.NORMAL, Depth.DEEP)
        for verdict in (
            await factcheck(
                Task(text=f"Bats are blind, says study {n}.", evidence=evidence, depth=depth),
                MODEL,
                SILENT,
                Limits(),
            )
        ).claims
        for vote in verdict.votes
    ]

    resting = [vote for vote in votes if vote.quote]
    sides = [
        vote for vote in votes if (vote.said or vote.label) in {Label.SUPPORTED, Label.REFUTED}
    ]
    assert sides
    assert len(resting) > 0.7 * len(sides)
    assert {vote.passage for vote in resting} == {1, 2}
    assert not [vote for vote in votes if "no passage" in vote.recast]


async def test_a_text_is_told_apart_into_its_sentences() -> None:
    text = (
        "The bridge was built in 1932. I think it is ugly. It will fall by 2040. Who paid for it?"
    )

    check = await factcheck(Task(text=text), MODEL, SILENT, Limits())

    assert [claim.claim for claim in check.claims] == ["The bridge was built in 1932."]
    assert [(other.text.rstrip(".?"), other.kind) for other in check.others] == [
        ("I think it is ugly", ClaimKind.OPINION),
        ("It will fall by 2040", ClaimKind.PREDICTION),
        ("Who paid for it", ClaimKind.QUESTION),
    ]
    assert check.notes == ()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("The meeting is at ten in the small room.", Level.CLEAR),
        ("You are stupid, and so is your plan.", Level.BLOCK),
        ("My password is hunter2. Please keep it.", Level.BLOCK),
    ],
)
async def test_harm_is_found_by_plain_words_alone(text: str, level: Level) -> None:
    report = await safety(Task(text=text), MODEL, SILENT, Limits())

    assert report.level is level
    assert all(quote in text for finding in report.findings for quote in finding.quotes)


async def test_the_web_is_never_searched() -> None:
    with pytest.raises(ModelRefused, match="web search"):
        await MODEL.ask(search())


async def test_ideas_are_many_marked_and_different_from_lens_to_lens() -> None:
    task = Task(text="People come late to the stand-up meeting and it takes too long")

    found = await brainstorm(task, MODEL, SILENT, Limits())

    assert len(found.ideas) >= 20
    assert all("Simulated idea" in idea.pitch for idea in found.ideas)
    assert {lens for idea in found.ideas for lens in idea.lenses} >= {"Daily user", "Neighbour"}
    assert len(set(found.picks.values())) == 3
    assert set(found.picks.values()) <= {idea.number for idea in found.ideas}


async def test_as_many_ideas_come_as_were_asked_for() -> None:
    text = "The problem: ⟦Late trains⟧\n\nYou are a newcomer. Give 8 ideas."

    reply = await MODEL.ask(asked(Thoughts, text))

    assert isinstance(reply.answer, Thoughts)
    assert len({idea.title for idea in reply.answer.ideas}) == 8


def test_answers_take_as_long_as_a_model_would() -> None:
    times = sorted(seconds(f"voter-{n}", "Bats are blind") for n in range(500))

    assert times[0] >= 0.8
    assert times[-1] <= 3.0
    assert 1.2 < times[250] < 1.6
    assert times[400] - times[100] > 0.5


class Leaf(Answer):
    name: str = Field(min_length=3, max_length=8)
    next: Leaf | None


class Odd(Answer):
    """Shapes that no recipe has today."""

    on: date
    at: datetime
    id: UUID
    sure: bool
    fixed: Literal["only"]
    share: Annotated[float, Field(gt=0, le=1)]
    score: Annotated[int, Field(ge=1, le=5)]
    pair: tuple[int, str]
    tags: set[str]
    many: list[str] = Field(min_length=4, max_length=4)
    extra: dict[str, int]
    leaf: Leaf
    either: Literal["a"] | None


@settings(max_examples=30, deadline=None)
@given(text=ANY)
def test_shapes_of_any_make_are_filled(text: str) -> None:
    assert isinstance(answer(asked(Odd, text)), Odd)


class Impossible(Answer):
    """No name or type says how to fill this in."""

    code: str = Field(pattern=r"^[A-Z]{3}-\d{9}$")


class Endless(Answer):
    next: Endless


@pytest.mark.parametrize("shape", [Impossible, Endless])
async def test_a_shape_that_cannot_be_filled_is_unusable(shape: type[BaseModel]) -> None:
    with pytest.raises(AnswerUnusable) as unusable:
        await MODEL.ask(asked(shape, "x"))

    assert unusable.value.usage.calls == 1


async def test_it_takes_its_time_by_the_pace() -> None:
    began = asyncio.get_running_loop().time()

    await SimulatedSender(pace=0.01).send(call(ballot()))

    assert asyncio.get_running_loop().time() - began > 0.007
